/** The files of `grafana export`: nothing of anybody's is written over, and the configuration finds them. */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { administrator } from '../helpers/grafana.ts';
import { createHarness, type Harness, writesIn } from '../helpers/harness.ts';

let hub: Harness;
let root: string;
let folder: string;

const draw = (dashboard: object) =>
  hub.sandbox.visitGrafana({
    of: 'grafana-dev',
    user: administrator,
    method: 'POST',
    path: '/api/dashboards/db',
    body: { dashboard, overwrite: true },
  });

beforeAll(async () => {
  hub = await createHarness({ scenario: 'quest', size: 1, acm: '2.16', state: 'installed' });
  root = await mkdtemp(join(tmpdir(), 'grafana-files-'));
  expect((await hub.run('grafana deploy --yes -o json')).exitCode).toBe(0);
  draw({ uid: 'one', title: 'One' });
  draw({ uid: 'two', title: 'Two' });
});

beforeEach(async () => {
  folder = await mkdtemp(join(root, 'each-'));
});

afterAll(async () => {
  await hub?.stop();
  await rm(root, { recursive: true });
});

const all = (...more: string[]) => hub.run(['grafana', 'export', '--all', '--to', folder, ...more]);

describe('an export', () => {
  it('leaves alone what is there under a name: other dashboards, twins of one, text, folders and dead links', async () => {
    const texts: Record<string, string> = {
      'one.json': '{"uid":"another"}',
      'two-a.json': '{"uid":"two"}',
      'two.json': '{"uid":"two"}',
      'text.json': 'not JSON',
    };
    for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, name), text);
    await mkdir(join(folder, 'folder.json'));
    await symlink(join(folder, 'nowhere'), join(folder, 'link.json'));

    const { exitCode } = await all();

    expect(exitCode).toBe(0);
    const now = await readdir(folder);
    expect(now.sort()).toEqual(['folder.json', 'link.json', 'one-one.json', ...Object.keys(texts)].sort());
    const kept = await Promise.all(
      ['one.json', 'two.json', 'text.json'].map((name) => readFile(join(folder, name), 'utf8')),
    );
    expect(kept).toEqual([texts['one.json'], texts['two.json'], texts['text.json']]);
    expect(JSON.parse(await readFile(join(folder, 'two-a.json'), 'utf8'))).toMatchObject({ title: 'Two' });
  });

  it('that cannot be written is no mistake of ours: it is told with the path and the way out', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const toFile = await hub.run(['grafana', 'export', 'one', '--to', file]);
    const beyond = await hub.run(['grafana', 'export', 'one', '--to', join(file, 'below')]);

    for (const { exitCode, stderr } of [toFile, beyond]) {
      expect([exitCode, stderr]).toEqual([64, expect.not.stringContaining('BUG')]);
      expect(stderr.replace(/\s+/g, ' ')).toContain('--to FOLDER');
      expect(stderr).toContain(file);
    }
  });

  it('of fifteen hundred writes each of them, asks for each once, and writes nothing again', async () => {
    for (let number = 0; number < 1500; number += 1) draw({ uid: `many-${number}`, title: `Many ${number}` });

    const first = await all('-o', 'json');
    const second = await all('-o', 'json');

    const asked = first.requests.filter(({ path }) => /\/api\/dashboards\/uid\/many-/.test(path));
    expect(asked).toHaveLength(1500);
    expect((await readdir(folder)).filter((name) => name.startsWith('many-'))).toHaveLength(1500);
    expect([first, second].map(({ stdout }) => JSON.parse(stdout).verdict)).toEqual(['changed', 'unchanged']);
  });

  it('prints entries that the configuration takes as they are, wherever its file is', async () => {
    const config = join(folder, 'conf', 'acm-observability.yaml');
    await mkdir(join(folder, 'conf'));
    await writeFile(config, 'apiVersion: acm-observability/v1\n');
    const target = join(folder, 'boards');

    const { stdout } = await hub.run(['grafana', 'export', 'one', '--to', target, '-f', config]);
    const { dashboards } = parse(stdout.split('In the configuration:\n')[1] ?? '');
    await writeFile(config, JSON.stringify({ apiVersion: 'acm-observability/v1', dashboards }));
    const linted = await hub.run(['grafana', 'lint', '-f', config, '-o', 'json']);

    expect(dashboards).toEqual([{ path: '../boards/one.json', folder: 'General' }]);
    expect(JSON.parse(linted.stdout)).toMatchObject({ exitCode: 0, dashboards: 1 });
  });
});

describe('a title with blanks around it', () => {
  it('is what Grafana makes of it: an import, a declaration and a comparison come to rest', async () => {
    const file = join(folder, 'padded.json');
    await writeFile(file, JSON.stringify({ uid: 'padded', title: '  Padded ', panels: [] }));
    const how = {
      env: { ACM_OBSERVABILITY_DASHBOARDS: file, ACM_OBSERVABILITY_USER_WORKLOAD_MONITORING_MODE: 'off' },
    };

    const first = await hub.run(['grafana', 'import', file, '--yes']);
    const second = await hub.run(['grafana', 'import', file, '--yes']);
    const applied = await hub.run('apply --only dashboards --yes -o json', how);
    const diff = await hub.run('grafana diff --detailed-exitcode', how);

    expect([first.stdout, second.stdout]).toEqual(['imported  Padded\n', 'unchanged  Padded\n']);
    expect(writesIn(second.requests)).toEqual([]);
    expect([applied.exitCode, diff.exitCode, diff.stdout]).toEqual([0, 0, 'same     Padded (padded)\n']);
  });

  it('is not another one: two that differ in nothing else are refused', async () => {
    for (const [uid, title] of [
      ['a', 'Same'],
      ['b', ' Same '],
    ]) {
      await writeFile(join(folder, `${uid}.json`), JSON.stringify({ uid, title }));
    }
    const declared = { env: { ACM_OBSERVABILITY_DASHBOARDS: join(folder, '*.json') } };

    const brought = await hub.run(['grafana', 'import', join(folder, 'a.json'), join(folder, 'b.json'), '--yes']);
    const planned = await hub.run('plan --only dashboards -o json', declared);

    expect([brought.exitCode, planned.exitCode]).toEqual([65, 65]);
    expect(writesIn(brought.requests)).toEqual([]);
  });
});
