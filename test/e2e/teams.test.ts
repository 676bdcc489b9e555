/** Two configurations for one hub: the installation's, and that of a team which only brings packs, metrics and dashboards. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observabilityNamespace as namespace } from '../../src/hub.ts';
import {
  ClusterManagementAddOnKind,
  ConfigMapKind,
  type Kind,
  type KubeObject,
  PrometheusRuleKind,
  ScrapeConfigKind,
} from '../../src/kinds.ts';
import { isApiError } from '../../src/ports.ts';
import { dashboardConfigMaps } from '../../src/resources/dashboard-files.ts';
import { dashboardLabel } from '../../src/resources/dashboards.ts';
import { marks } from '../../src/resources/marks.ts';
import { createHarness, type Harness, writesIn } from '../helpers/harness.ts';

/** Virtual time is computed: a slow machine needs more of its own. */
const patient = { timeout: 240_000 };

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'teams-'));
  await pack('common', 'platform_pods', 'kube_pod_info');
  await pack('rockets', 'rockets_started', 'rockets_started_total');
  await mkdir(join(folder, 'boards'));
  await board('rockets', 'Rockets');
  await configured('platform', { packs: [{ path: './common' }] });
});

afterAll(() => rm(folder, { recursive: true }));

async function pack(name: string, record: string, metric: string): Promise<void> {
  const groups = [
    { name, interval: '1m', rules: [{ record: `${name}:${record}`, expr: `count by (cluster) (${metric})` }] },
  ];
  const collect = { platform: { names: [metric] } };
  await mkdir(join(folder, name));
  const text = { apiVersion: 'acm-observability/pack-v1', name, title: `Of ${name}`, collect, hub: { groups } };
  await writeFile(join(folder, name, 'pack.yaml'), JSON.stringify(text));
}

async function board(name: string, title: string): Promise<void> {
  const panels = [{ id: 1, type: 'stat', title: 'Started', targets: [{ expr: 'rockets_started_total' }] }];
  await writeFile(join(folder, 'boards', `${name}.json`), JSON.stringify({ uid: 'rockets', title, panels }));
}

async function configured(name: string, config: object): Promise<string> {
  const file = join(folder, `${name}.yaml`);
  await writeFile(file, JSON.stringify({ apiVersion: 'acm-observability/v1', ...config }));
  return file;
}

const ofTeam = (...packs: string[]) => ({
  team: 'rockets',
  packs: packs.map((path) => ({ path: `./${path}` })),
  metrics: { userWorkload: ['rockets_fuel_ratio'] },
  dashboards: ['./boards/*.json'],
});

/** What people wrote, without what servers count, when ACM has done with it. */
async function content({ admin, pass }: Harness): Promise<Record<string, unknown>> {
  await pass(60);
  const strip = ({ kind, metadata, ...rest }: KubeObject) => [
    `${kind} ${metadata.name}`,
    { ...rest, labels: metadata.labels, annotations: metadata.annotations },
  ];
  const lists = await Promise.all([
    listed(admin.list(ConfigMapKind, { namespace, labelSelector: `${dashboardLabel}=true` }), ConfigMapKind),
    ...['thanos-ruler-custom-rules', 'observability-metrics-custom-allowlist'].map(async (name) => {
      const map = await admin.get(ConfigMapKind, { namespace, name });
      return map === undefined ? [] : [map];
    }),
    ...[ScrapeConfigKind, PrometheusRuleKind].map((kind) => listed(admin.list(kind, { namespace }), kind)),
    listed(admin.list(ClusterManagementAddOnKind), ClusterManagementAddOnKind),
  ]);
  return Object.fromEntries(lists.flat().map(strip));
}

/** Of a kind that is unknown there are none. */
async function listed<T extends KubeObject>(all: Promise<T[]>, { kind }: Kind<T>): Promise<KubeObject[]> {
  try {
    return (await all).map((object) => ({ ...object, kind }));
  } catch (error) {
    if (isApiError(error, 404)) return [];
    throw error;
  }
}

/** The steps of packs, metrics and dashboards: the sandbox's installation is somebody else's. */
const onlyContent = '--only allowlist,ruler-rules,dashboards,addon-metrics';

describe.each([
  { acm: '2.14', architecture: 'legacy' },
  { acm: '2.17', architecture: 'mcoa' },
  { acm: '5.0', architecture: 'mcoa' },
] as const)('a team beside the installation, on ACM $acm ($architecture)', patient, ({ acm, architecture }) => {
  let hub: Harness;
  const run = (verb: string, file: string) => hub.run(`${verb} -f ${join(folder, file)}.yaml -o json`);

  beforeAll(async () => {
    hub = await createHarness({ scenario: 'quest', size: 2, acm, architecture, state: 'installed' });
    await run(`apply --yes --no-wait ${onlyContent}`, 'platform');
  });

  afterAll(() => hub?.stop());

  it('comes, changes and goes, and neither notices the other', async () => {
    await configured('team', ofTeam('rockets'));
    const before = await content(hub);

    const planned = await run('plan', 'team');
    const came = await run('apply --yes --no-wait', 'team');
    const beside = await content(hub);
    const [again, platform] = [
      await run('apply --yes --no-wait', 'team'),
      await run(`apply --yes --no-wait ${onlyContent}`, 'platform'),
    ];
    await configured('team', { ...ofTeam(), metrics: {} });
    const changed = await run('apply --yes --no-wait', 'team');
    const less = await content(hub);
    await configured('team', ofTeam('rockets'));
    const back = await run('apply --yes --no-wait', 'team');
    const away = await run('uninstall --yes', 'team');

    expect(planned.report.notes[0]).toContain('Of team rockets');
    for (const { report } of [planned, came, again, platform, changed, back, away]) expect(report.problems).toEqual([]);
    expect(came.report.changes.map(({ step }) => step)).not.toContain('observability');
    expect([again, platform].map(({ requests }) => writesIn(requests))).toEqual([[], []]);
    expect(JSON.stringify(beside)).toContain('rockets_fuel_ratio');
    expect(JSON.stringify(beside)).toContain('rockets:rockets_started');
    expect(JSON.stringify(less)).not.toContain('rockets_started_total)');
    expect(JSON.stringify(less)).toContain('"uid\\":\\"rockets');
    expect(await content(hub)).toEqual(before);
  });

  it('keeps what both want until the last lets it go, but for a metric that two objects would scrape', async () => {
    await configured('team', { ...ofTeam('common'), dashboards: [] });
    const before = await content(hub);

    const came = await run('apply --yes --no-wait', 'team');

    if (architecture === 'mcoa') {
      expect(came.report.problems.map(({ code }) => code)).toContain('pack-collision');
    } else {
      expect(came.report.problems).toEqual([]);
      await run('uninstall --yes', 'team');
    }
    await configured('team', { team: 'rockets' });
    await run('apply --yes --no-wait', 'team');
    expect(await content(hub)).toEqual(before);
  });

  it('leaves a dashboard of the other alone: the same one counts as there, another of its name is a conflict', async () => {
    await configured('platform', { packs: [{ path: './common' }], dashboards: ['./boards/*.json'] });
    await run(`apply --yes --no-wait ${onlyContent}`, 'platform');
    await configured('team', { ...ofTeam(), metrics: {} });
    const before = await content(hub);

    const same = await run('apply --yes --no-wait', 'team');
    await board('rockets', 'Other rockets');
    await configured('team', ofTeam());
    const other = await run('apply --yes --no-wait', 'team');
    const away = await run('uninstall --yes', 'team');

    const ofBoard = ({ report }: typeof same) =>
      report.changes.find(({ resource }) => resource.endsWith('dashboard-rockets'));
    expect(ofBoard(same)).toMatchObject({
      change: 'skip',
      reason: 'the configuration of the installation keeps the same',
    });
    expect(other.exitCode).toBe(6);
    expect(ofBoard(other)).toMatchObject({
      change: 'conflict',
      reason: 'the configuration of the installation owns data["rockets.json"]',
    });
    expect(other.report.problems.map(({ fix }) => fix)).toEqual([expect.stringContaining('another name')]);
    expect(away.exitCode).toBe(0);
    expect(await content(hub)).toEqual(before);
    await board('rockets', 'Rockets');
  });
});

describe.each([{ team: 'rockets' }, {}])(
  'a dashboard that was there before the configuration of %j',
  patient,
  (owner) => {
    it('is adopted, at rest, and given back when it is no longer declared', async () => {
      const hub = await createHarness({ scenario: 'quest', size: 1, state: 'installed' });
      const file = (name: string, dashboards: string[]) => configured(name, { ...owner, dashboards });
      const run = async (dashboards: string[]) =>
        hub.run(`apply --yes --no-wait --only dashboards -f ${await file('adopting', dashboards)} -o json`);
      const key = { namespace, name: 'dashboard-rockets' };
      try {
        const [theirs] = await dashboardConfigMaps({ dashboards: ['./boards/*.json'], baseFolder: folder }, []);
        const before = await hub.admin.create(ConfigMapKind, theirs!);

        const [adopted, again] = [await run(['./boards/*.json']), await run(['./boards/*.json'])];
        const kept = await hub.admin.get(ConfigMapKind, key);
        const dropped = await run([]);
        await hub.pass(60);
        const after = await hub.admin.get(ConfigMapKind, key);

        expect([adopted, again, dropped].map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
        expect(kept?.metadata.annotations).toMatchObject({ [marks.adopted]: 'dashboards' });
        expect(writesIn(again.requests)).toEqual([]);
        const { labels, annotations = {} } = after?.metadata ?? {};
        expect({ data: after?.data, labels, annotations }).toEqual({
          data: before.data,
          // ACM marks what it is to back up, whoever made it (acm.md §1.4).
          labels: { ...before.metadata.labels, 'cluster.open-cluster-management.io/backup': '' },
          annotations: before.metadata.annotations ?? {},
        });
      } finally {
        await hub.stop();
      }
    });
  },
);

describe('the configuration of a team', () => {
  let hub: Harness;

  beforeAll(async () => {
    hub = await createHarness({ scenario: 'quest', size: 1 });
    await configured('alone', ofTeam('rockets'));
  });

  afterAll(() => hub?.stop());

  it('needs an installation, and says so before it writes', async () => {
    const { exitCode, report, requests } = await hub.run(`apply --yes -f ${join(folder, 'alone.yaml')} -o json`);

    expect(exitCode).toBe(3);
    expect(report.problem).toMatchObject({
      code: 'observability-absent',
      what: expect.stringContaining('team rockets'),
    });
    expect(writesIn(requests)).toEqual([]);
  });

  it('needs no store, and says what in it has no effect', async () => {
    const file = await configured('idle', {
      ...ofTeam('rockets'),
      storage: { bucket: 'theirs' },
      grafana: { dev: true },
    });

    const { report } = await hub.run(`check -f ${file} -o json`, {
      env: { AWS_SECRET_ACCESS_KEY: '', AWS_REGION: '' },
    });

    expect(report.notes).toContain('without effect in the configuration of a team: storage.bucket, grafana.dev');
    expect(report.checks.map(({ id }) => id)).not.toContain('store');
    expect(report.checks.find(({ id }) => id === 'installed')).toMatchObject({ code: 'observability-absent' });
  });

  it('has no bucket to delete, and no step of the installation', async () => {
    const file = join(folder, 'alone.yaml');

    const deleting = await hub.run(`uninstall --yes --delete-data -f ${file} -o json`);
    const bucket = await hub.run(`plan --only bucket -f ${file} -o json`);

    expect([deleting, bucket].map(({ exitCode }) => exitCode)).toEqual([64, 64]);
    expect(deleting.report.problem?.what).toContain('team rockets');
    expect(bucket.report.problem?.what).toBe('no step is named bucket in the configuration of team rockets');
  });
});
