/** Ctrl-C in the middle of an apply: the events told so far are there, and the lock is free. */
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { built, type ServedSandbox, start, startSandbox } from '../helpers/child.ts';

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
    expect(stderr).toContain('Running again is safe');
    expect(stderr).not.toContain('BUG');
    expect(served.findLast(({ path }) => path.includes('/leases/'))).toMatchObject({ method: 'DELETE', status: 200 });
  });
});
