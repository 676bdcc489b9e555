/** Where in a Grafana a dashboard is: it stays there, goes where it is told, and counts as served only there. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Transport } from '../../src/http.ts';
import { administrator } from '../helpers/grafana.ts';
import { createHarness, type Harness, type Wires, writesIn } from '../helpers/harness.ts';

let hub: Harness;
let folder: string;

beforeAll(async () => {
  hub = await createHarness({ scenario: 'quest', size: 1, acm: '2.17', state: 'installed' });
  folder = await mkdtemp(join(tmpdir(), 'grafana-folders-'));
  expect((await hub.run('grafana deploy --yes -o json')).exitCode).toBe(0);
});

afterAll(async () => {
  await hub?.stop();
  await rm(folder, { recursive: true });
});

const ask = (method: string, path: string, body?: unknown, of = 'grafana-dev') =>
  hub.sandbox.visitGrafana({ of, user: administrator, method, path, body });
const draw = (dashboard: object, folderUid = '') =>
  expect(ask('POST', '/api/dashboards/db', { dashboard, folderUid, overwrite: true }).status).toBe(200);
const made = (title: string, parentUid = '') =>
  (ask('POST', '/api/folders', { title, parentUid }).body as { uid: string }).uid;
const placeOf = (uid: string, of?: string) => {
  const { body } = ask('GET', `/api/dashboards/uid/${uid}`, undefined, of);
  const { folderUid, folderTitle } = (body as { meta: { folderUid: string; folderTitle: string } }).meta;
  return [folderTitle, folderUid];
};

describe('an import', () => {
  const bring = async (model: object, ...argv: string[]) => {
    const file = join(folder, 'in.json');
    await writeFile(file, JSON.stringify(model));
    return hub.run(['grafana', 'import', file, '--yes', ...argv]);
  };

  it('brings a dashboard back to General, by the flag and by its ConfigMap, and rests there', async () => {
    const team = made('Team');
    const model = { uid: 'home', title: 'Home' };
    const labels = { 'general-folder': 'true' };
    const map = { kind: 'ConfigMap', metadata: { labels }, data: { 'home.json': JSON.stringify(model) } };

    draw(model, team);
    const byFlag = await bring(model, '--folder', 'General');
    const where = placeOf('home');
    const again = await bring(model, '--folder', 'General');
    draw(model, team);
    const byMap = await bring(map);

    expect([byFlag, again, byMap].map(({ stdout }) => stdout)).toEqual([
      'replaced  Home\n',
      'unchanged  Home\n',
      'replaced  Home\n',
    ]);
    expect([where, placeOf('home')]).toEqual([
      ['General', ''],
      ['General', ''],
    ]);
    expect(writesIn(again.requests)).toEqual([]);
  });

  it('leaves a dashboard in the folder it is in, which may be inside another one', async () => {
    const inner = made('Inner', made('Outer'));
    draw({ uid: 'deep', title: 'Deep' }, inner);

    const changed = await bring({ uid: 'deep', title: 'Deep', tags: ['new'] });
    const named = await bring({ uid: 'deep', title: 'Deep', tags: ['newer'] }, '--folder', 'Inner');

    expect([changed.stdout, named.stdout]).toEqual(['replaced  Deep\n', 'replaced  Deep\n']);
    expect(placeOf('deep')).toEqual(['Inner', inner]);
    expect(JSON.stringify(ask('GET', '/api/folders').body)).not.toContain('Inner');
  });
});

describe('an import of several', () => {
  it('that Grafana refuses on the way says which are there', async () => {
    const models = [
      { uid: 'fine', title: 'Fine' },
      { uid: 'endless', title: 'x'.repeat(6000) },
    ];
    const files = models.map(({ uid }) => join(folder, `${uid}.json`));
    for (const [index, file] of files.entries()) await writeFile(file, JSON.stringify(models[index]));

    const { exitCode, stdout, stderr } = await hub.run(['grafana', 'import', ...files, '--yes']);

    expect([exitCode, stdout]).toEqual([6, '']);
    expect(stderr).toContain('imported  Fine\n');
    expect(ask('GET', '/api/dashboards/uid/fine').status).toBe(200);
  });
});

/** No Grafana of production answers the first questions about a dashboard: nothing listens, as the API server says. */
function away(uid: string, times: number): { readonly wires: Wires; asked(): number } {
  let asked = 0;
  const transport = (inner: Transport): Transport => ({
    ...inner,
    send(request) {
      const isAbout = new RegExp(`observability-grafana-[^/]+:3001/proxy/api/dashboards/uid/${uid}`).test(request.path);
      asked += isAbout ? 1 : 0;
      const path = isAbout && asked <= times ? request.path.replace(':3001', ':3002') : request.path;
      return inner.send({ ...request, path });
    },
  });
  return { wires: { transport }, asked: () => asked };
}

describe('a promotion', () => {
  it('into another folder is done when production shows the dashboard there', async () => {
    const [first, second] = [made('First'), made('Second')];
    const model = { uid: 'moving', title: 'Moving', panels: [] };
    draw(model, first);
    const came = await hub.run('grafana promote moving --yes');
    const before = placeOf('moving', 'observability-grafana')[0];
    draw(model, second);

    const moved = await hub.run('grafana promote moving --yes');

    expect([came.exitCode, moved.exitCode]).toEqual([0, 0]);
    expect([before, placeOf('moving', 'observability-grafana')[0]]).toEqual(['First', 'Second']);
  });

  it('waits for a Pod of production that is being replaced', async () => {
    draw({ uid: 'patient', title: 'Patient', panels: [] });
    const { wires, asked } = away('patient', 20);

    const { exitCode, stdout } = await hub.run('grafana promote patient --yes', { wires });

    expect([exitCode, asked() > 20]).toEqual([0, true]);
    expect(stdout).toContain('2 of 2 production Grafanas serve it.');
  });

  it('is taken away again when no Grafana shows the dashboard any more, not when its ConfigMap is gone', async () => {
    draw({ uid: 'leaving', title: 'Leaving', panels: [] });
    await hub.run('grafana promote leaving --yes');
    const served = () => ask('GET', '/api/dashboards/uid/leaving', undefined, 'observability-grafana').status;
    const before = served();

    const { wires, asked } = away('leaving', 20);
    const removed = await hub.run('uninstall --only dashboards --yes -o json', { wires });

    expect([removed.exitCode, removed.report.problems]).toEqual([0, []]);
    expect([before, served()]).toEqual([200, 404]);
    expect(asked()).toBeGreaterThan(20);
  });
});
