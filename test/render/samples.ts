/** Runs as an engine would end them, for the tests of every renderer. */
import type { RunResult } from '../../src/engine/events.ts';
import { Problem } from '../../src/engine/problem.ts';
import type { Finding } from '../../src/engine/step.ts';
import { type Report, type ReportFacts, toReport } from '../../src/render/report.ts';
import type { Style } from '../../src/render/style.ts';

const hub = 'local-cluster';

export const wide: Style = { color: false, ascii: false, accessible: false, quiet: false, verbosity: 0, columns: 80 };

const start = Date.parse('2026-01-05T09:41:02Z');

export const facts: ReportFacts = {
  command: 'plan',
  run: '7f3a',
  startedAt: start,
  finishedAt: start + 3_100,
  hub: { name: hub, api: 'https://api.hub:6443', acmVersion: '2.14.1', architecture: 'legacy', clusterID: '1c2d' },
  notes: [],
  requests: { kubernetes: 31, objectStore: 4, metrics: 2 },
  detailedExitcode: false,
  strict: false,
};

export function reportOf(result: RunResult, over: Partial<ReportFacts> = {}): Report {
  return toReport(result, { ...facts, command: result.mode, ...over });
}

const secret = 'Secret open-cluster-management-observability/thanos-object-storage';
const monitoring = 'ConfigMap openshift-monitoring/cluster-monitoring-config';

export const planned: RunResult = {
  mode: 'plan',
  changes: [
    {
      step: 'namespace',
      cluster: hub,
      resource: 'Namespace open-cluster-management-observability',
      change: { kind: 'none' },
      applied: false,
    },
    {
      step: 'bucket',
      cluster: hub,
      resource: 'Bucket acm-metrics',
      change: { kind: 'create', note: 'in eu-west-3' },
      applied: false,
    },
    {
      step: 'thanos-secret',
      cluster: hub,
      resource: secret,
      change: {
        kind: 'update',
        diff: ['- thanos.yaml: ***', '+ thanos.yaml: *** (changed)'],
        drift: [{ field: 'data.thanos.yaml', by: 'kubectl-edit', at: '2026-01-04T22:10:00Z' }],
      },
      applied: false,
    },
    {
      step: 'dashboards',
      cluster: hub,
      resource: 'ConfigMap x/old',
      change: { kind: 'remove', note: 'no longer declared' },
      applied: false,
    },
    {
      step: 'observability',
      cluster: hub,
      resource: 'MultiClusterObservability observability',
      change: { kind: 'unknown', because: 'the namespace does not exist yet' },
      applied: false,
    },
    {
      step: 'user-workload-monitoring',
      cluster: hub,
      resource: monitoring,
      change: { kind: 'conflict', owner: 'argocd', fields: ['data.config.yaml'] },
      applied: false,
    },
    ...['paris', 'lyon', 'nice'].map((cluster) => ({
      step: 'user-workload-monitoring',
      cluster,
      resource: monitoring,
      change: { kind: 'create' as const },
      applied: false,
    })),
    {
      step: 'user-workload-monitoring',
      cluster: 'eks',
      resource: monitoring,
      change: { kind: 'skip', reason: 'not OpenShift' },
      applied: false,
    },
  ],
  findings: [],
  problems: [],
  steps: [{ step: 'namespace', outcome: 'done' }],
};

export const unchanged: RunResult = {
  mode: 'apply',
  changes: [hub, 'paris', 'lyon'].flatMap((cluster) =>
    [1, 2].map((number) => ({
      step: 'namespace',
      cluster,
      resource: `ConfigMap x/${number}`,
      change: { kind: 'none' as const },
      applied: false,
    })),
  ),
  findings: [hub, 'paris', 'lyon'].map((cluster, index) => ({
    check: 'arrive',
    scope: 'cluster' as const,
    title: 'Metrics arrive at the hub',
    cluster,
    finding: { verdict: 'pass' as const, evidence: `newest sample ${18 + index} s old`, ageSeconds: 18 + index },
  })),
  problems: [],
  steps: [{ step: 'namespace', outcome: 'done' }],
};

export const partial: RunResult = {
  mode: 'apply',
  changes: [
    { step: 'namespace', cluster: hub, resource: 'Namespace x', change: { kind: 'create' }, applied: true },
    {
      step: 'user-workload-monitoring',
      cluster: 'paris',
      resource: monitoring,
      change: { kind: 'update', diff: ['+ enableUserWorkload: true'] },
      applied: true,
    },
    {
      step: 'user-workload-monitoring',
      cluster: 'edge-07',
      resource: monitoring,
      change: { kind: 'skip', reason: 'offline since 3h12m', offline: true },
      applied: false,
    },
  ],
  findings: [],
  problems: [
    {
      step: 'user-workload-monitoring',
      cluster: 'paris',
      resource: monitoring,
      problem: new Problem('action-failed', 'The agent refused the update.', {
        proof: 'admission webhook "x" denied the request:\nquota exceeded',
        fix: 'Raise the quota, then `acm-observability apply --clusters paris`.',
        cluster: 'paris',
      }),
    },
  ],
  steps: [{ step: 'namespace', outcome: 'done' }],
};

const hops = ['reach', 'addon', 'collector', 'uwm', 'config', 'arrive'];

function hop(check: string, cluster: string, finding: Finding) {
  return { check, scope: 'cluster' as const, title: check, cluster, finding };
}

export function verified(names: readonly string[] = [hub, 'paris', 'edge-07']): RunResult {
  const clusters = names.flatMap((cluster, index) => {
    if (cluster === 'edge-07') {
      const problem = new Problem('cluster-unreachable', 'The agent was last seen 3h12m ago.', { cluster });
      const broken = hop('reach', cluster, { verdict: 'fail', problem, evidence: 'lease renewed at 06:29Z' });
      return [broken, ...hops.slice(1).map((id) => hop(id, cluster, { verdict: 'skip', reason: 'needs reach' }))];
    }
    const ageSeconds = 18 + index;
    return hops.map((id) =>
      hop(id, cluster, { verdict: 'pass', evidence: 'seen', ...(id === 'arrive' ? { ageSeconds } : {}) }),
    );
  });
  const warning = new Problem('rules-failing', 'Rule quest:score fails.', { cluster: hub });
  return {
    mode: 'verify',
    changes: [],
    findings: [
      { check: 'namespace', title: 'Namespace', cluster: hub, finding: { verdict: 'pass', evidence: 'as declared' } },
      {
        check: 'acm',
        scope: 'hub',
        title: 'ACM runs',
        cluster: hub,
        finding: { verdict: 'pass', evidence: 'ACM 2.14.1 is Running' },
      },
      {
        check: 'rules',
        scope: 'hub',
        title: 'Rules run',
        cluster: hub,
        finding: { verdict: 'warn', problem: warning, evidence: 'parse error at char 3' },
      },
      ...clusters,
    ],
    problems: [],
    steps: [{ step: 'namespace', outcome: 'done' }],
  };
}
