/** How many series a pack adds for one cluster, guessed by the names: offline nobody can count them. */
import { selectorsOf } from '../inspect.ts';
import type { Collection, Pack } from '../pack.ts';
import { isSelectorBody } from '../promql.ts';

/** Series of one metric on a cluster of some twenty nodes, by what it is about; the first that fits counts. */
const sizes: readonly (readonly [RegExp, number])[] = [
  [/_bucket$/, 2_000],
  [/^container_/, 1_500],
  [/^kube_pod_/, 1_000],
  [/^scaph_process_/, 2_000],
  [/^(kube_(deployment|replicaset|service|secret|configmap)|kubelet_|apiserver_)/, 300],
  [/^(kube_namespace|kube_persistentvolume)/, 150],
  [/^(node_|kube_node_|machine_|up$)/, 100],
];
/** Of anything else, and of a rule that aggregates. */
const usual = 50;
/** A match that names no metric may be anything. */
const unnamed = 20_000;
/** With a value or a pattern for a label besides the name, this share of the series is left. */
const narrowed = 0.2;

export function estimate({ collect }: Pack): number {
  return ofCollection(collect.platform) + ofCollection(collect.userWorkload);
}

function ofCollection({ names, matches, recordingRules }: Collection): number {
  const named = names.filter((name) => !name.startsWith('-')).map(ofMetric);
  const matched = matches.filter((match) => isSelectorBody(match)).map(ofMatch);
  return Math.round([...named, ...matched, recordingRules.length * usual].reduce((sum, count) => sum + count, 0));
}

function ofMetric(name: string): number {
  return sizes.find(([pattern]) => pattern.test(name))?.[1] ?? usual;
}

function ofMatch(match: string): number {
  const [asked] = selectorsOf(`{${match}}`);
  if (asked?.name !== undefined) return ofMetric(asked.name) * (match.includes(',') ? narrowed : 1);
  return unnamed * (match.includes(',') ? narrowed : 1);
}
