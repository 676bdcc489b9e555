import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createVirtualClock } from '../../src/adapters/virtual-clock.ts';
import type { GlobalOptions } from '../../src/cli/options.ts';
import { follow } from '../../src/cli/progress.ts';
import type { Mode, RunEvent, RunResult } from '../../src/engine/events.ts';
import { Problem } from '../../src/engine/problem.ts';
import type { Clock } from '../../src/ports.ts';
import { testShell } from '../cli/shell.ts';

const start = Date.parse('2026-01-05T09:41:02Z');
const step = 'observability';
const cluster = 'local-cluster';
const resource = 'MultiClusterObservability observability';

const options: GlobalOptions = {
  exclude: [],
  set: [],
  output: [{ format: 'text' }],
  yes: true,
  interactive: false,
  wait: true,
  timeout: 900_000,
  requestTimeout: 30_000,
  deadline: 3_600_000,
  forceConflicts: false,
  parallel: 8,
  failFast: false,
  only: [],
  skip: [],
  detailedExitcode: false,
  strict: false,
  ascii: false,
  accessible: false,
  quiet: false,
  verbosity: 0,
};

const ended: RunResult = { mode: 'apply', changes: [], findings: [], problems: [], steps: [] };

/** A run of one step that waits 70 s for its object, and whatever comes after. */
async function* oneStep(clock: Clock, after: readonly RunEvent[] = [], mode: Mode = 'apply') {
  const steps = [
    { step, title: 'Observability' },
    { step: 'dashboards', title: 'Dashboards' },
  ];
  yield { type: 'run-started', mode, steps } satisfies RunEvent;
  yield { type: 'step-started', step, title: 'Observability' } satisfies RunEvent;
  yield { type: 'change', step, cluster, resource, change: { kind: 'create' }, applied: false } satisfies RunEvent;
  yield { type: 'change', step, cluster, resource, change: { kind: 'create' }, applied: true } satisfies RunEvent;
  const since = clock.now();
  const message = '1/3 thanos-receive pods';
  yield { type: 'waiting', step, cluster, resource, message, since, deadline: since + 900_000 } satisfies RunEvent;
  await clock.sleep(70_000);
  yield { type: 'ready', step, cluster, resource, note: 'stable for 30s' } satisfies RunEvent;
  yield* after;
  yield { type: 'step-ended', step, title: 'Observability', outcome: 'done', milliseconds: 70_000 } satisfies RunEvent;
  return ended;
}

describe('where nothing can be repainted', () => {
  test('a line tells each change of state, and a wait gives a sign of life every 30 s', async () => {
    const clock = createVirtualClock({ startMs: start });
    const shell = testShell({ clock });

    const result = await follow(oneStep(clock), options, shell);

    expect(result).toBe(ended);
    expect(shell.told.stdout).toBe('');
    await expect(shell.told.stderr).toMatchFileSnapshot('./progress-lines.golden.txt');
  });

  test('a voice gets sentences instead of columns', async () => {
    const clock = createVirtualClock({ startMs: start });
    const shell = testShell({ clock });

    await follow(oneStep(clock), { ...options, accessible: true }, shell);

    expect(shell.told.stderr).toContain(`done: ${cluster}: ${resource} created\n`);
  });

  test('-q keeps only what went wrong', async () => {
    const clock = createVirtualClock({ startMs: start });
    const shell = testShell({ clock });
    const problem = new Problem('action-failed', 'refused', { cluster: 'paris' });

    await follow(
      oneStep(clock, [{ type: 'problem', step, cluster: 'paris', problem }]),
      { ...options, quiet: true },
      shell,
    );

    expect(shell.told.stderr).toBe('FAIL   paris           refused  action-failed\n');
  });

  test('a program that reads the answer is told nothing else', async () => {
    const clock = createVirtualClock({ startMs: start });
    const shell = testShell({ clock });

    await follow(oneStep(clock), { ...options, output: [{ format: 'json' }] }, shell);

    expect(shell.told.stderr).toBe('');
  });

  test('a foreign message cannot repaint or break the line', async () => {
    const clock = createVirtualClock({ startMs: start });
    const shell = testShell({ clock });
    const problem = new Problem('action-failed', 'a\u001b[2Kb\nc', { cluster: 'paris' });

    await follow(oneStep(clock, [{ type: 'problem', step, cluster: 'paris', problem }]), options, shell);

    expect(shell.told.stderr).toContain('paris           ab c  action-failed\n');
  });
});

describe('a run that ends early', () => {
  async function* broken(clock: Clock, error: Error, mode: Mode): AsyncGenerator<RunEvent, RunResult> {
    for await (const event of oneStep(clock, [], mode)) {
      yield event;
      if (event.type === 'ready') throw error;
    }
    return ended;
  }

  test('by a Problem says what is in place', async () => {
    const clock = createVirtualClock({ startMs: start });
    const shell = testShell({ clock });
    const problem = new Problem('lock-lost', 'another run took the lock');

    await expect(follow(broken(clock, problem, 'apply'), options, shell)).rejects.toBe(problem);
    expect(shell.told.stderr).toContain('0 of 2 steps are through, 1 change was made and stay');
  });

  test('by a signal is told at once where it stands', async () => {
    const clock = createVirtualClock({ startMs: start });
    const shell = testShell({ clock });
    let standing: string[] = [];
    const events = broken(clock, new Error('stopped'), 'apply');

    const run = follow(events, options, shell);
    setImmediate(() => {
      standing = shell.interrupt('SIGINT');
    });

    await expect(run).rejects.toThrow('stopped');
    expect(standing).toHaveLength(1);
    expect(standing[0]).toMatch(/Running again is safe/);
  });

  test('that only looked says that nothing was changed', async () => {
    const clock = createVirtualClock({ startMs: start });
    const shell = testShell({ clock });
    const problem = new Problem('unreachable', 'refused');

    await expect(follow(broken(clock, problem, 'verify'), options, shell)).rejects.toBe(problem);
    expect(shell.told.stderr).toContain('Nothing was changed.');
  });
});

describe('on a terminal', () => {
  /** A stream that says it is a terminal, and what was written to it. */
  function terminal() {
    let text = '';
    const sink = new Writable({
      write(chunk, _, done) {
        text += String(chunk);
        done();
      },
    });
    const stream = Object.assign(sink, { isTTY: true as const, columns: 100, rows: 40 });
    return { stream, text: () => text };
  }

  test('every step has one row, and the last picture stays', async () => {
    const clock = createVirtualClock({ startMs: start });
    const { stream, text } = terminal();
    const shell = { ...testShell({ clock }), stderr: stream };

    const result = await follow(oneStep(clock), { ...options, color: 'never' }, shell);

    expect(result).toBe(ended);
    const last = text().slice(text().lastIndexOf('\u001b[2K'));
    expect(last).toContain('done   observability');
    expect(last).toContain('todo   dashboards');
  });

  test('gives the stream back, so that what follows is seen', async () => {
    const clock = createVirtualClock({ startMs: start });
    const { stream, text } = terminal();
    const shell = { ...testShell({ clock }), stderr: stream };

    await follow(oneStep(clock), options, shell);
    stream.write('afterwards');

    expect(text()).toContain('afterwards');
  });

  test('is not repainted in CI', async () => {
    const clock = createVirtualClock({ startMs: start });
    const { stream, text } = terminal();
    const shell = { ...testShell({ clock, env: { CI: 'true' } }), stderr: stream };

    await follow(oneStep(clock), { ...options, color: 'never' }, shell);

    expect(text()).not.toContain('\u001b');
  });
});
