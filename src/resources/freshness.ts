/** When the newest sample of each cluster was taken, asked in one query; shared by the hops that need it. */
import type { FreshnessHistory, Metrics, Sample } from '../ports.ts';

/** A metric every collector sends, of few series per cluster (acm.md §7.5: one of the hub's own heartbeat rule). */
const heartbeatMetric = 'machine_cpu_cores';
const heartbeat = `max by (cluster) (timestamp(${heartbeatMetric}))`;

/** Newest sample by cluster, in seconds since the epoch. */
export async function newestSamples(metrics: Metrics): Promise<ReadonlyMap<string, number>> {
  return byCluster(await metrics.query(heartbeat));
}

/**
 * The same, of the minutes to come: an instant query sees nothing newer than its moment, and back from it only as far as the
 * hub's lookback, which may be half as long. What is further ahead Receive refuses (acm.md §8).
 */
export async function newestAhead(metrics: Metrics, nowSeconds: number): Promise<ReadonlyMap<string, number>> {
  const ahead = `max by (cluster) (max_over_time(timestamp(${heartbeatMetric})[10m:2m]))`;
  return byCluster(await metrics.query(ahead, { timeSeconds: nowSeconds + 600 }));
}

function byCluster(samples: readonly Sample[]): ReadonlyMap<string, number> {
  return new Map(samples.map((sample) => [sample.labels.cluster ?? '', sample.value]));
}

/**
 * For a cluster missing from the answer: when it last sent, looking back a day. The lookback of an instant query is two
 * intervals, so silence within it says nothing about how long it lasts.
 */
export async function lastSeen(metrics: Metrics, cluster: string): Promise<number | undefined> {
  const expression = `max(max_over_time(timestamp(${heartbeatMetric}{cluster=${JSON.stringify(cluster)}})[1d:5m]))`;
  return (await metrics.query(expression))[0]?.value;
}

/** Seconds of age that are fine, and that are still only late (acm.md §8). */
export function freshnessLimits(intervalSeconds: number): { fine: number; late: number } {
  return { fine: 2 * intervalSeconds + 60, late: 4 * intervalSeconds };
}

/** Moments looked back at, whatever the stretch. */
const moments = 24;

/** Looks back in one request, for all clusters together. `nowSeconds`: since the epoch. */
export async function freshnessHistory(
  metrics: Metrics,
  {
    sinceSeconds,
    nowSeconds,
    intervalSeconds,
  }: Readonly<Record<'sinceSeconds' | 'nowSeconds' | 'intervalSeconds', number>>,
): Promise<FreshnessHistory> {
  const step = Math.max(1, Math.ceil(sinceSeconds / moments));
  const end = Math.floor(nowSeconds);
  const start = end - step * (moments - 1);
  const series = await metrics.range(heartbeat, { start, end, step });
  const ages = series.map(({ labels, points }) => {
    const known = new Map(points.map(([time, newest]) => [Math.round((time - start) / step), time - newest]));
    const at = Array.from({ length: moments }, (_, moment) => known.get(moment));
    return [labels.cluster ?? '', at.map((age) => (age === undefined ? null : Math.max(0, Math.round(age))))] as const;
  });
  const fineSeconds = freshnessLimits(intervalSeconds).fine;
  return { sinceSeconds, stepSeconds: step, fineSeconds, ages: new Map(ages) };
}
