/** What the commands about dashboards have in common: the Grafana they talk to, and how they tell what they did. */
import type { Context } from '../../context.ts';
import { Problem } from '../../engine/problem.ts';
import { RouteKind } from '../../kinds.ts';
import type { Grafana } from '../../ports.ts';
import { admittedHost } from '../../resources/grafana-dev/build.ts';
import { development } from '../../resources/grafana-dev/names.ts';

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
  const host = admittedHost(await cluster.get(RouteKind, development.route.key));
  return host === undefined ? `the Route ${development.route.key.name}` : `https://${host}`;
}
