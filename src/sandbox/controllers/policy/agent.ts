/**
 * The governance add-ons of one cluster: evaluate the copies of policies in its namespace on the hub, and say there how
 * they stand. Evaluated anew when what they look at changes, and after a while when they are not met.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  ConfigMapKind,
  ConfigurationPolicyKind,
  type KubeObject,
  ManagedClusterAddOnKind,
  Namespace,
  type Policy,
  PolicyKind,
  StatefulSetKind,
} from '../../../kinds.ts';
import type { AgentOptions } from '../agents/work.ts';
import { platformMonitoring, userWorkloadMonitoring } from '../names.ts';
import { ensure, objectOf, timestamp } from '../objects.ts';
import { type Outcome, type Running, startController, watching } from '../runtime.ts';
import { evaluate } from './evaluate.ts';
import { rootLabel, sum } from './propagator.ts';

export interface PolicyAgentOptions extends AgentOptions {
  /** Templates know `fromYAML`. */
  readonly yamlKnown: boolean;
}

/** What a ManagedCluster needs for policies; the first brings the copies, the second evaluates them. */
const addons = ['governance-policy-framework', 'config-policy-controller'];
/** Verdicts kept for each template. */
const remembered = 10;

type Templates = readonly { readonly objectDefinition: KubeObject }[];
type Details = NonNullable<NonNullable<Policy['status']>['details']>;

export function startPolicyAgent(options: PolicyAgentOptions): Running {
  const { hub, managed, cluster, connection, clock, delays, log } = options;
  const policies = hub.of(PolicyKind);
  const copies = (): string[] =>
    policies
      .list(cluster)
      .filter(({ metadata }) => metadata.labels?.[rootLabel] !== undefined)
      .map(({ metadata }) => metadata.name);
  return startController({
    name: 'config-policy-controller',
    cluster,
    clock,
    delays,
    gatherMs: delays.ms('policy'),
    ...(log && { log }),
    watches: [
      watching(policies, ({ object }) => [object.metadata.name, ...copies()], cluster),
      watching(managed.of(ConfigMapKind), copies, platformMonitoring),
      watching(managed.of(StatefulSetKind), copies, userWorkloadMonitoring),
      connection.watching(copies),
    ],
    reconcile: (name) => reconcile(options, name),
  });
}

async function reconcile(options: PolicyAgentOptions, name: string): Promise<Outcome | undefined> {
  const { hub, managed, cluster, connection, clock, delays, yamlKnown } = options;
  const installed = hub.of(ManagedClusterAddOnKind).list(cluster);
  const served = addons.every((addon) => installed.some(({ metadata }) => metadata.name === addon));
  if (!connection.online || !served) return undefined;
  const client = hub.client.as('governance-policy-framework');
  const copy = await client.get(PolicyKind, { name, namespace: cluster });
  const gone = copy === undefined || copy.metadata.deletionTimestamp !== undefined;
  await bring(options, name, gone ? [] : (copy.spec?.['policy-templates'] ?? []));
  if (gone) return undefined;
  const details: Details = [];
  for (const { objectDefinition } of copy.spec?.['policy-templates'] ?? []) {
    const template = objectDefinition.metadata.name;
    const { compliant, message } = await evaluate(
      managed.client.as('config-policy-controller'),
      objectDefinition,
      yamlKnown,
    );
    const before = copy.status?.details?.find(({ templateMeta }) => templateMeta?.name === template)?.history ?? [];
    const lastTimestamp = timestamp(clock.now());
    const event = { eventName: `${name}.${clock.now().toString(16)}`, lastTimestamp, message };
    const history = before[0]?.message === message ? before : [event, ...before].slice(0, remembered);
    details.push({ templateMeta: { name: template }, compliant, history });
  }
  const compliant = sum(details.map((detail) => detail.compliant));
  const status = { ...(compliant !== undefined && { compliant }), details };
  if (!isDeepStrictEqual(copy.status, status)) await client.status(PolicyKind, { ...copy, status });
  return { againInMs: delays.ms(compliant === 'Compliant' ? 'lease' : 'policyAgain') };
}

const ofPolicy = 'policy.open-cluster-management.io/policy';

/** The ConfigurationPolicies of a copy on the cluster itself: made, kept as they are wanted, and taken away. */
async function bring({ managed, cluster }: PolicyAgentOptions, name: string, templates: Templates): Promise<void> {
  const client = managed.client.as('governance-policy-framework');
  if (templates.length > 0) await ensure(client, { kind: Namespace, object: objectOf(Namespace, { name: cluster }) });
  for (const { objectDefinition } of templates) {
    const labels = { ...objectDefinition.metadata.labels, [ofPolicy]: name };
    const metadata = { ...objectDefinition.metadata, namespace: cluster, labels };
    await ensure(client, { kind: ConfigurationPolicyKind, object: { ...objectDefinition, metadata } });
  }
  const wanted = new Set(templates.map(({ objectDefinition }) => objectDefinition.metadata.name));
  const there = await client.list(ConfigurationPolicyKind, {
    namespace: cluster,
    labelSelector: `${ofPolicy}=${name}`,
  });
  for (const { metadata } of there)
    if (!wanted.has(metadata.name)) await client.delete(ConfigurationPolicyKind, metadata);
}
