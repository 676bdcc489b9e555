/** The whole path as real processes: the installed program, a served sandbox, and nothing else but the sandbox's `env`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConfigMap } from '../../src/kinds.ts';
import { writesIn } from '../helpers/harness.ts';
import { installProgram, type ServedSandbox, serveInstalled } from '../helpers/installed.ts';

const everyone = ['ai', 'local-cluster', 'quest-1', 'quest-2', 'quest-3', 'quest-4', 'quest-5', 'quest-6'];
const inside = '/api/v1/namespaces/open-cluster-management-observability';
const observability =
  '/apis/observability.open-cluster-management.io/v1beta2/multiclusterobservabilities/observability';
const monitoring = '/api/v1/namespaces/openshift-monitoring/configmaps/cluster-monitoring-config';
const allowlist = `${inside}/configmaps/observability-metrics-custom-allowlist`;
const rules = `${inside}/configmaps/thanos-ruler-custom-rules`;

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('the whole path as processes', { timeout: 180_000 }, () => {
  let program: Awaited<ReturnType<typeof installProgram>>;
  let sandbox: ServedSandbox;

  beforeAll(async () => {
    program = await installProgram();
    sandbox = await serveInstalled(program.main, ['--speed', '60']);
  });

  afterAll(async () => {
    await sandbox?.stop();
    await program?.remove();
  });

  it('plans with exit 0 and no write', async () => {
    const { code, requests } = await sandbox.run('plan');

    expect(code).toBe(0);
    expect(requests.length).toBeGreaterThan(10);
    expect(writesIn(requests)).toEqual([]);
  });

  it('applies', async () => {
    const { code, stdout } = await sandbox.run('apply --yes');

    expect(stdout).toContain('Metrics arrive from all 8 clusters');
    expect(code).toBe(0);
  });

  it('verifies, with the age of the newest sample of all eight clusters', async () => {
    const { code, report, requests } = await sandbox.run('verify -o json');

    const ages = report().clusters.map(({ name, newestSampleAgeSeconds }) => [name, typeof newestSampleAgeSeconds]);
    expect(Object.fromEntries(ages)).toEqual(Object.fromEntries(everyone.map((name) => [name, 'number'])));
    expect(code).toBe(0);
    expect(writesIn(requests)).toEqual([]);
  });

  it('has nothing to do the second time', async () => {
    const { code, stdout, requests } = await sandbox.run('apply --yes');

    expect(stdout).toContain('No changes.');
    expect(code).toBe(0);
    expect(writesIn(requests)).toEqual([]);
  });

  it('takes a configuration file with metrics, a pack and a dashboard', async () => {
    await writeConfiguration(sandbox.dir);

    const { code, report } = await sandbox.run('apply --yes -f ours.yaml -o json');

    const applied = report().changes.filter((change) => change.applied);
    expect(applied.map(({ step, change }) => `${step} ${change}`)).toEqual([
      'allowlist create',
      'ruler-rules create',
      'dashboards create',
    ]);
    expect(code).toBe(0);
  });

  const drifts: readonly Drift[] = [
    {
      what: 'the label of the namespace',
      path: inside,
      edit: () => ({ metadata: { labels: { 'openshift.io/cluster-monitoring': 'false' } } }),
      step: 'namespace',
      told: /openshift\.io\/cluster-monitoring/,
    },
    {
      what: 'the pull secret',
      path: `${inside}/secrets/multiclusterhub-operator-pull-secret`,
      edit: () => ({ data: { '.dockerconfigjson': base64('{"auths":{"elsewhere.example.com":{"auth":"eA=="}}}') } }),
      step: 'pull-secret',
      told: /\.dockerconfigjson/,
    },
    {
      what: 'the configuration of Thanos',
      path: `${inside}/secrets/thanos-object-storage`,
      edit: () => ({
        data: { 'thanos.yaml': base64('type: s3\nconfig: { bucket: elsewhere, endpoint: localhost }\n') },
      }),
      step: 'thanos-secret',
      told: /thanos\.yaml/,
      // What is to be read again has to be proven and rolled out again.
      besides: /^s3 (PUT|DELETE) \S+\/probe\/|\/statefulsets\/observability-thanos-/,
    },
    {
      what: 'a field of MultiClusterObservability',
      path: observability,
      edit: () => ({ spec: { advanced: { retentionConfig: { retentionResolutionRaw: '5d' } } } }),
      step: 'observability',
      told: /spec\.advanced\.retentionConfig\.retentionResolutionRaw/,
    },
    {
      what: 'an entry of the allowlist',
      path: allowlist,
      edit: (live) => withData(live, (text) => text.replace(/^.*\bsandbox_load\b.*\n/m, '')),
      step: 'allowlist',
      told: /metrics_list\.yaml.*sandbox_load/,
    },
    {
      what: 'a rule of the ruler',
      path: rules,
      edit: (live) => withData(live, (text) => text.replace(/\bsum\b/, 'max')),
      step: 'ruler-rules',
      told: /custom_rules\.yaml.*small/,
    },
    {
      what: 'a dashboard',
      path: `${inside}/configmaps/NAME`,
      edit: (live) => withData(live, (text) => text.replace('Our board', 'My board')),
      step: 'dashboards',
      told: /data/,
    },
    {
      what: 'user-workload monitoring of a managed cluster',
      context: 'quest-2',
      path: monitoring,
      edit: (live) => withData(live, (text) => text.replace('enableUserWorkload: true', 'enableUserWorkload: false')),
      step: 'user-workload-monitoring',
      told: /config\.yaml.*enableUserWorkload/,
      // Repaired through the hub by an Action, which goes again.
      besides: /^local-cluster DELETE .*\/managedclusteractions\//,
    },
  ];

  it.each(drifts)('$what changed by hand is named with who it was, and repaired: exactly that', async (drift) => {
    const { context = 'hub' } = drift;
    const path = drift.step === 'dashboards' ? drift.path.replace('NAME', await dashboardName(sandbox)) : drift.path;
    const before = await sandbox.get(context, path);
    await sandbox.edit(context, path, drift.edit(before));
    const edited = await sandbox.get(context, path);

    const plan = await sandbox.run('plan --detailed-exitcode -f ours.yaml -o json');
    const repair = await sandbox.run('apply --yes -f ours.yaml -o json');

    expect(meaning(edited)).not.toEqual(meaning(before));
    const found = plan.report().changes.filter(({ change, step }) => change !== 'none' && step === drift.step);
    const [named] = found.flatMap((change) => change.drift ?? []);
    expect(plan.code).toBe(2);
    expect(named).toMatchObject({ field: expect.stringMatching(drift.told), by: 'kubectl-edit' });
    expect(repair.code).toBe(0);
    const { besides = /^$/ } = drift;
    const written = writesIn(repair.requests).filter((line) => !besides.test(line));
    expect(written.map((line) => line.split('?')[0])).toEqual([repairOf(context, path)]);
    expect(meaning(await sandbox.get(context, path))).toEqual(meaning(before));
  });

  it('uninstalls without the file all that is ours, keeps the bucket, and lists what ACM leaves', async () => {
    const { code, report, requests } = await sandbox.run('uninstall --yes -o json');

    const { notes, problems } = report();
    expect(problems).toEqual([]);
    expect(code).toBe(0);
    expect(notes.join('\n')).toMatch(/ACM leaves ClusterRole .*Namespace open-cluster-management-observability stays/s);
    expect(await sandbox.get('hub', observability)).toBeUndefined();
    expect(await ours(sandbox)).toEqual([]);
    expect(writesIn(requests).filter((line) => line.startsWith('s3'))).toEqual([]);
    await expectOrder(requests.map(({ method, path }) => `${method} ${path.split('?')[0]}`));
  });

  it('installs again right after it, into the bucket it kept', async () => {
    const { code, report } = await sandbox.run('apply --yes -o json');

    expect(report().problems).toEqual([]);
    expect(code).toBe(0);
    const bucket = report().changes.filter(({ resource }) => resource.startsWith('Bucket '));
    expect(bucket.map(({ change }) => change)).toEqual(['none']);
  });

  it('ends the sandbox cleanly on SIGTERM', async () => {
    const { code } = await sandbox.stop();

    expect(code).toBe(0);
  });
});

interface Drift {
  readonly what: string;
  /** Of the kubeconfig; the hub unless told. */
  readonly context?: string;
  readonly path: string;
  edit(live: unknown): object;
  readonly step: string;
  /** What names the field in the plan. */
  readonly told: RegExp;
  /** Writes that follow from the repair. */
  readonly besides?: RegExp;
}

/** The hub is written to directly, a managed cluster through the hub. */
function repairOf(context: string, path: string): unknown {
  if (context !== 'hub') return expect.stringMatching(/^local-cluster POST .*\/managedclusteractions$/);
  return expect.stringMatching(new RegExp(`^local-cluster (PATCH|PUT) ${path}$`));
}

/** What people mean of an object: not who wrote it when. */
function meaning(object: unknown): object {
  const { metadata, data, spec } = object as ConfigMap & { spec?: unknown };
  return { labels: metadata.labels, data, spec };
}

function withData(live: unknown, change: (text: string) => string): object {
  const { data = {} } = live as ConfigMap;
  return { data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, change(text)])) };
}

async function dashboardName(sandbox: ServedSandbox): Promise<string> {
  const [map] = await marked(sandbox, 'configmaps', 'acm-observability/step=dashboards');
  return map?.metadata.name ?? '';
}

async function marked(sandbox: ServedSandbox, kind: string, labelSelector: string): Promise<readonly ConfigMap[]> {
  const found = await sandbox.get('hub', `${inside}/${kind}?labelSelector=${encodeURIComponent(labelSelector)}`);
  return (found as { items: ConfigMap[] }).items;
}

/** Names of what carries our mark on the hub, and of clusters whose monitoring configuration does. */
async function ours(sandbox: ServedSandbox): Promise<string[]> {
  const label = 'app.kubernetes.io/managed-by=acm-observability';
  const objects = (await Promise.all(['configmaps', 'secrets'].map((kind) => marked(sandbox, kind, label)))).flat();
  const clusters = await Promise.all(
    ['hub', ...everyone.filter((name) => name !== 'local-cluster')].map(async (name) => {
      const map = (await sandbox.get(name, monitoring)) as ConfigMap | undefined;
      return JSON.stringify(map?.metadata.annotations ?? {}).includes('acm-observability') ? [name] : [];
    }),
  );
  const namespace = (await sandbox.get('hub', inside)) as ConfigMap;
  const kept = namespace.metadata.labels?.['acm-observability/step'] === undefined ? [] : ['namespace'];
  return [...objects.map(({ metadata }) => metadata.name), ...clusters.flat(), ...kept];
}

/** acm.md §12.2: the object first; what Thanos needs and user-workload monitoring only after it is gone. */
async function expectOrder(log: readonly string[]): Promise<void> {
  const at = (pattern: RegExp) => log.findIndex((line) => pattern.test(line));
  const deleted = at(/^DELETE .*\/multiclusterobservabilities\/observability$/);
  expect(deleted).toBeGreaterThan(0);
  for (const later of [
    /^(DELETE|PUT) .*\/configmaps\/observability-metrics-custom-allowlist$/,
    /^(DELETE|PUT) .*\/configmaps\/thanos-ruler-custom-rules$/,
    /^DELETE .*\/secrets\/thanos-object-storage$/,
    /^POST .*\/managedclusteractions$/,
    /^(DELETE|PUT) .*\/configmaps\/cluster-monitoring-config$/,
  ]) {
    expect({ later, at: at(later) }).toEqual({ later, at: expect.any(Number) });
    expect(at(later)).toBeGreaterThan(deleted);
  }
}

/** A configuration with everything a first run has no need of. Not by the name that is found without asking. */
async function writeConfiguration(dir: string): Promise<void> {
  await mkdir(join(dir, 'pack'), { recursive: true });
  await mkdir(join(dir, 'boards'), { recursive: true });
  await writeFile(
    join(dir, 'ours.yaml'),
    [
      'apiVersion: acm-observability/v1',
      'metrics: { platform: [sandbox_load], userWorkload: [sandbox_points_total] }',
      'packs: [{ path: ./pack }]',
      'dashboards: [./boards/*.json]',
      '',
    ].join('\n'),
  );
  await writeFile(
    join(dir, 'pack', 'pack.yaml'),
    [
      'apiVersion: acm-observability/pack-v1',
      'name: small',
      'title: A small pack',
      'collect: { platform: { names: [sandbox_temperature] } }',
      'hub:',
      '  groups:',
      '    - name: small',
      '      interval: 1m',
      '      rules:',
      '        - { record: "small:up:sum", expr: "sum by (cluster) (up)" }',
      '',
    ].join('\n'),
  );
  const board = { uid: 'our-board', title: 'Our board', schemaVersion: 39, panels: [] };
  await writeFile(join(dir, 'boards', 'board.json'), JSON.stringify(board));
}
