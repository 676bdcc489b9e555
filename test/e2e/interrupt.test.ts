/** Ctrl-C in the middle of a run: what it had come to is told in every format asked for, and the lock is free. */
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Interrupted } from '../../src/cli/shell.ts';
import type { HttpRequest, Transport } from '../../src/http.ts';
import { built, type ServedSandbox, start, startSandbox } from '../helpers/child.ts';
import { createHarness, type Harness, type Ran, writesIn } from '../helpers/harness.ts';

describe.skipIf(!built)('an apply that is interrupted (needs npm run build)', () => {
  let sandbox: ServedSandbox;

  beforeAll(async () => {
    sandbox = await startSandbox('--speed', '60', '--size', '3');
  });

  afterAll(() => sandbox?.stop());

  it('has told what it did as it did it, and frees the lock', async () => {
    const { child, ended } = start(['apply', '--yes', '-o', 'jsonl'], { env: sandbox.env });
    let told = '';
    while (child.stdout !== null && !told.includes('"applied_change"')) {
      const [chunk] = await Promise.race([once(child.stdout, 'data'), ended.then(() => [undefined])]);
      if (chunk === undefined) break;
      told += String(chunk);
    }
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    const served = await sandbox.requests();

    expect(code).toBe(130);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ type: 'run_start', schemaVersion: 1 });
    expect(lines.filter(({ type }) => type === 'applied_change').length).toBeGreaterThan(0);
    expect(lines.at(-1)).toMatchObject({ type: 'run_end', verdict: 'interrupted', exitCode: 130 });
    expect(stderr).toContain('Running again is safe');
    expect(stderr).not.toContain('BUG');
    expect(served.findLast(({ path }) => path.includes('/leases/'))).toMatchObject({ method: 'DELETE', status: 200 });
  });
});

describe('the report of a run that is stopped', () => {
  let hub: Harness;

  beforeAll(async () => {
    hub = await createHarness({ scenario: 'quest', size: 2, speed: 60 });
  });

  afterAll(() => hub?.stop());

  const patchOfTheSecret = ({ method, path }: HttpRequest) =>
    method === 'PATCH' && path.includes('/secrets/thanos-object-storage') && !path.includes('dryRun');

  it('tells what an apply has written, that it stays, and the code of the signal', async () => {
    const ran = await stopped('apply --yes -o json', patchOfTheSecret, 'SIGTERM');

    expect(ran.exitCode).toBe(143);
    expect(ran.report).toMatchObject({ command: 'apply', verdict: 'interrupted', exitCode: 143 });
    const written = ran.report.changes.filter(({ applied }) => applied).map(({ resource }) => resource);
    expect(written).toContain('Namespace open-cluster-management-observability');
    expect(written.length).toBeLessThanOrEqual(writesIn(ran.requests).length);
    expect(ran.report.problem).toMatchObject({
      code: 'interrupted',
      what: `stopped by SIGTERM; changes made, which stay: ${written.length}`,
    });
    expect(ran.report.requests.kubernetes).toBeGreaterThan(0);
  });

  it('ends the lines of a run that looks with its verdict', async () => {
    const ran = await stopped('verify -o jsonl', ({ path }) => path.includes('/pull-secret'), 'SIGINT');

    expect(ran.exitCode).toBe(130);
    const lines = ran.stdout.trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ type: 'run_end', verdict: 'interrupted', exitCode: 130 });
    expect(lines.map((line) => JSON.parse(line).type)).toContain('step_start');
  });

  it('is there even when no step had begun', async () => {
    const ran = await stopped('apply --yes -o json', ({ path }) => path.includes('/multiclusterhubs'), 'SIGINT');

    expect(ran.report).toMatchObject({ verdict: 'interrupted', exitCode: 130, changes: [], steps: [] });
    expect(ran.report.problem?.what).toBe('stopped by SIGINT; nothing was changed');
    expect(writesIn(ran.requests)).toEqual([]);
  });

  it('is not added to what a person at a terminal is told anyway', async () => {
    const ran = await stopped('apply --yes', ({ path }) => path.includes('/multiclusterhubs'), 'SIGINT');

    expect([ran.exitCode, ran.stdout, ran.stderr]).toEqual([130, '', '']);
  });

  /** Stopped while the first request that fits is under way. */
  async function stopped(line: string, at: (request: HttpRequest) => boolean, by: Interrupted['by']): Promise<Ran> {
    const controller = new AbortController();
    const transport = (inner: Transport): Transport => ({
      ...inner,
      async send(request) {
        const answer = await inner.send(request);
        if (controller.signal.aborted || !at(request)) return answer;
        // As sockets do: what is under way is cut off, what is asked afterwards is the tidying up.
        controller.abort(new Interrupted(by));
        throw controller.signal.reason;
      },
    });
    return hub.run(line, { signal: controller.signal, wires: { transport } });
  }
});
