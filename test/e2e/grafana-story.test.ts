/** A dashboard's way: drawn in the development Grafana, written to Git, promoted, seen in production; and back. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Interrupted } from '../../src/cli/shell.ts';
import { observabilityNamespace as namespace } from '../../src/hub.ts';
import { ConfigMapKind, type OAuthClient, OAuthClientKind } from '../../src/kinds.ts';
import { administrator } from '../helpers/grafana.ts';
import { createHarness, type Harness, type Ran, type RunHow, writesIn } from '../helpers/harness.ts';
import { releases } from '../helpers/releases.ts';

interface Stage {
  readonly hub: Harness;
  readonly folder: string;
  run(...argv: string[]): Promise<Ran>;
  /** What a person does in the browser, in the development Grafana unless told. */
  ask(method: string, path: string, body?: unknown, of?: string, user?: string): { status: number; body: unknown };
  stop(): Promise<void>;
}

/** The installed sandbox collects nothing of users. */
const monitoringOff = { ACM_OBSERVABILITY_USER_WORKLOAD_MONITORING_MODE: 'off' };

async function stage(acm: string): Promise<Stage> {
  const hub = await createHarness({ scenario: 'quest', size: 1, acm, state: 'installed' });
  const folder = await mkdtemp(join(tmpdir(), 'grafana-'));
  const deployed = await hub.run('grafana deploy --yes -o json');
  if (deployed.exitCode !== 0) throw new Error(`the deploy to begin with ended with ${deployed.exitCode}`);
  return {
    hub,
    folder,
    run: (...argv) => hub.run(['grafana', ...argv]),
    ask: (method, path, body, of = 'grafana-dev', user = administrator) =>
      hub.sandbox.visitGrafana({ of, user, method, path, body }),
    async stop() {
      await hub.stop();
      await rm(folder, { recursive: true });
    },
  };
}

const board = (uid: string, title: string, expr = 'sum by (cluster) (up{cluster=~"$cluster"})') => ({
  uid,
  title,
  schemaVersion: 39,
  templating: { list: [{ name: 'cluster', type: 'query', query: 'label_values(up, cluster)' }] },
  panels: [
    {
      id: 1,
      type: 'timeseries',
      title: 'Up',
      datasource: { type: 'prometheus', uid: '000000001' },
      fieldConfig: { defaults: { unit: 'short' } },
      targets: [{ expr, legendFormat: '{{cluster}}' }],
    },
  ],
});

describe.each(releases)('a dashboard’s way on ACM %s', (acm) => {
  let it1: Stage;
  const outputs: string[] = [];

  beforeAll(async () => {
    it1 = await stage(acm);
  });

  afterAll(() => it1?.stop());

  it('begins with the first login, which is waited for', async () => {
    const { clock } = it1.hub;
    const granted = it1.run('grant-admin', 'anna');
    await clock.sleep(30_000);
    it1.ask('GET', '/api/search', undefined, 'grafana-dev', 'anna');

    const { exitCode, stdout, stderr } = await granted;
    const again = await it1.run('grant-admin', 'anna');
    const never = await it1.run('grant-admin', 'bert', '--timeout', '10s');

    expect(exitCode).toBe(0);
    expect(stderr).toContain('anna has not logged in at https://grafana-dev-');
    expect(stdout).toContain('anna is an administrator now.');
    expect(again.stdout).toContain('already');
    expect(again.requests.filter(({ method }) => method === 'PATCH')).toEqual([]);
    expect(never.exitCode).toBe(7);
  });

  it('may be left at the first login: whoever is waited for, Ctrl-C ends it at once', async () => {
    const { clock } = it1.hub;
    const stop = new AbortController();
    const waiting = it1.hub.run('grafana grant-admin carla', { signal: stop.signal });
    await clock.sleep(20_000);
    const at = clock.now();
    stop.abort(new Interrupted('SIGINT'));

    const { exitCode, requests } = await waiting;

    expect(exitCode).toBe(130);
    expect(clock.now() - at).toBeLessThan(2_000);
    expect(writesIn(requests)).toEqual([]);
  });

  it('goes on with an import, a change by hand, an export and a promotion', async () => {
    const file = join(it1.folder, 'in.json');
    const inputs = [{ name: 'DS_X', type: 'datasource', pluginId: 'prometheus' }];
    const exported = JSON.stringify({ __inputs: inputs, id: 4, version: 9, ...board('ours', 'Our board') });
    await writeFile(file, exported.replaceAll('000000001', `\${DS_X}`));

    const imported = await it1.run('import', file, '--folder', 'Team');
    const again = await it1.run('import', file, '--folder', 'Team');
    const edited = it1.ask('POST', '/api/dashboards/db', {
      dashboard: { ...board('ours', 'Our board, better') },
      folderUid: (it1.ask('GET', '/api/search?query=Our').body as { folderUid: string }[])[0]?.folderUid,
      overwrite: true,
    });
    const written = await it1.run('export', 'Our board, better', '--to', join(it1.folder, 'out'));
    const promoted = await it1.run('promote', 'ours', '--yes');
    const twice = await it1.run('promote', 'ours', '--yes');
    outputs.push(...[imported, again, written, promoted, twice].map(({ stdout, stderr }) => stdout + stderr));

    expect([imported, again, written, promoted, twice].map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([
      [0, ''],
      [0, ''],
      [0, ''],
      [0, ''],
      [0, ''],
    ]);
    expect(again.stdout).toContain('unchanged');
    expect(edited.status).toBe(200);
    const files = await readdir(join(it1.folder, 'out'));
    expect(files).toEqual(['our-board-better.json']);
    const text = await readFile(join(it1.folder, 'out', 'our-board-better.json'), 'utf8');
    expect(JSON.parse(text)).toEqual(board('ours', 'Our board, better'));
    expect(promoted.stdout).toContain('2 of 2 production Grafanas serve it.');
    expect(writesIn(twice.requests)).toEqual([]);
    expect(it1.ask('GET', '/api/dashboards/uid/ours', undefined, 'observability-grafana')).toMatchObject({
      status: 200,
      body: { meta: { folderTitle: 'Team' }, dashboard: { title: 'Our board, better' } },
    });
  });

  it('may begin in the configuration, with a folder of Grafana, and end by leaving it', async () => {
    const names = ['team', 'general', 'custom'];
    const files = names.map((name) => join(it1.folder, `${name}.json`));
    for (const [at, file] of files.entries()) {
      await writeFile(file, JSON.stringify(board(`declared-${at}`, `Declared ${at}`)));
    }
    const [team = '', general = '', custom = ''] = files;
    const declared = [{ path: team, folder: `Team "blue" 🚀/1` }, { path: general, folder: 'General' }, custom];
    const how = { env: { ...monitoringOff, ACM_OBSERVABILITY_DASHBOARDS: JSON.stringify(declared) } };
    const shown = (at: number) => {
      const { status, body } = it1.ask('GET', `/api/dashboards/uid/declared-${at}`, undefined, 'observability-grafana');
      return status === 200 ? (body as { meta: { folderTitle: string } }).meta.folderTitle : status;
    };

    const applied = await it1.hub.run('apply --only dashboards --yes -o json', how);
    const placed = names.map((_, at) => shown(at));
    const again = await it1.hub.run('apply --only dashboards --yes -o json', how);
    const diff = await it1.hub.run('grafana diff', how);
    const gone = await it1.hub.run('apply --only dashboards --yes -o json', { env: monitoringOff });

    expect([applied, again, gone].map(({ exitCode, report }) => [exitCode, report.problems])).toEqual([
      [0, []],
      [0, []],
      [0, []],
    ]);
    expect(placed).toEqual([`Team "blue" 🚀/1`, 'General', 'Custom']);
    expect(writesIn(again.requests)).toEqual([]);
    expect(diff.stdout).toContain('not in the development Grafana');
    expect(diff.stdout).not.toContain('file → production');
    expect(names.map((_, at) => shown(at))).toEqual([404, 404, 404]);
    expect(JSON.stringify(it1.ask('GET', '/api/folders', undefined, 'observability-grafana').body)).not.toContain(
      'blue',
    );
  });

  it('is still there an hour later, and after an apply that does not know it', async () => {
    it1.ask('POST', '/api/dashboards/db', { dashboard: { uid: 'by-hand', title: 'By hand' } });
    const applied = await it1.hub.run('apply --only dashboards --yes -o json', { env: monitoringOff });
    await it1.hub.pass(3600);

    expect(applied.exitCode).toBe(0);
    expect(it1.ask('GET', '/api/dashboards/uid/by-hand').status).toBe(200);
    expect(it1.ask('GET', '/api/dashboards/uid/ours', undefined, 'observability-grafana').status).toBe(200);
  });

  it('ends with an uninstall that leaves nothing of it, and tells no secret', async () => {
    const client: OAuthClient | undefined = await it1.hub.admin.get(OAuthClientKind, {
      name: 'grafana-proxy-client-dev',
    });

    const { exitCode, stdout } = await it1.hub.run('uninstall --yes -o json');

    expect(exitCode).toBe(0);
    const maps = await it1.hub.admin.list(ConfigMapKind, { namespace, labelSelector: 'grafana-custom-dashboard=true' });
    expect(maps).toEqual([]);
    expect([...outputs, stdout].join('\n')).not.toContain(client?.secret ?? 'none');
    expect(outputs.join('\n')).not.toContain('VOIDING_SUPPORT');
  });
});

describe('what people call themselves and their dashboards', () => {
  let it1: Stage;

  beforeAll(async () => {
    it1 = await stage('2.14');
  });

  afterAll(() => it1?.stop());

  it('is no matter to grant-admin', async () => {
    const logins = ['kube:admin', 'a+b@c.d', 'björn', 'x#y/z', `o'neil "bob"`];
    for (const login of logins) it1.ask('GET', '/api/search', undefined, 'grafana-dev', login);

    const { exitCode, stdout } = await it1.run('grant-admin', ...logins);

    expect(exitCode).toBe(0);
    const members = it1.ask('GET', '/api/orgs/1/users').body as { login: string; role: string }[];
    const admins = members.filter(({ role }) => role === 'Admin').map(({ login }) => login);
    expect(admins).toEqual([administrator, ...logins]);
    for (const login of logins) expect(stdout).toContain(`  ${login}\n`.trimEnd());
  });

  it('is no matter to export and promote', async () => {
    const titles = [`It's "quoted"`, 'a/b\\c', '🚀', 'long '.repeat(40).trim(), 'Ünïcode', 'unicode'];
    for (const [index, title] of titles.entries()) {
      it1.ask('POST', '/api/dashboards/db', { dashboard: board(`odd-${index}`, title) });
    }
    const target = join(it1.folder, 'odd');

    const exported = await it1.run('export', '--all', '--to', target);
    const again = await it1.run('export', '--all', '--to', target);
    const codes: number[] = [];
    for (const title of titles) codes.push((await it1.run('promote', title, '--yes')).exitCode);

    expect([exported.exitCode, again.exitCode]).toEqual([0, 0]);
    expect((await readdir(target)).sort()).toEqual(
      [
        'a-b-c.json',
        'it-s-quoted.json',
        'odd-2.json',
        `${'long-'.repeat(20).slice(0, -1)}.json`,
        'unicode-odd-5.json',
        'unicode.json',
      ].sort(),
    );
    expect(again.stdout).toBe(exported.stdout);
    expect(codes).toEqual(titles.map(() => 0));
  });

  it('is no matter to import: what it brings is what is exported', async () => {
    const titles = [`"Ünï" 'q' <b>`, 'x/y\\z?a=b&c#d', '🐎'.repeat(100), '%2F ../..', 'w'.repeat(200)];
    const files = titles.map((_, at) => join(it1.folder, `brought-${at}.json`));
    for (const [at, title] of titles.entries()) {
      await writeFile(files[at] ?? '', JSON.stringify(board(`brought-${at}`, title)));
    }
    const target = join(it1.folder, 'brought');

    const imported = await it1.run('import', ...files, '--folder', `Földer "1" / 🚀`, '--yes');
    const again = await it1.run('import', ...files, '--folder', `Földer "1" / 🚀`, '--yes');
    const exported = await it1.run('export', '--all', '--folder', `Földer "1" / 🚀`, '--to', target);
    const { dashboards } = parse(exported.stdout.split('In the configuration:\n')[1] ?? '');
    const declared = { env: { ...monitoringOff, ACM_OBSERVABILITY_DASHBOARDS: JSON.stringify(dashboards) } };
    const applied = await it1.hub.run('apply --only dashboards --yes -o json', declared);
    const shown = titles.map((_, at) =>
      it1.ask('GET', `/api/dashboards/uid/brought-${at}`, undefined, 'observability-grafana'),
    );
    await it1.hub.run('apply --only dashboards --yes -o json', { env: monitoringOff });

    expect([applied.exitCode, applied.report.problems]).toEqual([0, []]);
    expect(shown).toEqual(
      titles.map((title) => ({
        status: 200,
        body: expect.objectContaining({
          meta: expect.objectContaining({ folderTitle: `Földer "1" / 🚀` }),
          dashboard: expect.objectContaining({ title }),
        }),
      })),
    );
    expect([imported, again, exported].map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(writesIn(again.requests)).toEqual([]);
    const models = await Promise.all(
      (await readdir(target)).map(async (name) => JSON.parse(await readFile(join(target, name), 'utf8'))),
    );
    expect(models.map(({ title }) => title).sort()).toEqual([...titles].sort());
  });

  it('is brought by one file only: two for one dashboard are refused before either is written', async () => {
    const files = ['left', 'right'].map((name) => join(it1.folder, `${name}.json`));
    const bring = async (...models: object[]) => {
      for (const [at, model] of models.entries()) await writeFile(files[at] ?? '', JSON.stringify(model));
      return it1.run('import', ...files, '--yes');
    };

    const sameUid = await bring(board('same', 'Left'), board('same', 'Right'));
    const sameTitle = await bring(board('left', 'Same'), board('right', 'Same'));

    for (const ran of [sameUid, sameTitle]) {
      expect(ran.exitCode).toBe(65);
      expect(ran.stderr).toContain('two of the files');
      expect(writesIn(ran.requests)).toEqual([]);
    }
  });

  it('is imported even when it will not work, which is said', async () => {
    const file = join(it1.folder, 'faulty.json');
    await writeFile(file, JSON.stringify(board('in-work', 'In work', 'sum(up{cluster="$nobody"})')));

    const { exitCode, stderr, stdout } = await it1.run('import', file, '--yes');

    expect([exitCode, stdout]).toEqual([0, 'imported  In work\n']);
    expect(stderr).toBe('"In work" will not work: panel "Up": the variable $nobody is not defined\n');
  });

  it('is told apart by folder and by uid', async () => {
    const folder = it1.ask('POST', '/api/folders', { title: 'Elsewhere' }).body as { uid: string };
    it1.ask('POST', '/api/dashboards/db', { dashboard: board('twin-1', 'Twin') });
    it1.ask('POST', '/api/dashboards/db', { dashboard: board('twin-2', 'Twin'), folderUid: folder.uid });
    const target = join(it1.folder, 'twins');

    const either = await it1.run('export', 'Twin', '--to', target);
    const one = await it1.run('export', 'Twin', '--folder', 'Elsewhere', '--to', target);
    const absent = await it1.run('export', 'Twins');

    expect([either.exitCode, one.exitCode, absent.exitCode]).toEqual([64, 0, 3]);
    expect(either.stderr).toContain('twin-1 (General), twin-2 (Elsewhere)');
    expect(one.stdout).toContain('twin-2');
    expect(absent.stderr).toContain('did you mean Twin?');
  });

  it('may be fifteen hundred', async () => {
    for (let number = 0; number < 1500; number += 1) {
      it1.ask('POST', '/api/dashboards/db', { dashboard: { uid: `many-${number}`, title: `Many ${number}` } });
    }

    const last = await it1.run('export', 'Many 1499', '--to', join(it1.folder, 'many'));

    expect(last.exitCode).toBe(0);
    expect(last.stdout).toContain('many-1499.json');
  });
});

describe('what may not be promoted', () => {
  let it1: Stage;
  const how = (text: string): RunHow => ({ env: { ...monitoringOff, ACM_OBSERVABILITY_DASHBOARDS: text } });

  beforeAll(async () => {
    it1 = await stage('2.16');
  });

  afterAll(() => it1?.stop());

  const refusal = async (uid: string, given?: RunHow) => {
    const { exitCode, stderr, requests } = await it1.hub.run(['grafana', 'promote', uid, '--yes'], given);
    expect(writesIn(requests)).toEqual([]);
    return { exitCode, stderr: stderr.replace(/\s+/g, ' ') };
  };

  it('is faulty', async () => {
    it1.ask('POST', '/api/dashboards/db', { dashboard: board('faulty', 'Faulty', 'sum(up{cluster="$nobody"}') });

    expect(await refusal('faulty')).toMatchObject({ exitCode: 65, stderr: expect.stringContaining('does not parse') });
  });

  it('has the title of another in its folder of production', async () => {
    const map = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'theirs', namespace, labels: { 'grafana-custom-dashboard': 'true' } },
      data: { 'theirs.json': JSON.stringify(board('theirs', 'Taken')) },
    };
    await it1.hub.admin.create(ConfigMapKind, map);
    await it1.hub.pass(10);
    const custom = it1.ask('POST', '/api/folders', { title: 'Custom' }).body as { uid: string };
    it1.ask('POST', '/api/dashboards/db', { dashboard: board('mine', 'Taken'), folderUid: custom.uid });
    it1.ask('POST', '/api/dashboards/db', { dashboard: board('theirs', 'Copied') });

    expect(await refusal('mine')).toMatchObject({ exitCode: 65, stderr: expect.stringContaining('as theirs') });
    expect(await refusal('theirs')).toMatchObject({ exitCode: 65, stderr: expect.stringContaining('somebody else') });
    const file = join(it1.folder, 'taken.json');
    await writeFile(file, JSON.stringify(board('mine', 'Taken')));
    const plan = await it1.hub.run('plan --only dashboards -o json', how(file));
    expect(plan.report.problems.map(({ code }) => code)).toEqual(['dashboard-clash']);
  });

  it('has the title of one of ACM’s own: told by the plan, before anything is written', async () => {
    const file = join(it1.folder, 'acm.json');
    await writeFile(file, JSON.stringify(board('mine', 'acm-clusters-overview')));
    const inGeneral = how(JSON.stringify([{ path: file, folder: 'General' }]));

    const clash = await it1.hub.run('apply --only dashboards --yes -o json', inGeneral);
    const elsewhere = await it1.hub.run('plan --only dashboards -o json', how(file));

    expect(clash.report.problems.map(({ code, what }) => [code, what])).toEqual([
      ['dashboard-clash', expect.stringContaining('grafana-dashboard-acm-clusters-overview')],
    ]);
    expect(writesIn(clash.requests)).toEqual([]);
    expect(elsewhere.report.problems).toEqual([]);
  });

  it('is declared by the configuration', async () => {
    const file = join(it1.folder, 'declared.json');
    await writeFile(file, JSON.stringify(board('declared', 'Declared')));
    it1.ask('POST', '/api/dashboards/db', { dashboard: board('declared', 'Declared') });

    expect(await refusal('declared', how(file))).toMatchObject({ exitCode: 65 });
  });

  it('is declared all the same, and the plan says what will not work', async () => {
    const file = join(it1.folder, 'declared-faulty.json');
    await writeFile(file, JSON.stringify(board('declared-faulty', 'Faulty too', 'sum(up')));

    const { stdout, exitCode } = await it1.hub.run('plan --only dashboards', how(file));

    expect(exitCode).toBe(0);
    expect(stdout.replace(/\s+/g, ' ')).toContain('will not work: panel "Up": the expression does not parse');
  });

  it('does not keep a declared dashboard from coming, changing its file, differing, and going', async () => {
    const [first, second] = [join(it1.folder, 'first.json'), join(it1.folder, 'second.json')];
    const text = JSON.stringify(board('coming', 'Coming'));
    await writeFile(first, text);
    await writeFile(second, text);
    const served = () => it1.ask('GET', '/api/dashboards/uid/coming', undefined, 'observability-grafana').status;
    const only = 'apply --only dashboards --yes -o json';

    const came = await it1.hub.run(only, how(first));
    const whenCome = served();
    const renamed = await it1.hub.run(only, how(second));
    await it1.hub.pass(30);
    const whenRenamed = served();
    it1.ask('POST', '/api/dashboards/db', { dashboard: board('coming', 'Changed') });
    const diff = await it1.hub.run('grafana diff --detailed-exitcode', how(second));
    const gone = await it1.hub.run(only, { env: monitoringOff });

    expect([came, renamed, gone].map(({ exitCode, report }) => [exitCode, report.problems])).toEqual([
      [0, []],
      [0, []],
      [0, []],
    ]);
    expect(came.report.checks.find(({ id }) => id === 'dashboards')?.evidence).toContain('shown by 2 Grafanas');
    expect([whenCome, whenRenamed, served()]).toEqual([200, 200, 404]);
    expect(diff.exitCode).toBe(2);
    expect(diff.stdout).toContain('- title: "Changed"');
  });
});
