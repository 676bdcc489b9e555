import { describe, expect, it } from 'vitest';
import { NotYet, Problem } from '../../src/engine/problem.ts';
import type { Check, Finding, Step } from '../../src/engine/step.ts';
import { createWorld, failing, outcomes, runToys, thing } from './toys.ts';

const step = (id: string, resources: Step['resources'], more: Partial<Step> = {}): Step => ({
  id,
  title: `The ${id}`,
  resources,
  ...more,
});

describe('a run', () => {
  it('plans without writing, applies once, and then has nothing to do', async () => {
    const world = createWorld();
    const steps = [step('a', () => [thing(world, 'x'), thing(world, 'y')])];

    const plan = await runToys({ mode: 'plan', steps });
    const first = await runToys({ mode: 'apply', steps });
    const second = await runToys({ mode: 'apply', steps });

    expect(plan.result.changes.map(({ change }) => change.kind)).toEqual(['create', 'create']);
    expect(first.result.changes.every(({ applied }) => applied)).toBe(true);
    expect(second.result.changes.map(({ change }) => change.kind)).toEqual(['none', 'none']);
    expect(world.writes).toEqual(['apply hub/x', 'apply hub/y']);
  });

  it('starts a step only when what it requires is ready, and runs independent ones at the same time', async () => {
    const world = createWorld();
    let looks = 0;
    const slow = thing(world, 'slow', 'on', {
      ready: async () => (++looks < 4 ? { state: 'waiting', message: 'warming up' } : { state: 'ready' }),
    });
    const first = step('first', () => [slow]);
    const after = step('after', () => [thing(world, 'after')], { requires: [first] });
    const beside = step('beside', () => [thing(world, 'beside')]);

    await runToys({ mode: 'apply', steps: [first, after, beside] });

    expect(world.writes).toEqual(['apply hub/slow', 'apply hub/beside', 'apply hub/after']);
  });

  it('skips by name what needs a step that failed, and does the rest', async () => {
    const world = createWorld();
    const broken = step('broken', () => [thing(world, 'x', 'on', failing('x'))]);
    const behind = step('behind', () => [thing(world, 'y')], { requires: [broken] });
    const beside = step('beside', () => [thing(world, 'z')]);

    const { result } = await runToys({ mode: 'apply', steps: [broken, behind, beside] });

    expect(outcomes(result)).toEqual({ broken: 'failed', behind: 'skipped', beside: 'done' });
    expect(result.steps.find(({ step }) => step === 'behind')?.reason).toBe('needs broken');
    expect(world.writes).toEqual(['apply hub/z']);
  });

  it('lets no failing lane stop another one', async () => {
    const world = createWorld();
    const lanes = step('lanes', () => [
      thing(world, 'flag', 'on', failing('flag', 'lyon')),
      thing(world, 'flag', 'on', { cluster: 'nice' }),
      thing(world, 'flag', 'on', { cluster: 'paris' }),
    ]);

    const { result } = await runToys({ mode: 'apply', steps: [lanes] });

    expect(outcomes(result)).toEqual({ lanes: 'done' });
    expect(world.writes).toEqual(['apply nice/flag', 'apply paris/flag']);
    expect(result.problems.map(({ cluster }) => cluster)).toEqual(['lyon']);
  });

  it('begins nothing new after the first failure when told to fail fast', async () => {
    const world = createWorld();
    const lanes = step('lanes', () => [
      thing(world, 'flag', 'on', failing('flag', 'lyon')),
      thing(world, 'flag', 'on', { cluster: 'nice' }),
    ]);
    const after = step('after', () => [thing(world, 'after')], { requires: [lanes] });

    const { result } = await runToys({ mode: 'apply', steps: [lanes, after] }, { failFast: true, parallel: 1 });

    expect(world.writes).toEqual([]);
    expect(result.steps.find(({ step }) => step === 'after')?.reason).toBe('stopped: flag on lyon failed');
  });

  it('works on no more lanes at once than the pool allows', async () => {
    const world = createWorld();
    let now = 0;
    let most = 0;
    const apply = async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
    };
    const clusters = Array.from({ length: 20 }, (_, index) => `c${index}`);
    const ready = async () => ({ state: 'ready' as const });
    const lanes = step('lanes', () => clusters.map((cluster) => thing(world, 'flag', 'on', { cluster, apply, ready })));

    await runToys({ mode: 'apply', steps: [lanes] }, { parallel: 3 });

    expect(most).toBe(3);
  });

  it('works on the hub besides: it needs no place of a managed cluster', async () => {
    const world = createWorld();
    const atWork = { clusters: 0, hub: 0 };
    let met = 0;
    const ready = async () => ({ state: 'ready' as const });
    /** Two clusters and three steps of the hub are at work at the same time, or it gives up. */
    const together = (where: 'clusters' | 'hub') => async () => {
      atWork[where] += 1;
      for (let turns = 0; turns < 1_000 && (atWork.clusters < 2 || atWork.hub < 3); turns += 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (atWork.hub === 3) met += 1;
    };
    const lanes = step('lanes', () =>
      ['lyon', 'nice'].map((cluster) => thing(world, 'flag', 'on', { cluster, apply: together('clusters'), ready })),
    );
    const steps = ['one', 'two', 'three'].map((id) =>
      step(id, () => [thing(world, id, 'on', { apply: together('hub'), ready })]),
    );

    await runToys({ mode: 'apply', steps: [lanes, ...steps] }, { parallel: 2 });

    expect(met).toBe(5);
  });

  it('lets a lane that only waits give its place to the next', async () => {
    const world = createWorld();
    const writes: string[] = [];
    const slow = (cluster: string) =>
      thing(world, 'flag', 'on', {
        cluster,
        apply: async () => void writes.push(cluster),
        ready: async () =>
          writes.length === 20 ? { state: 'ready' } : { state: 'waiting', message: `${writes.length} of 20` },
      });
    const lanes = step('lanes', () => Array.from({ length: 20 }, (_, index) => slow(`c${index}`)));

    const { result } = await runToys({ mode: 'apply', steps: [lanes] }, { parallel: 2 });

    expect(writes).toHaveLength(20);
    expect(outcomes(result)).toEqual({ lanes: 'done' });
  });

  it('shows an input that does not exist yet as unknown in a plan, and waits for it in an apply', async () => {
    const world = createWorld();
    let looks = 0;
    const late = step('late', () => {
      looks += 1;
      if (looks < 4) throw new NotYet('the bucket has no name yet');
      return [thing(world, 'late')];
    });

    const plan = await runToys({ mode: 'plan', steps: [late] });
    const applied = await runToys({ mode: 'apply', steps: [late] });

    expect(plan.result.changes[0]?.change).toEqual({ kind: 'unknown', because: 'the bucket has no name yet' });
    expect(applied.events.filter((event) => event.type === 'waiting').map((event) => event.message)).toEqual([
      'the bucket has no name yet',
    ]);
    expect(world.writes).toEqual(['apply hub/late']);
  });

  it('gives up a wait at its deadline, saying what it waited for', async () => {
    const world = createWorld();
    const never = thing(world, 'never', 'on', { ready: async () => ({ state: 'waiting', message: '1 of 3 ready' }) });

    const { result } = await runToys({ mode: 'apply', steps: [step('never', () => [never])] });

    expect(outcomes(result)).toEqual({ never: 'waiting' });
    expect(result.problems[0]?.problem.code).toBe('timed-out');
    expect(result.problems[0]?.problem.message).toContain('1 of 3 ready');
  });

  it('ends a wait when it is interrupted, with the reason given', async () => {
    const world = createWorld();
    const stop = new AbortController();
    const never = thing(world, 'never', 'on', {
      ready: async () => {
        stop.abort(new Error('Ctrl-C'));
        return { state: 'waiting', message: 'for ever' };
      },
    });

    const running = runToys({ mode: 'apply', steps: [step('never', () => [never])] }, { signal: stop.signal });

    await expect(running).rejects.toThrow('Ctrl-C');
  });

  it('throws on what no person can act on', async () => {
    const world = createWorld();
    const bug = thing(world, 'bug', 'on', { plan: () => Promise.reject(new TypeError('undefined is not a function')) });

    const running = runToys({ mode: 'plan', steps: [step('bug', () => [bug])] });

    await expect(running).rejects.toThrow(TypeError);
  });

  it('leaves a conflict alone and fails the step', async () => {
    const world = createWorld();
    const taken = thing(world, 'taken', 'on', {
      plan: async () => ({ kind: 'conflict', owner: 'argocd', fields: ['.data'] }),
    });

    const { result } = await runToys({ mode: 'apply', steps: [step('taken', () => [taken])] });

    expect(outcomes(result)).toEqual({ taken: 'conflict' });
    expect(world.writes).toEqual([]);
  });

  it('accepts evidence instead of a visit only when told to', async () => {
    const world = createWorld();
    let visits = 0;
    const proven = thing(world, 'proven', 'on', {
      evidence: async () => true,
      plan: async () => {
        visits += 1;
        return { kind: 'none' };
      },
    });
    const steps = [step('proven', () => [proven])];

    await runToys({ mode: 'verify', steps }, { evidence: true });
    await runToys({ mode: 'verify', steps }, { evidence: false });

    expect(visits).toBe(1);
  });

  it('visits so many clusters without evidence and no more, the hub besides; the others are unknown, never a pass', async () => {
    const world = createWorld();
    const visited: string[] = [];
    const unproven = ['hub', 'paris', 'lyon', 'nice', 'metz'].map((cluster) =>
      thing(world, 'unproven', 'on', {
        cluster,
        evidence: async () => cluster === 'metz',
        plan: async () => {
          visited.push(cluster);
          return { kind: 'create' };
        },
        ready: async () => ({ state: 'ready' }),
      }),
    );

    const { result } = await runToys(
      { mode: 'verify', steps: [step('unproven', () => unproven)] },
      { evidence: true, visits: 2 },
    );

    const told = result.findings.map(({ cluster, finding }) => [cluster, finding.verdict]);
    expect(visited.toSorted()).toEqual(['hub', 'lyon', 'paris']);
    expect(Object.fromEntries(told)).toEqual({
      hub: 'fail',
      paris: 'fail',
      lyon: 'fail',
      nice: 'unknown',
      metz: 'pass',
    });
  });

  it('removes members of a step that are no longer declared', async () => {
    const world = createWorld();
    world.things.set('hub/old', 'on');
    const set = step('set', () => [thing(world, 'new')], {
      owned: async () => [thing(world, 'new'), thing(world, 'old')],
    });

    const plan = await runToys({ mode: 'plan', steps: [set] });
    await runToys({ mode: 'apply', steps: [set] });

    expect(plan.result.changes.map(({ resource, change }) => [resource, change.kind])).toEqual([
      ['new', 'create'],
      ['old', 'remove'],
    ]);
    expect(world.writes).toEqual(['apply hub/new', 'remove hub/old']);
  });
});

describe('an uninstall', () => {
  it('turns requires round, ignores skip, and honours removedAfter', async () => {
    const world = createWorld();
    for (const name of ['base', 'top', 'lane']) world.things.set(`hub/${name}`, 'on');
    const base = step('base', () => [thing(world, 'base')], { skip: () => 'switched off' });
    const top = step('top', () => [thing(world, 'top')], { requires: [base] });
    const lane = step('lane', () => [thing(world, 'lane')], { removedAfter: [top] });

    const looked = await runToys({ mode: 'uninstall', steps: [base, top, lane], dryRun: true });
    await runToys({ mode: 'uninstall', steps: [base, top, lane] });

    expect(looked.result.changes.map(({ change }) => change.kind)).toEqual(['remove', 'remove', 'remove']);
    expect(world.writes[0]).toBe('remove hub/top');
    expect(new Set(world.writes.slice(1))).toEqual(new Set(['remove hub/base', 'remove hub/lane']));
  });

  it('removes nothing that a failed removal still needs', async () => {
    const world = createWorld();
    world.things.set('hub/base', 'on');
    const base = step('base', () => [thing(world, 'base')]);
    const refused = () => Promise.reject(new Problem('api-refused', 'finalizer'));
    const top = step('top', () => [thing(world, 'top', 'on', { planRemoval: refused })], { requires: [base] });

    const { result } = await runToys({ mode: 'uninstall', steps: [base, top] });

    expect(outcomes(result)).toEqual({ base: 'skipped', top: 'failed' });
    expect(world.writes).toEqual([]);
  });
});

describe('verify', () => {
  const check = (id: string, needs: string[], run: Check['run'], scope: Check['scope'] = 'cluster'): Check => ({
    id,
    title: id,
    needs,
    scope,
    rights: () => [],
    run,
  });
  const passing: Check['run'] = async (_, clusters) =>
    new Map(clusters.map((name) => [name, { verdict: 'pass', evidence: 'seen' } as const]));

  it('fails what is not as declared and names who changed it', async () => {
    const world = createWorld();
    const drifted = thing(world, 'drifted', 'on', {
      plan: async () => ({ kind: 'update', diff: ['~ a → b'], drift: [{ field: '.a', by: 'kubectl-edit' }] }),
    });

    const { result } = await runToys({ mode: 'verify', steps: [step('s', () => [drifted])] });

    const [record] = result.findings;
    expect(record?.finding.verdict).toBe('fail');
    expect(record?.finding.verdict === 'fail' && record.finding.problem.message).toContain('.a by kubectl-edit');
  });

  it('skips a hop behind a broken one by name, on the cluster where it is broken', async () => {
    const failed: Finding = { verdict: 'fail', problem: new Problem('addon-degraded', 'no') };
    const seen: Finding = { verdict: 'pass', evidence: 'seen' };
    const broken: Check['run'] = async (_, clusters) =>
      new Map(clusters.map((name) => [name, name === 'lyon' ? failed : seen]));
    const checks = [
      check('reach', [], passing),
      check('addon', ['reach'], broken),
      check('arrive', ['addon'], passing),
    ];

    const { result } = await runToys({ mode: 'verify', steps: [], checks, clusters: ['lyon', 'nice'] });

    const last = result.findings.filter((record) => record.check === 'arrive');
    expect(last.map(({ cluster, finding }) => [cluster, finding.verdict])).toEqual([
      ['lyon', 'skip'],
      ['nice', 'pass'],
    ]);
    expect(last[0]?.finding).toEqual({ verdict: 'skip', reason: 'needs addon' });
  });

  it('breaks every cluster behind a broken hop of the hub', async () => {
    const down: Check['run'] = async () =>
      new Map([['hub', { verdict: 'fail', problem: new Problem('metrics-unreachable', 'no') } as const]]);
    const checks = [check('query', [], down, 'hub'), check('arrive', ['query'], passing)];

    const { result } = await runToys({ mode: 'verify', steps: [], checks, clusters: ['hub', 'nice'] });

    expect(result.findings.map(({ check, cluster, finding }) => [check, cluster, finding.verdict])).toEqual([
      ['query', 'hub', 'fail'],
      ['arrive', 'hub', 'skip'],
      ['arrive', 'nice', 'skip'],
    ]);
  });

  it('asks again after an apply until the hops hold', async () => {
    let asked = 0;
    const later: Check['run'] = async (_, clusters) => {
      asked += 1;
      const finding: Finding =
        asked < 3
          ? { verdict: 'fail', problem: new Problem('metrics-absent', 'no sample') }
          : { verdict: 'pass', evidence: 'newest sample 3 s old' };
      return new Map(clusters.map((name) => [name, finding]));
    };

    const { result } = await runToys({
      mode: 'apply',
      steps: [],
      checks: [check('arrive', [], later)],
      clusters: ['nice'],
    });

    expect(asked).toBe(3);
    expect(result.findings.map(({ finding }) => finding.verdict)).toEqual(['pass']);
  });

  it('does not wait for what waiting cannot change', async () => {
    let asked = 0;
    const offline: Check['run'] = async (_, clusters) => {
      asked += 1;
      const problem = new Problem('cluster-unreachable', 'hibernating');
      const finding: Finding = { verdict: 'fail', problem, final: true };
      return new Map(clusters.map((name) => [name, finding]));
    };

    await runToys({ mode: 'apply', steps: [], checks: [check('reach', [], offline)], clusters: ['nice'] });

    expect(asked).toBe(1);
  });
});
