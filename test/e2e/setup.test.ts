/** `setup` as a person meets it: in a terminal, with keys typed; and as a pipeline does: never asked anything. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { loadPacks } from '../../src/packs/load.ts';
import { built, type ServedSandbox, start, startInTerminal, startSandbox, type Terminal } from '../helpers/child.ts';
import { writesIn } from '../helpers/harness.ts';

const enter = '\r';
const ctrlC = '\x03';

describe.skipIf(!built)('setup (needs npm run build)', () => {
  let sandbox: ServedSandbox;
  let folder: string;
  const opened: Terminal[] = [];

  beforeAll(async () => {
    sandbox = await startSandbox('--speed', '120');
  });

  afterAll(() => sandbox?.stop());

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'setup-'));
  });

  afterEach(async () => {
    for (const terminal of opened.splice(0)) terminal.kill();
    await rm(folder, { recursive: true });
  });

  function open(script: string): Terminal {
    const terminal = startInTerminal(script, { env: sandbox.env, cwd: folder });
    opened.push(terminal);
    return terminal;
  }

  it('asks nothing where nobody can answer, and says so at once', async () => {
    const before = (await sandbox.requests()).length;

    const piped = await start(['setup'], { env: sandbox.env, cwd: folder }).ended;
    const terminal = open('CI=true $PROGRAM setup');
    const inCi = await terminal.ended;

    expect([piped.code, inCi]).toEqual([64, 64]);
    expect(piped.stdout).toBe('');
    for (const said of [piped.stderr, terminal.text()]) {
      expect(said).toContain('nobody-to-ask');
      expect(said).not.toContain('1/5');
    }
    expect(await sandbox.requests()).toHaveLength(before);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is left at the second question by Ctrl-C: nothing is written, and the terminal is as it was', async () => {
    const before = (await sandbox.requests()).length;
    const terminal = open('$PROGRAM setup; echo "exit $?."; stty -a');

    await terminal.shows('1/5');
    terminal.type(enter);
    await terminal.shows('2/5');
    terminal.type(ctrlC);
    await terminal.ended;

    expect(terminal.text()).toContain('exit 130.');
    expect(terminal.text()).toMatch(/ icanon/);
    expect(terminal.text()).toMatch(/ echo /);
    expect(terminal.raw().lastIndexOf('\x1b[?25h')).toBeGreaterThanOrEqual(terminal.raw().lastIndexOf('\x1b[?25l'));
    expect(await readdir(folder)).toEqual([]);
    expect(writesIn((await sandbox.requests()).slice(before))).toEqual([]);
  });

  it('goes from five answers to metrics that arrive, and tells the command that does the same without questions', async () => {
    const terminal = open('$PROGRAM setup');
    const answer = async (question: string, keys: string) => {
      await terminal.shows(question);
      terminal.type(keys + enter);
    };

    await answer('1/5', '');
    await answer('2/5', '');
    await answer('3/5', '');
    await answer('Endpoint', '');
    await answer('4/5', 'leaderboard');
    await answer('leaderboard, start', '2026-10-04T15:15:00+02:00');
    await answer('5/5', '');
    await terminal.shows('acm-observability apply -f acm-observability.yaml --yes');
    await answer('Show the plan now?', '');
    await terminal.shows('Plan:');
    await answer('Apply this plan?', 'y');
    const exitCode = await terminal.ended;

    expect(terminal.text()).toContain('Metrics arrive from all 8 clusters');
    expect(exitCode).toBe(0);
    const text = await readFile(join(folder, 'acm-observability.yaml'), 'utf8');
    for (const secret of [sandbox.env.AWS_SECRET_ACCESS_KEY, sandbox.env.AWS_ACCESS_KEY_ID]) {
      expect(text).not.toContain(secret);
      expect(terminal.text()).not.toContain(secret);
    }
    const { config } = await loadConfig({ cwd: folder, env: {} });
    expect(config.storage).toMatchObject({
      bucket: sandbox.env.S3_BUCKET_NAME,
      endpoint: sandbox.env.AWS_ENDPOINT_URL_S3,
    });
    expect(await loadPacks(config.packs, config.baseFolder)).toHaveLength(1);
  });
});
