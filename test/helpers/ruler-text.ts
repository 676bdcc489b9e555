/** The rule file that `apply` leaves on a hub with nothing in it but these packs. */
import { ConfigMapKind } from '../../src/kinds.ts';
import type { Pack } from '../../src/packs/pack.ts';
import { rulerKey } from '../../src/packs/ruler.ts';
import { rulerName, rulerResource } from '../../src/resources/ruler-entries.ts';
import { memoryCluster } from './memory-cluster.ts';

export async function rulerText(packs: readonly Pack[]): Promise<string> {
  const namespace = 'open-cluster-management-observability';
  const hub = memoryCluster('hub');
  const resource = rulerResource({ hub, namespace, owner: 'us', packs });
  await resource.apply(await resource.plan());
  return hub.peek(ConfigMapKind, { namespace, name: rulerName })?.data?.[rulerKey] ?? '';
}
