/** What the commands of `grafana` answer programs: JSON and JSON lines beside the text, with the same exit code. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administrator } from '../helpers/grafana.ts';
import { createHarness, type Harness, type RunHow } from '../helpers/harness.ts';

let hub: Harness;
let folder: string;
const at = (name: string) => join(folder, name);
const put = (name: string, model: object) => writeFile(at(name), JSON.stringify(model));

beforeAll(async () => {
  hub = await createHarness({ scenario: 'quest', size: 1, acm: '2.17', state: 'installed' });
  folder = await mkdtemp(join(tmpdir(), 'grafana-answers-'));
  const deployed = await hub.run('grafana deploy --yes -o json');
  expect(deployed.exitCode).toBe(0);
});

afterAll(async () => {
  await hub?.stop();
  await rm(folder, { recursive: true });
});

const board = (
  uid: string | undefined,
  title: string,
  expr = 'up',
  unit: object = { defaults: { unit: 'short' } },
) => ({
  ...(uid === undefined ? {} : { uid }),
  title,
  panels: [{ id: 1, type: 'stat', title: 'Up', fieldConfig: unit, targets: [{ expr }] }],
});
const draw = (dashboard: object, folderUid = '') =>
  hub.sandbox.visitGrafana({
    of: 'grafana-dev',
    user: administrator,
    method: 'POST',
    path: '/api/dashboards/db',
    body: { dashboard, folderUid, overwrite: true },
  });
/** The whole of standard output is one document. */
const answerOf = async (argv: readonly string[], how?: RunHow) => {
  const { exitCode, stdout } = await hub.run(['grafana', ...argv, '-o', 'json'], how);
  const answer = JSON.parse(stdout);
  expect(answer.exitCode).toBe(exitCode);
  return answer;
};
const frame = (command: string, verdict: string, exitCode = 0) => ({
  schemaVersion: 1,
  command: `grafana ${command}`,
  verdict,
  exitCode,
});

describe('as JSON', () => {
  it('an import tells what became of each dashboard, with the uid Grafana gave, and what will not work', async () => {
    await put('in.json', board('in', 'In'));
    await put('anonymous.json', board(undefined, 'Anonymous', 'sum(up'));
    const line = ['import', at('in.json'), at('anonymous.json'), '--folder', 'Team', '--yes'];

    const first = await answerOf(line);
    await put('in.json', board('in', 'In', 'sum(up)'));
    const second = await answerOf(line);

    const [, { uid }] = first.dashboards;
    const both = (one: string, other: string) => [
      { uid: 'in', title: 'In', folder: 'Team', done: one },
      { uid, title: 'Anonymous', folder: 'Team', done: other },
    ];
    const message = 'the expression does not parse: it ends too early';
    const findings = [{ title: 'Anonymous', severity: 'error', where: 'panel "Up"', message }];
    expect(uid).toMatch(/^\w+$/);
    expect(first).toEqual({
      ...frame('import', 'changed'),
      dashboards: both('imported', 'imported'),
      findings,
    });
    expect(second).toEqual({
      ...frame('import', 'changed'),
      dashboards: both('replaced', 'unchanged'),
      findings,
    });
    expect((await answerOf(line)).verdict).toBe('unchanged');
  });

  it('an export tells each file, whether it is another one now, and how the configuration names it', async () => {
    draw(board('out', 'Out "1"'));
    const file = relative(process.cwd(), at('out/out-1.json'));
    const line = ['export', 'out', '--to', at('out')];

    const first = await answerOf(line);
    const second = await answerOf(line);

    const dashboard = {
      uid: 'out',
      title: 'Out "1"',
      folder: 'General',
      file,
      entry: { path: file, folder: 'General' },
    };
    expect(first).toEqual({ ...frame('export', 'changed'), dashboards: [{ ...dashboard, done: 'written' }] });
    expect(second).toEqual({ ...frame('export', 'unchanged'), dashboards: [{ ...dashboard, done: 'unchanged' }] });
    expect(JSON.parse(await readFile(at('out/out-1.json'), 'utf8'))).toMatchObject({ uid: 'out' });
  });

  it('a diff tells both ways of each dashboard, all that differs, and ends as its text does', async () => {
    await put('here.json', board('here', 'Here'));
    await put('nowhere.json', board('nowhere', 'Nowhere'));
    draw({ ...board('here', 'Here, better'), tags: Array.from({ length: 30 }, (_, number) => `t${number}`) });
    const how = { env: { ACM_OBSERVABILITY_DASHBOARDS: `${at('here.json')},${at('nowhere.json')}` } };

    const detailed = await answerOf(['diff', '--detailed-exitcode'], how);
    const text = await hub.run('grafana diff --detailed-exitcode', how);
    const plain = await answerOf(['diff'], how);
    const none = await answerOf(['diff']);

    const absent = { is: 'absent', differences: [] };
    const place = (uid: string, title: string) => ({ uid, title, folder: 'Custom', production: absent });
    expect(detailed).toEqual({
      ...frame('diff', 'differences', 2),
      dashboards: [
        {
          ...place('here', 'Here'),
          development: {
            is: 'different',
            differences: expect.arrayContaining(['- title: "Here, better"', '+ title: "Here"']),
          },
        },
        { ...place('nowhere', 'Nowhere'), development: absent },
      ],
    });
    expect(text.exitCode).toBe(2);
    expect(text.stdout).toContain('not in production');
    expect(plain).toMatchObject({ verdict: 'differences', exitCode: 0 });
    expect(none).toEqual({ ...frame('diff', 'unchanged'), dashboards: [] });
  });

  it('a promotion tells the object, how many Grafanas serve it, and what people will stumble over', async () => {
    draw(board('shown', 'Shown', 'up', {}));

    const first = await answerOf(['promote', 'shown', '--yes']);
    const second = await answerOf(['promote', 'shown', '--yes', '--no-wait']);

    const dashboard = {
      uid: 'shown',
      title: 'Shown',
      folder: 'General',
      resource: expect.stringMatching(/^ConfigMap open-cluster-management-observability\/dashboard-promoted-shown-/),
    };
    const findings = [{ title: 'Shown', severity: 'warning', where: 'panel "Up"', message: 'no unit' }];
    const served = { by: 2, of: 2 };
    expect(first).toEqual({
      ...frame('promote', 'changed'),
      dashboards: [{ ...dashboard, done: 'promoted', served }],
      findings,
    });
    expect(second).toEqual({
      ...frame('promote', 'unchanged'),
      dashboards: [{ ...dashboard, done: 'unchanged' }],
      findings,
    });
  });

  it('a grant tells who was named, and all the administrators there are', async () => {
    for (const user of ['anna', 'b@c.d']) {
      hub.sandbox.visitGrafana({ of: 'grafana-dev', user, method: 'GET', path: '/api/search' });
    }

    const anna = await answerOf(['grant-admin', 'anna']);
    const both = await answerOf(['grant-admin', 'anna', 'b@c.d']);

    expect(anna).toEqual({
      ...frame('grant-admin', 'changed'),
      admins: [{ login: 'anna', done: 'granted' }],
      administrators: ['anna'],
    });
    expect(both).toEqual({
      ...frame('grant-admin', 'changed'),
      admins: [
        { login: 'anna', done: 'unchanged' },
        { login: 'b@c.d', done: 'granted' },
      ],
      administrators: ['anna', 'b@c.d'],
    });
  });

  it('a lint tells its findings, and its verdict with and without --strict', async () => {
    await put('linted.json', board('linted', 'Linted', 'up', {}));
    const finding = { file: relative(process.cwd(), at('linted.json')), title: 'Linted', severity: 'warning' };
    const file = finding.file.startsWith('..') ? at('linted.json') : finding.file;

    const plain = await answerOf(['lint', at('linted.json')]);
    const strict = await answerOf(['lint', at('linted.json'), '--strict']);

    const findings = [{ ...finding, file, where: 'panel "Up"', message: 'no unit' }];
    expect(plain).toEqual({ ...frame('lint', 'warn'), dashboards: 1, findings });
    expect(strict).toEqual({ ...frame('lint', 'warn', 4), dashboards: 1, findings });
  });

  it('a deploy and a clean give the report', async () => {
    const deployed = await hub.run('grafana deploy --yes -o json');
    const unasked = await hub.run('grafana clean -o json');

    expect(deployed.report).toMatchObject({
      ...frame('deploy', 'unchanged'),
      problems: [],
      hub: { acmVersion: '2.17.0' },
    });
    expect(deployed.report.changes.length).toBeGreaterThan(8);
    expect(unasked.report).toMatchObject({ ...frame('clean', 'error', 64), problem: { code: 'nobody-to-ask' } });
  });

  it('whatever fails is told with its problem', async () => {
    const absent = await answerOf(['export', 'no such board']);

    expect(absent).toMatchObject({ ...frame('export', 'fail', 3), problem: { code: 'dashboard-absent' } });
  });
});

describe('in every way it is asked for', () => {
  it('files are written beside the text; standard output carries what goes there and nothing else', async () => {
    draw(board('everywhere', 'Everywhere', 'sum(up'));
    const files = [`json=${at('answer.json')}`, `jsonl=${at('answer.jsonl')}`].flatMap((one) => ['-o', one]);
    const line = ['grafana', 'export', 'everywhere', '--to', at('every')];

    const text = await hub.run([...line, ...files]);
    const json = await hub.run([...line, '-o', 'json']);
    const lines = await hub.run([...line, '-o', 'jsonl']);

    expect(text.stdout).toContain('In the configuration:\ndashboards:\n');
    expect(JSON.parse(await readFile(at('answer.json'), 'utf8')).dashboards[0].done).toBe('written');
    const kept = (await readFile(at('answer.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(kept.map((one) => JSON.parse(one).type)).toEqual(['run_start', 'dashboard', 'run_end']);
    const told = lines.stdout
      .trimEnd()
      .split('\n')
      .map((one) => JSON.parse(one));
    const { schemaVersion, command, verdict, exitCode, dashboards } = JSON.parse(json.stdout);
    expect(told).toEqual([
      { type: 'run_start', ts: expect.any(String), run: expect.any(String), schemaVersion, command },
      { type: 'dashboard', ...dashboards[0] },
      { type: 'run_end', ts: expect.any(String), run: told[0].run, verdict, exitCode },
    ]);
  });

  const commands = ['import x.json', 'export x', 'diff', 'promote x', 'grant-admin x', 'lint x.json'];
  it.each(commands)('%s refuses a format it has not, before it does anything, naming those it has', async (line) => {
    for (const format of ['short', 'junit', 'markdown', 'html', 'sarif', `junit=${at('never.xml')}`]) {
      const { exitCode, stdout, stderr, requests } = await hub.run(`grafana ${line} -o ${format}`);

      expect([exitCode, stdout, requests]).toEqual([64, '', []]);
      expect(stderr.replace(/\s+/g, ' ')).toContain('it has text, json and jsonl');
    }
  });

  it('a deploy has every format of a report', async () => {
    for (const format of ['short', 'jsonl', 'junit', 'markdown', 'html']) {
      const { exitCode, stdout } = await hub.run(`grafana deploy --yes -o ${format}`);

      expect([format, exitCode]).toEqual([format, 0]);
      expect(stdout).not.toBe('');
    }
    expect((await hub.run('grafana deploy --yes -o sarif')).exitCode).toBe(64);
  });
});
