/** Whether what Alertmanagers of the clusters send can come in: metrics may arrive all the same (acm.md §5.4, §14 row 45). */
import { Problem } from '../engine/problem.ts';
import { atLeast, observabilityNamespace } from '../hub.ts';
import { RouteKind } from '../kinds.ts';
import { on } from '../resources/rights.ts';
import { fail, hubCheck } from './hub.ts';
import { refusedBy } from './upkeep.ts';

const entry = { namespace: observabilityNamespace, name: 'alertmanager' };

export const alerts = hubCheck(
  'alerts',
  'Alerts of the clusters are let in',
  ['workloads'],
  ({ cluster }) => on(cluster, RouteKind, entry, ['get']),
  async ({ cluster, hub }) => {
    const off = hub.observabilities[0]?.metadata.annotations?.['mco-disable-alerting'];
    if (off === 'true') return { verdict: 'skip', reason: 'annotation mco-disable-alerting' };
    if (hub.architecture === 'mcoa') return { verdict: 'skip', reason: 'the addon architecture forwards by itself' };
    if (atLeast(hub.version, 5, 0)) return { verdict: 'skip', reason: 'they come by the route of the metrics' };
    const why = refusedBy(await cluster.get(RouteKind, entry));
    if (why === undefined) return { verdict: 'pass', evidence: 'the route is admitted' };
    return fail(new Problem('alerts-not-forwarded', `Route ${entry.name}: ${why}`), 'warn');
  },
);
