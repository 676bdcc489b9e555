import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openJsonLines } from '../../src/cli/json-lines.ts';
import type { RunEvent } from '../../src/engine/events.ts';
import { Problem } from '../../src/engine/problem.ts';
import { partial, reportOf } from '../render/samples.ts';
import { type TestShell, testShell } from './shell.ts';

const standard = { detailedExitcode: false, strict: false, now: 0 };
const facts = { command: 'apply', run: '7f3a', startedAt: Date.parse('2026-01-05T09:41:02Z') };
const begins: RunEvent = { type: 'step-started', step: 'bucket', title: 'the bucket' };

const parsed = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
/** Streams hand on what they got in a later turn. */
const soon = () => new Promise((done) => setImmediate(done));

describe('JSON lines', () => {
  let folder: string;
  let shell: TestShell;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'json-lines-'));
    shell = testShell({ cwd: folder });
  });

  afterEach(() => rm(folder, { recursive: true }));

  test('leave when their event happens, the schema first', async () => {
    const lines = openJsonLines([{ format: 'jsonl' }], facts, shell);

    lines.event(begins, standard);
    await soon();

    expect(parsed(shell.told.stdout)).toEqual([
      { type: 'run_start', schemaVersion: 1, ts: '2026-01-05T09:41:02.000Z', command: 'apply', run: '7f3a' },
      { type: 'step_start', ts: '2026-01-05T09:41:02.000Z', step: 'bucket', title: 'the bucket' },
    ]);
  });

  test('tell a problem with its code, cause and fix', async () => {
    const lines = openJsonLines([{ format: 'jsonl' }], facts, shell);
    const problem = new Problem('store-denied', 'the key may not list');

    lines.event({ type: 'problem', step: 'bucket', cluster: 'hub', problem }, standard);
    await soon();

    expect(parsed(shell.told.stdout)[1]).toMatchObject({
      type: 'diagnostic',
      code: 'store-denied',
      step: 'bucket',
      fix: problem.fix,
    });
  });

  test('end with the verdict, and repeat no row that was told', async () => {
    const lines = openJsonLines([{ format: 'jsonl' }], facts, shell);

    lines.event(begins, standard);
    await lines.end(reportOf(partial));

    const told = parsed(shell.told.stdout);
    expect(told.at(-1)).toMatchObject({ type: 'run_end', verdict: 'partial', exitCode: 5 });
    expect(told.map(({ type }) => type)).not.toContain('applied_change');
    expect(told.filter(({ type }) => type === 'run_start')).toHaveLength(1);
  });

  test('tell a run that ended before its first event, too', async () => {
    const lines = openJsonLines([{ format: 'jsonl' }], facts, shell);

    await lines.end(reportOf(partial));

    const types = parsed(shell.told.stdout).map(({ type }) => type);
    expect([types[0], types.at(-1)]).toEqual(['run_start', 'run_end']);
    expect(types).toContain('applied_change');
  });

  test('go to files as well, in place of what was there', async () => {
    await writeFile(join(folder, 'events.jsonl'), 'of an earlier run');
    const targets = [{ format: 'jsonl', file: 'events.jsonl' }, { format: 'jsonl' }] as const;
    const lines = openJsonLines(targets, facts, shell);

    for (let index = 0; index < 20; index += 1) lines.event(begins, standard);
    await lines.end(reportOf(partial));

    const text = await readFile(join(folder, 'events.jsonl'), 'utf8');
    expect(parsed(text).filter(({ type }) => type === 'step_start')).toHaveLength(20);
    expect(shell.told.stdout).toBe(text);
  });

  test('say at the end that a file could not be written', async () => {
    const lines = openJsonLines([{ format: 'jsonl', file: '.' }], facts, shell);

    lines.event(begins, standard);
    const ended = lines.end(reportOf(partial));

    await expect(ended).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(folder) });
  });
});
