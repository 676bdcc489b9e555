/** Which ScrapeConfigs count: a default one always, a user's by how its version wires it (acm.md §9.3). Pure. */
import type { KubeObject } from '../../../kinds.ts';
import { domain, newAddonName, operatorName } from '../names.ts';
import { isRecord } from '../objects.ts';

/** Of all in the hub's namespace those the clusters get. `byAnnotation`: from 5.0, instead of by reference. */
export function configsInForce(
  all: readonly KubeObject[],
  entry: KubeObject,
  byAnnotation: boolean,
): readonly KubeObject[] {
  const referenced = references(entry);
  return all.filter(({ metadata: { name, labels = {}, annotations = {} } }) => {
    if (labels['app.kubernetes.io/managed-by'] === operatorName) return true;
    if (!byAnnotation) return referenced.has(name);
    const placed = annotations[`${domain}/placements`] !== undefined;
    return placed && labels['app.kubernetes.io/part-of'] === newAddonName;
  });
}

/** Names of the ScrapeConfigs in the placements of the ClusterManagementAddOn. */
function references({ spec }: KubeObject): Set<string> {
  const strategy = isRecord(spec) && isRecord(spec.installStrategy) ? spec.installStrategy.placements : [];
  const placements = Array.isArray(strategy) ? strategy.filter(isRecord) : [];
  const configs = placements.flatMap(({ configs: list }) => (Array.isArray(list) ? list.filter(isRecord) : []));
  return new Set(configs.filter(({ resource }) => resource === 'scrapeconfigs').map(({ name }) => String(name)));
}
