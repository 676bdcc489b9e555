/** What a collector pushes: samples of the cluster's own series, and results of its recording rules. Pure. */
import type { Sample } from '../../../ports.ts';
import { evaluate } from '../../metrics/evaluate.ts';
import { QueryError } from '../../metrics/expression.ts';
import { parseExpression } from '../../metrics/parse.ts';
import { createMetricsStore } from '../../metrics/store.ts';
import { isPromQL } from '../thanos/start.ts';
import type { Collection } from './arguments.ts';

/** A series as the cluster's own Prometheus has it; which of the two, by whose metric it is. */
export interface LocalSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly userWorkload?: boolean;
}

/** What a cluster's Prometheus knows at a moment (milliseconds since the epoch). */
export type SeriesSource = (now: number) => readonly LocalSeries[];

/** Seconds between two scrapes of the platform's Prometheus. */
export const scrapeSeconds = 30;

/** Results of a recording rule at a moment, for expressions beyond the sandbox's small evaluator. */
type RecordedSource = (record: string, expr: string, now: number) => readonly Omit<LocalSeries, 'name'>[];

export interface CollectorFacts {
  readonly cluster: string;
  readonly clusterID: string;
  readonly series: SeriesSource;
  readonly recorded?: RecordedSource;
}

/** Labels the collector takes off before it sends. */
const dropped = new Set(['prometheus', 'prometheus_replica', 'managed_cluster']);

/**
 * One push. Federated series keep the time of their scrape; results of rules are of now. Rules of the user-workload
 * collector see the platform's series too (acm.md §5.2). A rule that fails, or gives no vector, leaves nothing.
 */
export function samplesOf(
  facts: CollectorFacts,
  collection: Collection,
  userWorkload: boolean,
  { now, scrapeMs }: { readonly now: number; readonly scrapeMs: number },
): Sample[] {
  const seconds = now / 1000;
  const scraped = (Math.floor(now / scrapeMs) * scrapeMs) / 1000;
  const { cluster, clusterID, recorded: otherwise } = facts;
  const local = facts.series(scraped * 1000);
  const names = new Set(collection.names);
  const federated = local
    .filter((one) => names.has(one.name) && (one.userWorkload === true) === userWorkload)
    .map(({ name, labels, value }) => ({ labels: { ...labels, __name__: name }, value, timestamp: scraped }));
  const visible = local.filter((one) => userWorkload || one.userWorkload !== true);
  const recorded = collection.rules.flatMap((rule) => resultsOf(rule, visible, { scraped, now: seconds, otherwise }));
  return [...federated, ...recorded].map(({ labels, value, timestamp }) => {
    const kept = Object.entries(labels).filter(([label]) => !dropped.has(label));
    const { __name__: name = '', ...rest } = Object.fromEntries(kept);
    return { labels: { ...rest, __name__: collection.renames[name] ?? name, cluster, clusterID }, value, timestamp };
  });
}

function resultsOf(
  { record, expr }: Collection['rules'][number],
  local: readonly LocalSeries[],
  { scraped, now, otherwise }: { scraped: number; now: number; otherwise: RecordedSource | undefined },
): Sample[] {
  if (!isPromQL(expr)) return [];
  const store = createMetricsStore({ depth: 1 });
  store.push(
    local.map(({ name, labels, value }) => ({ labels: { ...labels, __name__: name }, value, timestamp: scraped })),
  );
  try {
    const result = evaluate(parseExpression(expr), { store, time: now, lookback: 300 });
    if (result.type !== 'vector') return [];
    return result.elements.map(({ labels, value }) => ({
      labels: { ...labels, __name__: record },
      value,
      timestamp: now,
    }));
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const elements = otherwise?.(record, expr, now * 1000) ?? [];
    return elements.map(({ labels, value }) => ({ labels: { ...labels, __name__: record }, value, timestamp: now }));
  }
}
