/**
 * Whether ACM’s add-on works on a cluster, and where there is none, why: somebody's choice is told as a skip, what ACM does not
 * know of the cluster is told with what to say to it (acm.md §5.1, §14 row 15).
 */
import type { Context } from '../context.ts';
import { Problem } from '../engine/problem.ts';
import { shellWord } from '../engine/shell-word.ts';
import type { Finding } from '../engine/step.ts';
import { claim, type Member } from '../fleet/members.ts';
import { condition, type ManagedCluster, ManagedClusterAddOnKind, type WithConditions } from '../kinds.ts';
import { addOnOf } from '../resources/addons.ts';
import { on } from '../resources/rights.ts';
import { rolledOut } from '../resources/workloads.ts';
import { byNamespace, clusterCheck, failing } from './cluster.ts';
import { hubWorkloads } from './looking.ts';
import { addonProblem, isCollectors } from './reasons.ts';

export const addon = clusterCheck(
  'addon',
  'ACM’s add-on is available',
  ['reach', 'acm'],
  ({ cluster }) => [...on(cluster, ManagedClusterAddOnKind, {}, ['list']), ...hubWorkloads({ cluster })],
  async ({ cluster, hub, looks, clock }) => {
    const { name } = addOnOf(hub.architecture);
    const fieldSelector = `metadata.name=${name}`;
    const addons = byNamespace(await cluster.list(ManagedClusterAddOnKind, { fieldSelector }));
    const collector = (await looks.workloads()).find((one) => one.metadata.name === 'metrics-collector-deployment');
    return (member) => {
      // To the addon architecture the hub is one of its clusters.
      if (member.isHub && hub.architecture === 'legacy') return hubCollector(member, collector);
      if (member.object.metadata.labels?.observability === 'disabled')
        return { verdict: 'skip', reason: 'label observability=disabled' };
      const found = addons.get(member.name);
      const missing = undetected(member.object);
      if (found === undefined) return notThere(member, missing, name, clock);
      const judged = judgeAddon(member, found);
      return missing === undefined || judged.verdict !== 'pass' ? judged : notKnown(member, missing, 'warn');
    };
  },
);

/** What it says of itself; what it only repeats of its collectors is told by their own hop. */
function judgeAddon({ name }: Member, found: WithConditions): Finding {
  const { deletionTimestamp, finalizers = [] } = found.metadata;
  if (deletionTimestamp !== undefined)
    return failing(
      'addon-terminating',
      name,
      `being deleted since ${deletionTimestamp}, held by ${finalizers.join(', ')}`,
    );
  const [available, degraded, progressing] = ['Available', 'Degraded', 'Progressing'].map((type) =>
    condition(found, type),
  );
  // Its lease makes it available, whatever else it says.
  if (available?.status === 'True' && degraded?.status !== 'True')
    return { verdict: 'pass', evidence: available.message ?? 'available' };
  const silent = available?.status === 'Unknown' ? available : undefined;
  const worst = silent ?? (degraded?.status === 'True' ? degraded : (progressing ?? available));
  if (worst === undefined) return failing('addon-installing', name, 'no condition yet');
  if (isCollectors(worst)) return { verdict: 'pass', evidence: 'it is installed, and reports of its collectors' };
  return failing(addonProblem(worst), name, `${worst.reason}: ${worst.message ?? ''}`);
}

/** The hub has no add-on: its collector runs in the observability namespace (acm.md §4.7). */
function hubCollector(member: Member, collector: Parameters<typeof rolledOut>[0] | undefined): Finding {
  if (collector !== undefined && rolledOut(collector))
    return { verdict: 'pass', evidence: 'the hub collects by itself' };
  return failing('addon-degraded', member.name, 'Deployment metrics-collector-deployment is not ready');
}

/** A choice of a person; a cluster that has only just joined; or what ACM lacks. */
function notThere(member: Member, missing: string | undefined, addOn: string, clock: Context['clock']): Finding {
  const { annotations = {} } = member.object.metadata;
  if (annotations['addon.open-cluster-management.io/disable-automatic-installation'] === 'true')
    return { verdict: 'skip', reason: 'annotation disable-automatic-installation' };
  if (missing === undefined) return failing('addon-missing', member.name, `there is no ManagedClusterAddOn ${addOn}`);
  const joined = Date.parse(condition(member.object, 'ManagedClusterJoined')?.lastTransitionTime ?? '');
  const isNew = !(clock.now() - joined > detectionMs);
  if (isNew && labelsFor(member.object) === undefined)
    return { verdict: 'skip', reason: `ACM has not detected its ${missing} yet` };
  return notKnown(member, missing, 'fail');
}

/** Milliseconds in which an agent that works has told what its cluster is. */
const detectionMs = 3_600_000;

/** What ACM has not found out of a cluster, without which it installs nothing there and passes no change on. */
function undetected({ metadata: { labels = {} } }: ManagedCluster): 'vendor' | 'OpenShift version' | undefined {
  if (labels.vendor === undefined || labels.vendor === 'auto-detect') return 'vendor';
  return labels.vendor === 'OpenShift' && labels.openshiftVersion === undefined ? 'OpenShift version' : undefined;
}

function notKnown({ name, object }: Member, missing: string, verdict: 'fail' | 'warn'): Finding {
  const effect = verdict === 'fail' ? 'it installs no collector there' : 'its add-on stays as it is';
  const labels = labelsFor(object);
  const say = `oc label managedcluster ${name} --overwrite ${labels?.join(' ')}`;
  const problem = new Problem('cluster-undetected', `${name}: ACM does not know its ${missing}: ${effect}`, {
    cluster: name,
    ...(labels !== undefined && {
      fix: `Say what it is: \`${say}\`. If that is lost again, look at \`oc -n ${name} get managedclusteraddon work-manager\`.`,
    }),
  });
  return { verdict, problem };
}

/** The labels ACM would give it by what its own agent claims; `undefined` where that tells nothing. */
function labelsFor(object: ManagedCluster): string[] | undefined {
  const version = claim(object, 'version.openshift.io');
  if (version !== undefined) return ['vendor=OpenShift', `openshiftVersion=${shellWord(version)}`];
  const product = claim(object, 'product.open-cluster-management.io');
  return product === undefined ? undefined : [`vendor=${shellWord(product)}`];
}
