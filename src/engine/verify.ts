/** verify: what is ours is as it should be, is ready, and the hops on the way of a metric hold. Writes nothing. */
import type { FindingRecord } from './events.ts';
import { toProblem } from './failure.ts';
import { conflictProblem, workLanes } from './lanes.ts';
import { asStep, planned } from './plan.ts';
import { Problem } from './problem.ts';
import type { Run } from './run.ts';
import type { Check, Finding, Resource } from './step.ts';
import { waitFor } from './wait.ts';

export async function verifySteps<C>(run: Run<C>): Promise<void> {
  const visits = visitsOf(run);
  await Promise.all(
    run.work.steps.map((step) =>
      asStep(run, step, async () => {
        const declared = await step.resources(run.work.context);
        await workLanes(run, step, declared, async (resource) => {
          const finding = await inspect(run, resource, visits);
          const { cluster } = resource;
          run.emit({ type: 'finding', check: step.id, title: `${step.title}: ${resource.name}`, cluster, finding });
          return 'done';
        });
        return 'done';
      }),
    ),
  );
}

/** Whether one more cluster may be visited: of thousands without evidence some tell why, and seconds are all there is. */
function visitsOf<C>({ visits = Number.POSITIVE_INFINITY, work }: Run<C>): (cluster: string) => boolean {
  let left = visits;
  return (cluster) => {
    if (cluster === work.hub) return true;
    left -= 1;
    return left >= 0;
  };
}

async function inspect<C>(run: Run<C>, resource: Resource, mayVisit: (cluster: string) => boolean): Promise<Finding> {
  try {
    const { evidence } = resource;
    if (run.evidence && evidence !== undefined && !(await evidence()) && !mayVisit(resource.cluster))
      return { verdict: 'unknown', problem: notVisited(resource) };
    const change = await planned(run, resource);
    if (change.kind === 'none') return await readiness(resource);
    if (change.kind === 'skip') {
      return { verdict: 'skip', reason: change.reason, ...(change.offline ? { offline: true } : {}) };
    }
    if (change.kind === 'conflict') return { verdict: 'fail', problem: conflictProblem(resource, change) };
    const [code, detail] = describeChange(change);
    return { verdict: change.kind === 'unknown' ? 'unknown' : 'fail', problem: found(resource, code, detail) };
  } catch (error) {
    run.signal.throwIfAborted();
    const problem = toProblem(error, resource.name, resource.cluster);
    // Nothing was given to compare with: that is no fault of what is there.
    if (problem.code === 'missing-values') return { verdict: 'skip', reason: 'no values given to compare it with' };
    return { verdict: problem.code === 'not-permitted' ? 'unknown' : 'fail', problem };
  }
}

function notVisited({ name, cluster }: Resource): Problem {
  return new Problem('not-seen', `${name}: the hub has no word that it holds, and ${cluster} was not visited`, {
    cluster,
    likely: 'Many clusters are without: some of them were visited, and their findings tell why.',
    fix: `Look at this one: \`acm-observability verify --clusters ${cluster}\`.`,
  });
}

async function readiness(resource: Resource): Promise<Finding> {
  const answer = await resource.ready();
  switch (answer.state) {
    case 'ready':
      return { verdict: 'pass', evidence: answer.note ?? 'as declared' };
    case 'waiting':
      return { verdict: 'fail', problem: found(resource, 'workload-not-ready', answer.message) };
    case 'failed':
      return { verdict: 'fail', problem: answer.problem };
    case 'unknown':
      return { verdict: 'unknown', problem: found(resource, 'not-seen', answer.because) };
  }
}

function describeChange(
  change: Exclude<Awaited<ReturnType<Resource['plan']>>, { kind: 'none' | 'skip' | 'conflict' }>,
): ['drifted' | 'not-seen', string] {
  switch (change.kind) {
    case 'create':
      return ['drifted', 'it is not there'];
    case 'update': {
      const who = (change.drift ?? []).map((drift) => `${drift.field} by ${drift.by}`);
      return ['drifted', [...who, ...change.diff].join('; ')];
    }
    case 'remove':
      return ['drifted', 'it should not be there'];
    case 'unknown':
      return ['not-seen', change.because];
  }
}

function found(resource: Resource, code: 'drifted' | 'not-seen' | 'workload-not-ready', detail: string) {
  return new Problem(code, `${resource.name}: ${detail}`, { cluster: resource.cluster });
}

/** Hops in the order of their needs; a hop behind a broken one is skipped by name, per cluster. */
export async function runChecks<C>(run: Run<C>): Promise<void> {
  for (const finding of await askAll(run, run.work.context)) run.emit({ type: 'finding', ...finding });
}

/**
 * After an apply: asks again until every hop holds, or only what waiting cannot change is left, or the deadline. A cluster
 * that has a problem in this run already is not waited for.
 */
export async function awaitChecks<C>(run: Run<C>): Promise<void> {
  let findings: FindingRecord[] = [];
  let heldSince: number | undefined;
  const deadline = Math.min(run.deadline, run.clock.now() + run.timeoutMs);
  await waitFor(
    async () => {
      findings = await askAll(run, await currentContext(run));
      const open = findings.filter(({ cluster, finding }) => isOpen(finding) && !run.troubled.has(cluster));
      heldSince = open.length === 0 ? (heldSince ?? run.clock.now()) : undefined;
      if (heldSince === undefined) return { state: 'waiting', message: openText(open) };
      const left = heldSince + (run.stableMs ?? 0) - run.clock.now();
      return left <= 0 ? { state: 'ready' } : { state: 'waiting', message: 'everything holds; whether it stays so' };
    },
    {
      clock: run.clock,
      signal: run.signal,
      deadline,
      onWaiting: (message) => {
        const [step, resource] = ['checks', 'metrics'];
        run.emit({ type: 'waiting', step, cluster: run.work.hub, resource, message, since: run.clock.now(), deadline });
      },
    },
  );
  for (const finding of findings) run.emit({ type: 'finding', ...finding });
}

/** What was looked up before the writes may no longer be so. */
async function currentContext<C>(run: Run<C>): Promise<C> {
  const { context, refresh } = run.work;
  return run.written.yes && refresh !== undefined ? refresh() : context;
}

function isOpen(finding: Finding): boolean {
  return (finding.verdict === 'fail' || finding.verdict === 'unknown') && finding.final !== true;
}

/** `arrive on quest-1, quest-2 and 4 more: no sample yet` */
function openText(open: readonly FindingRecord[]): string {
  const first = open[0];
  if (first === undefined) return '';
  const clusters = open.filter((one) => one.check === first.check).map((one) => one.cluster);
  const more = clusters.length > 2 ? ` and ${clusters.length - 2} more` : '';
  const why =
    first.finding.verdict === 'pass' || first.finding.verdict === 'skip' ? '' : `: ${first.finding.problem.message}`;
  return `${first.check} on ${clusters.slice(0, 2).join(', ')}${more}${why}`;
}

/** One round of all checks. */
async function askAll<C>(run: Run<C>, context: C): Promise<FindingRecord[]> {
  const { checks = [], clusters = [], hub } = run.work;
  const broken = new Map<string, string>(); // `check cluster` → the hop that broke it
  const records: FindingRecord[] = [];
  for (const level of levels(checks)) {
    const answers = await Promise.all(
      level.map(async (check) => {
        const asked = check.scope === 'hub' ? [hub] : clusters;
        const open = asked.filter((name) => blocker(check, name, hub, broken) === undefined);
        return open.length > 0 ? await ask(run, context, check, open) : new Map<string, Finding>();
      }),
    );
    for (const [index, check] of level.entries()) {
      for (const cluster of check.scope === 'hub' ? [hub] : clusters) {
        const needed = blocker(check, cluster, hub, broken);
        const finding =
          needed === undefined ? expected(run, check, answered(check, cluster, answers[index])) : skipped(needed);
        if (finding.verdict !== 'pass' && finding.verdict !== 'warn') {
          broken.set(`${check.id} ${cluster}`, needed ?? check.id);
        }
        records.push({ check: check.id, title: check.title, scope: check.scope, cluster, finding });
      }
    }
  }
  return records;
}

/** The first hop before this one that is broken, on the cluster or on the hub. */
function blocker<C>(
  check: Check<C>,
  cluster: string,
  hub: string,
  broken: ReadonlyMap<string, string>,
): string | undefined {
  for (const need of check.needs) {
    const hop = broken.get(`${need} ${cluster}`) ?? (cluster === hub ? undefined : broken.get(`${need} ${hub}`));
    if (hop !== undefined) return hop;
  }
  return undefined;
}

async function ask<C>(
  run: Run<C>,
  context: C,
  check: Check<C>,
  clusters: readonly string[],
): Promise<ReadonlyMap<string, Finding>> {
  try {
    return await check.run(context, clusters);
  } catch (error) {
    run.signal.throwIfAborted();
    const problem = toProblem(error, check.title);
    const verdict = problem.code === 'not-permitted' || problem.code === 'metrics-denied' ? 'unknown' : 'fail';
    return new Map(clusters.map((name) => [name, { verdict, problem }] as const));
  }
}

function answered<C>(check: Check<C>, cluster: string, findings: ReadonlyMap<string, Finding> | undefined): Finding {
  const finding = findings?.get(cluster);
  if (finding === undefined) throw new Error(`check ${check.id} gave no answer for ${cluster}`);
  return finding;
}

/** Nobody is to wait for what this run was told not to bring about. */
function expected<C>({ work }: Run<C>, check: Check<C>, finding: Finding): Finding {
  const step = work.leftOut?.get(check.id);
  if (step === undefined || (finding.verdict !== 'fail' && finding.verdict !== 'unknown')) return finding;
  return { verdict: 'skip', reason: `step ${step} was left out` };
}

function skipped(needed: string): Finding {
  return { verdict: 'skip', reason: `needs ${needed}` };
}

/** Checks by how deep their needs go: those of one level ask at the same time. */
function levels<C>(checks: readonly Check<C>[]): Check<C>[][] {
  const ids = new Set(checks.map((check) => check.id));
  const placed = new Set<string>();
  const result: Check<C>[][] = [];
  let rest = [...checks];
  while (rest.length > 0) {
    const level = rest.filter((check) => check.needs.every((need) => placed.has(need) || !ids.has(need)));
    if (level.length === 0) throw new Error(`checks need each other in a circle: ${rest.map((c) => c.id).join(', ')}`);
    for (const check of level) placed.add(check.id);
    rest = rest.filter((check) => !level.includes(check));
    result.push(level);
  }
  return result;
}
