import type { Context } from '../src/context.ts';
import { defineStep, type Resource } from '../src/engine/step.ts';
import { observabilityNamespace } from '../src/hub.ts';
import { type KubeObject, PrometheusRuleKind, ScrapeConfigKind } from '../src/kinds.ts';
import { compileScrapes, refuseScrapedByOthers, scrapePrefix } from '../src/packs/addon.ts';
import { ofAddon, placedByAnnotation, registrationResource } from '../src/resources/addon-registration.ts';
import { objectResource } from '../src/resources/object.ts';
import { teamOf } from '../src/resources/ownership.ts';
import { on } from '../src/resources/rights.ts';
import { namespace } from './namespace.ts';
import { observability } from './observability.ts';

const kinds = [PrometheusRuleKind, ScrapeConfigKind];

/** What the allowlist is for the legacy architecture (acm.md §9.3). After the add-on: it is registered with it. */
export const addonMetrics = defineStep<Context>({
  id: 'addon-metrics',
  title: 'The metrics to collect, for the add-on',
  requires: [namespace, observability],
  skip: ({ hub }) => (hub.architecture === 'mcoa' ? undefined : 'the allowlist says what is collected'),
  async resources(context) {
    if (context.hub.architecture !== 'mcoa') return [];
    const { metrics, team } = context.config;
    const wanted = compileScrapes(await context.packs(), metrics, team);
    const { cluster, hub } = context;
    const objects = wanted.map((object) => scrapeResource(context, object));
    if (placedByAnnotation(hub.version)) return objects;
    const registered = { namespace: observabilityNamespace, objects: wanted, prefix: scrapePrefix(team) };
    return [...objects, registrationResource({ cluster, ...registered })];
  },
  async owned(context) {
    if (context.hub.architecture !== 'mcoa') return [];
    const [rules, scrapes] = await Promise.all([
      context.cluster.list(PrometheusRuleKind, ofAddon),
      context.looks.scrapes(),
    ]);
    const mine = [...rules, ...scrapes].filter((object) => teamOf(object) === context.config.team);
    return mine.map((object) => scrapeResource(context, object));
  },
  rights: ({ cluster, hub }) =>
    hub.architecture !== 'mcoa'
      ? []
      : kinds.flatMap((kind) => on(cluster, kind, { namespace: observabilityNamespace }, ['list'])),
});

function scrapeResource({ cluster, config, settings, hub, looks }: Context, object: KubeObject): Resource {
  const kind = object.kind === ScrapeConfigKind.kind ? ScrapeConfigKind : PrometheusRuleKind;
  const placed = placedByAnnotation(hub.version)?.(object) ?? object;
  return objectResource({
    cluster,
    kind,
    key: { namespace: observabilityNamespace, name: object.metadata.name },
    step: 'addon-metrics',
    team: config.team,
    async desired() {
      const others = (await looks.scrapes()).filter((one) => teamOf(one) !== config.team);
      refuseScrapedByOthers(object, others);
      return placed;
    },
    forceConflicts: settings.forceConflicts,
  });
}
