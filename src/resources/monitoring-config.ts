/**
 * User-workload monitoring on: `enableUserWorkload: true` in `config.yaml` of openshift-monitoring/cluster-monitoring-config,
 * and nothing else of it (acm.md §11). What it was before us is noted in the same write, so that a removal turns back exactly
 * what we turned on; where it was on before us there is no note, and it stays on.
 */
import { Problem } from '../engine/problem.ts';
import type { Right, RightsMode } from '../engine/rights.ts';
import type { Readiness, Resource } from '../engine/step.ts';
import type { Key } from '../kinds.ts';
import type { Cluster } from '../ports.ts';
import { type Mapping, mergeDocument, readDocument } from './document.ts';
import { type DocumentOptions, documentResource, type Merged, type SharedContent } from './document-resource.ts';
import { marks } from './marks.ts';
import type { Edit } from './yaml-edits.ts';

export const monitoringConfigKey: Key = { namespace: 'openshift-monitoring', name: 'cluster-monitoring-config' };

const dataKey = 'config.yaml';
const flag = 'enableUserWorkload';
const where = `ConfigMap ${monitoringConfigKey.namespace}/${monitoringConfigKey.name}, key ${dataKey}`;

export interface MonitoringConfigOptions {
  readonly cluster: Cluster;
  readonly step: string;
  /** Whether the operator there has brought it up. Default: ready as soon as it is written. */
  ready?(): Promise<Readiness>;
  evidence?(): Promise<boolean>;
  /** What `ready` and `evidence` read. */
  reads?(mode: RightsMode): readonly Right[];
  /** Who else declares it there. */
  rivals?(): ReturnType<NonNullable<DocumentOptions['rivals']>>;
  /** Why user-workload monitoring is to stay on when we go; `undefined` when nobody needs it. */
  neededBy?(): Promise<string | undefined>;
  readonly forceConflicts?: boolean;
  readonly warnings?: readonly string[];
}

export function monitoringConfigResource(options: MonitoringConfigOptions): Resource {
  let needed: string | undefined;
  const resource = documentResource({
    ...options,
    key: monitoringConfigKey,
    merge: turnOn,
    // Of thousands of clusters: each merge parses a document.
    puts: true,
    unmerge: (content) => (needed === undefined ? turnBack(content) : letGo(content)),
    renders: false,
  });
  return {
    ...resource,
    async planRemoval() {
      const change = await resource.planRemoval();
      if (options.neededBy === undefined || (change.kind !== 'update' && change.kind !== 'remove')) return change;
      needed = await options.neededBy();
      if (needed === undefined) return change;
      const kept = await resource.planRemoval();
      return kept.kind === 'update' ? { ...kept, note: `it stays on: ${needed}` } : kept;
    },
  };
}

/** Turned on, unless it is on in any YAML 1.1 spelling. */
function turnOn({ data, annotations }: SharedContent): Merged {
  const before = stateOf(data);
  if (before === 'on') return { data, annotations, drifted: [] };
  const known = annotations[marks.previous];
  const text = mergeDocument(data[dataKey], () => [{ kind: 'set', key: flag, value: true }], where);
  return {
    data: { ...data, [dataKey]: text },
    annotations: { ...annotations, [marks.previous]: known ?? before },
    drifted: known === undefined ? [] : [{ dataKey, part: flag }],
  };
}

/** Back to what it was, when it was us who turned it on and nobody has turned it off since. */
function turnBack({ data, annotations }: SharedContent): Merged {
  const { [marks.previous]: previous, ...rest } = annotations;
  if (previous === undefined) return { data, annotations, drifted: [] };
  if (stateOf(data) !== 'on') return { data, annotations: rest, drifted: [] };
  const text = mergeDocument(data[dataKey], () => [giveBack(previous)], where);
  return { data: { ...data, [dataKey]: text }, annotations: rest, drifted: [] };
}

/** Stays on, as if it had been on before us. */
function letGo({ data, annotations }: SharedContent): Merged {
  const { [marks.previous]: _, ...rest } = annotations;
  return { data, annotations: rest, drifted: [] };
}

/** Whether a monitoring configuration turns user-workload monitoring on. Throws `document-invalid`. */
export function isTurnedOn(text: string | undefined): boolean {
  return readDocument(text, where)[flag] === true;
}

function giveBack(previous: string): Edit {
  return previous === 'false' ? { kind: 'set', key: flag, value: false } : { kind: 'unset', key: flag };
}

function stateOf(data: SharedContent['data']): 'on' | 'false' | 'absent' {
  const value = readDocument(data[dataKey], where);
  refuseOtherSpelling(value);
  const now = value[flag];
  if (now === true) return 'on';
  return now === undefined || now === null ? 'absent' : 'false';
}

/** Up to OpenShift 4.17 a wrong case works, later it is an error (transport.md §10.1): a second spelling beside it helps nobody. */
function refuseOtherSpelling(value: Mapping): void {
  const other = Object.keys(value).find((key) => key !== flag && key.toLowerCase() === flag.toLowerCase());
  if (other === undefined) return;
  throw new Problem('document-invalid', `${where}: the key "${other}" is meant to be "${flag}".`, {
    proof: `${other}: ${String(value[other])}`,
    fix: `Spell it ${flag}, then run again.`,
  });
}
