/** A check asked of a hub that holds just the objects given, in the words of its finding. */
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { createVirtualClock } from '../../src/adapters/virtual-clock.ts';
import type { Context } from '../../src/context.ts';
import type { Check, Finding } from '../../src/engine/step.ts';
import type { Member } from '../../src/fleet/members.ts';
import type { KubeObject, ManagedCluster } from '../../src/kinds.ts';
import { createLooks } from '../../src/looks.ts';
import type { Metrics, RuleGroup, Sample } from '../../src/ports.ts';
import { createApiServer } from '../../src/sandbox/api/index.ts';

export const start = Date.parse('2026-01-05T09:00:00Z');

/** RFC 3339, so many seconds before the start. */
export const ago = (seconds: number): string => new Date(start - seconds * 1000).toISOString().replace('.000Z', 'Z');

interface Given {
  readonly objects?: readonly KubeObject[];
  readonly members?: readonly Member[];
  readonly samples?: readonly Sample[];
  readonly rules?: readonly RuleGroup[];
  /** Whatever else the check asks of a context. */
  readonly more?: object;
}

/** By cluster. */
export async function asked(check: Check<Context>, given: Given): Promise<Record<string, string>> {
  const { objects = [], members = [], more = {} } = given;
  const clock = createVirtualClock({ startMs: start });
  const api = createApiServer({ name: 'hub', clock });
  api.seed(objects);
  const cluster = createCluster({ name: 'hub', transport: api.transport(), clock });
  const metrics: Metrics = {
    way: 'service proxy',
    query: async () => [...(given.samples ?? [])],
    range: async () => [],
    rules: async () => [...(given.rules ?? [])],
  };
  const hub = {
    name: 'hub',
    architecture: 'legacy',
    multiClusterHub: { metadata: { name: 'multiclusterhub', namespace: 'open-cluster-management' } },
    observabilities: [],
  };
  const looks = createLooks({ cluster, metrics, clock, clusters: [] });
  // The checks under test ask for no more than this of a context.
  const context = { cluster, hub, looks, metrics, clock, members, ...more } as unknown as Context;
  const names = check.scope === 'hub' ? ['hub'] : members.map(({ name }) => name);
  try {
    const found = await check.run(context, names);
    return Object.fromEntries([...found].map(([name, finding]) => [name, inWords(finding)]));
  } finally {
    api.close();
    clock.stop();
  }
}

function inWords(finding: Finding): string {
  if (finding.verdict === 'pass') return `pass: ${finding.evidence}`;
  if (finding.verdict === 'skip') return `skip: ${finding.reason}`;
  return `${finding.verdict} ${finding.problem.code}: ${finding.problem.message}; ${finding.problem.fix}`;
}

interface ManagedWords {
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  readonly claims?: Record<string, string>;
  /** Seconds since it joined; a month unless told. */
  readonly joined?: number;
}

/** A managed cluster that is there. */
export function member(name: string, words: ManagedWords = {}): Member {
  const { labels = { vendor: 'OpenShift', openshiftVersion: '4.18.3' }, annotations = {}, claims = {} } = words;
  const lastTransitionTime = ago(words.joined ?? 30 * 86_400);
  const object: ManagedCluster = {
    apiVersion: 'cluster.open-cluster-management.io/v1',
    kind: 'ManagedCluster',
    metadata: { name, labels, annotations },
    status: {
      conditions: [{ type: 'ManagedClusterJoined', status: 'True', lastTransitionTime }],
      clusterClaims: Object.entries(claims).map(([claim, value]) => ({ name: claim, value })),
    },
  };
  return { name, isHub: false, object };
}
