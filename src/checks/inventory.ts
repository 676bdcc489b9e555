/** What the hub's own metrics tell of the hub: its clusters' labels, whose they are, and the alerts that fire. */
import type { Context } from '../context.ts';
import { Problem } from '../engine/problem.ts';
import type { ProblemCode } from '../engine/problems.ts';
import type { Check, Finding } from '../engine/step.ts';
import { observabilityNamespace } from '../hub.ts';
import type { Sample } from '../ports.ts';
import { metricsRights } from './looking.ts';

/** Alerts of ACM's own rules, and of OpenShift's about its volumes: what fires is all of them that reaches Thanos. */
const alertProblems: Readonly<Record<string, { readonly code: ProblemCode; readonly verdict: 'fail' | 'warn' }>> = {
  ACMThanosCompactHalted: { code: 'compactor-halted', verdict: 'fail' },
  ACMRemoteWriteError: { code: 'remote-write-failing', verdict: 'warn' },
  KubePersistentVolumeFillingUp: { code: 'volume-filling', verdict: 'warn' },
};

const names = Object.keys(alertProblems).join('|');

/** One query for all of it: each answer says by `about` what it is. */
function question(hub: string): string {
  const here = `alertstate="firing",cluster=${JSON.stringify(hub)},namespace="${observabilityNamespace}"`;
  return [
    about('labels', 'count(acm_managed_cluster_labels)'),
    about('twice', 'count by (cluster) (count by (cluster, clusterID) (machine_cpu_cores)) > 1'),
    about('alert', `ALERTS{alertname=~"${names}",${here}}`),
  ].join(' or ');
}

function about(what: string, expression: string): string {
  return `label_replace(${expression}, "about", "${what}", "", "")`;
}

export const inventory: Check<Context> = {
  id: 'inventory',
  title: 'The hub knows its clusters, and nothing of observability raises an alert',
  needs: ['query'],
  scope: 'hub',
  rights: metricsRights,
  run: async ({ hub, metrics }) => new Map([[hub.name, judge(await metrics.query(question(hub.name)))]]),
};

/** The worst that was found; what only warns comes after what fails. */
function judge(samples: readonly Sample[]): Finding {
  const of = (what: string) => samples.filter(({ labels }) => labels.about === what);
  const [twice] = of('twice');
  if (twice !== undefined) {
    const detail = `${twice.value} clusters call themselves ${twice.labels.cluster}`;
    return { verdict: 'fail', problem: new Problem('bucket-shared', detail) };
  }
  const alerts = of('alert').flatMap(({ labels }) => {
    const known = alertProblems[labels.alertname ?? ''];
    return known === undefined ? [] : [{ ...known, labels }];
  });
  const [alert] = alerts.toSorted((a, b) => rank(a.verdict) - rank(b.verdict));
  if (alert !== undefined) {
    const what = alert.labels.persistentvolumeclaim ?? alert.labels.pod ?? alert.labels.namespace;
    const problem = new Problem(alert.code, `the alert ${alert.labels.alertname} fires for ${what}`);
    return { verdict: alert.verdict, problem };
  }
  if (of('labels').length === 0) {
    const detail = 'there is no series of acm_managed_cluster_labels';
    return { verdict: 'warn', problem: new Problem('label-list-missing', detail) };
  }
  return { verdict: 'pass', evidence: 'no alert of observability fires' };
}

function rank(verdict: 'fail' | 'warn'): number {
  return verdict === 'fail' ? 0 : 1;
}
