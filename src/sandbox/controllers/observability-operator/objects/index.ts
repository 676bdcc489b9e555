/** Every object the operator wants on the hub, for one CR. */
import { ConfigMapKind, Namespace } from '../../../../kinds.ts';
import { hubNamespace } from '../../names.ts';
import { objectOf, ownerOf, type Wanted } from '../../objects.ts';
import { access } from './access.ts';
import { addonArchitecture } from './addon-architecture.ts';
import { configMaps, secrets, unownedSecrets } from './configuration.ts';
import type { Context } from './context.ts';
import { dashboards } from './dashboards.ts';
import { routes, serviceAccounts, services, singleObjects } from './network.ts';
import { observatorium } from './observatorium.ts';
import { rightSizing } from './right-sizing.ts';
import { selfMonitoring, workloads } from './workloads.ts';

/** In the order they are made. What is per managed cluster is the placement controller's. */
export function hubObjects(context: Context): Wanted[] {
  const owned: Wanted[] = [
    ...configMaps(context),
    ...dashboards(context.version, context.addonArchitecture).map((object) => ({ kind: ConfigMapKind, object })),
    ...secrets(context),
    ...serviceAccounts(context),
    ...access(context),
    ...services(),
    ...routes(),
    ...singleObjects(context),
    ...selfMonitoring(),
    ...(context.addonArchitecture ? addonArchitecture(context) : []),
    ...workloads(context),
    observatorium(context),
  ];
  const ownerReferences = [ownerOf(context.cr)];
  return [
    namespaceLabel(),
    ...unownedSecrets(context),
    ...owned.map((wanted) => ({
      ...wanted,
      object: { ...wanted.object, metadata: { ...wanted.object.metadata, ownerReferences } },
    })),
    ...(context.features.rightSizing ? rightSizing() : []),
  ];
}

/** The platform Prometheus scrapes observability only with this label (acm.md §1.4). */
function namespaceLabel(): Wanted {
  const labels = { 'openshift.io/cluster-monitoring': 'true' };
  return { kind: Namespace, object: objectOf(Namespace, { name: hubNamespace, labels }) };
}
