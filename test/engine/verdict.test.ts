import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FindingRecord, Mode, RunResult } from '../../src/engine/events.ts';
import { exits } from '../../src/engine/exits.ts';
import { Problem } from '../../src/engine/problem.ts';
import type { ProblemCode } from '../../src/engine/problems.ts';
import type { Change, Finding } from '../../src/engine/step.ts';
import { clusterVerdicts, type Standard, verdictOf } from '../../src/engine/verdict.ts';

const hub = 'local-cluster';
const standard: Standard = { hub, detailedExitcode: false, strict: false, now: Date.parse('2026-06-01T00:00:00Z') };

function result(mode: Mode, parts: Partial<RunResult> = {}): RunResult {
  return { mode, changes: [], findings: [], problems: [], steps: [], ...parts };
}

function change(cluster: string, of: Change, applied = false) {
  return { step: 'namespace', cluster, resource: 'Namespace x', change: of, applied };
}

function problem(cluster: string, code: ProblemCode, step = 'observability') {
  return { step, cluster, problem: new Problem(code, 'said here', { cluster }) };
}

function finding(cluster: string, verdict: Finding['verdict'], code: ProblemCode = 'metrics-absent'): FindingRecord {
  const answer: Finding =
    verdict === 'pass'
      ? { verdict, evidence: 'seen' }
      : verdict === 'skip'
        ? { verdict, reason: 'not OpenShift' }
        : { verdict, problem: new Problem(code, 'said here') };
  return { check: 'arrive', scope: 'cluster', title: 'Metrics arrive', cluster, finding: answer };
}

/** Names no cluster: the hub refused it, whatever it was about. */
const ofHub = { problem: new Problem('not-permitted', 'cannot create managedclusterviews') };

const offline: Change = { kind: 'skip', reason: 'offline since 3h', offline: true };
const create: Change = { kind: 'create' };
const none: Change = { kind: 'none' };

describe('one verdict and one exit code', () => {
  const table: [string, RunResult, Partial<Standard>, string, number][] = [
    ['a plan that finds nothing', result('plan', { changes: [change(hub, none)] }), {}, 'unchanged', 0],
    ['a plan with work', result('plan', { changes: [change(hub, create)] }), {}, 'differences', 0],
    [
      'the same asked for in detail',
      result('plan', { changes: [change(hub, create)] }),
      { detailedExitcode: true },
      'differences',
      2,
    ],
    [
      'a plan that cannot know yet',
      result('plan', { changes: [change(hub, { kind: 'unknown', because: 'later' })] }),
      { detailedExitcode: true },
      'differences',
      2,
    ],
    [
      'an apply that wrote',
      result('apply', { changes: [change(hub, create, true)] }),
      { detailedExitcode: true },
      'changed',
      0,
    ],
    ['an apply with nothing to do', result('apply', { changes: [change(hub, none)] }), {}, 'unchanged', 0],
    [
      'a conflict',
      result('apply', { changes: [change(hub, { kind: 'conflict', owner: 'argocd', fields: ['spec.a'] })] }),
      {},
      'error',
      6,
    ],
    [
      'a conflict on a managed cluster',
      result('apply', {
        changes: [change('paris', { kind: 'conflict', owner: 'argocd', fields: ['spec.a'] }), change(hub, none)],
      }),
      {},
      'error',
      6,
    ],
    ['a hub step that failed', result('apply', { problems: [problem(hub, 'observability-failed')] }), {}, 'error', 6],
    [
      'a hub step that failed on a check',
      result('apply', { problems: [problem(hub, 'workload-not-ready')] }),
      {},
      'error',
      6,
    ],
    [
      'a managed cluster that failed',
      result('apply', { changes: [change(hub, none)], problems: [problem('paris', 'action-failed')] }),
      {},
      'partial',
      5,
    ],
    [
      'a managed cluster without rights',
      result('apply', { changes: [change(hub, none)], problems: [problem('paris', 'not-permitted')] }),
      {},
      'partial',
      5,
    ],
    [
      'a right on the hub that a managed cluster is asked through',
      result('apply', { changes: [change(hub, none)], problems: [{ ...problem('paris', 'not-permitted'), ...ofHub }] }),
      {},
      'error',
      77,
    ],
    ['a hub without rights', result('apply', { problems: [problem(hub, 'not-permitted')] }), {}, 'error', 77],
    [
      'a hub out of reach beside a time-out',
      result('apply', { problems: [problem(hub, 'unreachable'), problem(hub, 'timed-out')] }),
      {},
      'error',
      69,
    ],
    [
      'a time-out anywhere',
      result('apply', { changes: [change(hub, none)], problems: [problem('paris', 'timed-out')] }),
      {},
      'timeout',
      7,
    ],
    [
      'a lost lock beside a failure',
      result('apply', { problems: [problem(hub, 'lock-lost'), problem(hub, 'observability-failed')] }),
      {},
      'locked',
      8,
    ],
    [
      'bad configuration met on the way',
      result('apply', { problems: [problem(hub, 'field-dropped'), problem(hub, 'timed-out')] }),
      {},
      'error',
      65,
    ],
    ['a cluster offline', result('apply', { changes: [change(hub, none), change('edge', offline)] }), {}, 'partial', 5],
    ['every cluster offline', result('apply', { changes: [change('edge', offline)] }), {}, 'fail', 3],
    [
      'a cluster not applicable',
      result('apply', { changes: [change(hub, none), change('eks', { kind: 'skip', reason: 'not OpenShift' })] }),
      {},
      'unchanged',
      0,
    ],
    ['all hops well', result('verify', { findings: [finding(hub, 'pass'), finding('paris', 'pass')] }), {}, 'pass', 0],
    [
      'one cluster without metrics',
      result('verify', { findings: [finding(hub, 'pass'), finding('paris', 'fail')] }),
      {},
      'partial',
      5,
    ],
    [
      'no cluster with metrics',
      result('verify', { findings: [finding('lyon', 'fail'), finding('paris', 'fail')] }),
      {},
      'fail',
      3,
    ],
    [
      'a hub hop that failed',
      result('verify', {
        findings: [{ ...finding(hub, 'fail', 'rules-missing'), scope: 'hub' }, finding('paris', 'pass')],
      }),
      {},
      'fail',
      3,
    ],
    [
      'what nobody could see',
      result('verify', { findings: [{ ...finding(hub, 'unknown', 'not-seen'), scope: 'hub' }] }),
      {},
      'fail',
      3,
    ],
    ['a warning', result('verify', { findings: [finding(hub, 'warn')] }), {}, 'warn', 0],
    ['a warning taken strictly', result('verify', { findings: [finding(hub, 'warn')] }), { strict: true }, 'warn', 4],
  ];

  test.each(table)('%s', (_, run, given, verdict, exitCode) => {
    expect(verdictOf(run, { ...standard, ...given })).toEqual({ verdict, exitCode });
  });
});

describe('accepted findings', () => {
  const accept = [{ code: 'metrics-absent', cluster: 'lab', until: '2026-06-01' }];
  const run = result('verify', { findings: [finding(hub, 'pass'), finding('lab', 'fail')] });

  test('no longer fail, on the last day too', () => {
    const outcome = verdictOf(run, { ...standard, accept });

    expect(outcome).toEqual({ verdict: 'pass', exitCode: 0 });
  });

  test('fail again from the day after', () => {
    const outcome = verdictOf(run, { ...standard, accept, now: Date.parse('2026-06-02T00:00:00Z') });

    expect(outcome.exitCode).toBe(exits.partial);
  });

  test('are accepted only where it is said', () => {
    const elsewhere = result('verify', { findings: [finding(hub, 'pass'), finding('paris', 'fail')] });

    expect(verdictOf(elsewhere, { ...standard, accept }).exitCode).toBe(exits.partial);
  });
});

test('an offline cluster is not fine, and says why', () => {
  const verdicts = clusterVerdicts(
    result('apply', { changes: [change('edge', none), change('edge', offline)] }),
    standard,
  );

  expect(verdicts.get('edge')).toEqual({ verdict: 'fail', reason: 'offline since 3h' });
});

describe('for any run', () => {
  const precedence = [70, 65, 64, 69, 77, 8, 7, 6, 5, 3, 4, 2, 0];
  const codes: ProblemCode[] = [
    'observability-failed',
    'not-permitted',
    'unreachable',
    'locked',
    'timed-out',
    'configuration-invalid',
    'metrics-absent',
  ];
  const cluster = fc.constantFrom(hub, 'paris', 'lyon');
  const runs = fc
    .record({
      mode: fc.constantFrom<Mode>('plan', 'apply', 'wait', 'verify', 'uninstall'),
      changes: fc.array(fc.tuple(cluster, fc.constantFrom<Change>(none, create, offline)), { maxLength: 4 }),
      findings: fc.array(
        fc.tuple(cluster, fc.constantFrom<Finding['verdict']>('pass', 'warn', 'fail', 'skip', 'unknown')),
        { maxLength: 4 },
      ),
      problems: fc.array(fc.tuple(cluster, fc.constantFrom(...codes)), { maxLength: 3 }),
    })
    .map(({ mode, changes, findings, problems }) =>
      result(mode, {
        changes: changes.map(([name, of]) => change(name, of)),
        findings: findings.map(([name, verdict]) => finding(name, verdict)),
        problems: problems.map(([name, code]) => problem(name, code)),
      }),
    );

  test('the exit code is one of the contract', () => {
    fc.assert(fc.property(runs, (run) => precedence.includes(verdictOf(run, standard).exitCode)));
  });

  test('a problem of the hub more never makes the exit code milder', () => {
    fc.assert(
      fc.property(runs, fc.constantFrom(...codes), (run, code) => {
        const worse = { ...run, problems: [...run.problems, problem(hub, code)] };
        const before = verdictOf(run, standard).exitCode;
        const after = verdictOf(worse, standard).exitCode;

        // When the last fine cluster goes, "some" becomes "none": 5 becomes 3.
        if (before === exits.partial && after === exits.checkFailed) return true;
        return precedence.indexOf(after) <= precedence.indexOf(before);
      }),
    );
  });

  test('the order in which things happened does not matter', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const turned = {
          ...run,
          changes: run.changes.toReversed(),
          findings: run.findings.toReversed(),
          problems: run.problems.toReversed(),
        };

        return verdictOf(run, standard).exitCode === verdictOf(turned, standard).exitCode;
      }),
    );
  });

  test('only --strict and --detailed-exitcode turn a 0 into something else', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const plain = verdictOf(run, standard).exitCode;
        const asked = verdictOf(run, { ...standard, strict: true, detailedExitcode: true }).exitCode;

        return plain === asked || (plain === 0 && (asked === 2 || asked === 4));
      }),
    );
  });
});
