/** What the commands about dashboards have in common: the Grafana they talk to, and how they tell what they did. */
import type { Context } from '../../context.ts';
import { type LintOptions, metricsOf } from '../../dashboards/lint.ts';
import type { Model } from '../../dashboards/model.ts';
import { createPool } from '../../engine/pool.ts';
import { Problem } from '../../engine/problem.ts';
import { theObservability } from '../../hub.ts';
import { RouteKind } from '../../kinds.ts';
import { providedBy } from '../../packs/lint/chains.ts';
import type { Grafana } from '../../ports.ts';
import { cannotLook } from '../../resources/dashboards.ts';
import { admittedHost } from '../../resources/grafana-dev/build.ts';
import { development } from '../../resources/grafana-dev/names.ts';

/** Questions under way at a time. */
const atOnce = 8;

/** Of hundreds of dashboards, one after the other would take minutes. */
export function manyAtOnce<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const pool = createPool(atOnce);
  return Promise.all(items.map((item) => pool(() => work(item))));
}

/** @throws Problem `grafana-absent`. */
export async function developmentGrafana({ grafanas }: Pick<Context, 'grafanas'>): Promise<Grafana> {
  const [grafana] = await grafanas('development');
  if (grafana === undefined) throw new Problem('grafana-absent', 'No Pod of the development Grafana is ready.');
  return grafana;
}

/** @throws Problem `grafana-absent`. */
export async function productionGrafanas({ grafanas }: Pick<Context, 'grafanas'>): Promise<readonly Grafana[]> {
  const found = await grafanas('production');
  if (found.length === 0) throw new Problem('grafana-absent', 'No Pod of ACM’s own Grafana is ready.');
  return found;
}

/** Where people log in; the name of the Route while it has no host, or may not be seen. */
export async function developmentUrl({ cluster }: Pick<Context, 'cluster'>): Promise<string> {
  const route = await cluster.get(RouteKind, development.route.key).catch((error: unknown) => {
    if (!cannotLook(error)) throw error;
    return undefined;
  });
  const host = admittedHost(route);
  return host === undefined ? `the Route ${development.route.key.name}` : `https://${host}`;
}

/**
 * What the lint may know of the hub: how often it collects, and which metrics there are: those the configuration provides, and
 * those it has series of now.
 */
export async function liveFacts(
  { metrics, hub, config, packs }: Pick<Context, 'metrics' | 'hub' | 'config' | 'packs'>,
  models: readonly Model[],
): Promise<LintOptions> {
  const own = [...config.metrics.platform, ...config.metrics.userWorkload];
  const provides = providedBy({
    packs: (await packs()).map((pack) => ({ pack })),
    facts: { collectedByDefault: new Set(own) },
  });
  const names = [...new Set(models.flatMap(metricsOf))].filter((name) => !provides({ name }));
  const found = await manyAtOnce(names, async (name) =>
    (await metrics.query(`count(${name})`)).length > 0 ? [name] : [],
  );
  const live = new Set(found.flat());
  const interval = theObservability(hub)?.spec?.observabilityAddonSpec?.interval ?? config.observability.interval;
  return { intervalSeconds: interval, isCollected: (name) => live.has(name) || provides({ name }) };
}
