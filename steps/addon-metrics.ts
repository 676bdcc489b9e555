import type { Context } from '../src/context.ts';
import { defineStep, type Resource } from '../src/engine/step.ts';
import { observabilityNamespace } from '../src/hub.ts';
import { type KubeObject, PrometheusRuleKind, ScrapeConfigKind } from '../src/kinds.ts';
import { compileScrapes } from '../src/packs/addon.ts';
import { placedByAnnotation, registrationResource } from '../src/resources/addon-registration.ts';
import { marks } from '../src/resources/marks.ts';
import { objectResource } from '../src/resources/object.ts';
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
    const wanted = compileScrapes(await context.packs(), context.config.metrics);
    const objects = wanted.map((object) => scrapeResource(context, object));
    const { cluster, hub } = context;
    if (placedByAnnotation(hub.version)) return objects;
    return [...objects, registrationResource({ cluster, namespace: observabilityNamespace, objects: wanted })];
  },
  async owned(context) {
    if (context.hub.architecture !== 'mcoa') return [];
    const labelSelector = `${marks.managedBy.join('=')},${marks.step}=addon-metrics`;
    const query = { namespace: observabilityNamespace, labelSelector };
    const lists = await Promise.all(
      kinds.map(async (kind) => {
        const objects = await context.cluster.list(kind, query);
        return objects.map((object) => ({ ...object, apiVersion: kind.apiVersion, kind: kind.kind }));
      }),
    );
    return lists.flat().map((object) => scrapeResource(context, object));
  },
  rights: ({ cluster, hub }, mode) =>
    mode === 'verify' || hub.architecture !== 'mcoa'
      ? []
      : kinds.flatMap((kind) => on(cluster, kind, { namespace: observabilityNamespace }, ['list'])),
});

function scrapeResource({ cluster, settings, hub }: Context, object: KubeObject): Resource {
  const kind = object.kind === ScrapeConfigKind.kind ? ScrapeConfigKind : PrometheusRuleKind;
  const placed = placedByAnnotation(hub.version)?.(object) ?? object;
  return objectResource({
    cluster,
    kind,
    key: { namespace: observabilityNamespace, name: object.metadata.name },
    step: 'addon-metrics',
    desired: () => placed,
    forceConflicts: settings.forceConflicts,
  });
}
