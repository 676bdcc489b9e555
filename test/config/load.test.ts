import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { folderWith, problemOf } from './folder.ts';

const yaml = 'acm-observability.yaml';

/** Loads a default file with this text. */
async function load(text: string, env: Record<string, string> = {}, flags: Record<string, string> = {}) {
  return loadConfig({ cwd: await folderWith({ [yaml]: text }), env, flags });
}

describe('loadConfig: layers', () => {
  it('needs no file: the bucket and region of the seed article are enough', async () => {
    const cwd = await folderWith();

    const { config, origins, file } = await loadConfig({
      cwd,
      env: {
        AWS_ACCESS_KEY_ID: 'id',
        AWS_SECRET_ACCESS_KEY: 'key',
        S3_BUCKET_NAME: 'acm-metrics',
        AWS_REGION: 'eu-west-3',
      },
    });

    expect(config.storage).toEqual({ provider: 's3', bucket: 'acm-metrics', region: 'eu-west-3', create: true });
    expect(origins.get('storage.bucket')).toEqual({ source: 'ambient', detail: 'S3_BUCKET_NAME' });
    expect(file).toBeUndefined();
  });

  it('fills in every default', async () => {
    const cwd = await folderWith();

    const { config } = await loadConfig({ cwd, env: {} });

    expect(config).toEqual({
      hub: {},
      storage: { provider: 's3', create: true },
      observability: {
        name: 'observability',
        interval: 300,
        retention: { raw: '30d', fiveMinutes: '180d', oneHour: '365d' },
        spec: {},
      },
      clusters: { select: { all: true }, exclude: [], canary: [], collection: 'all' },
      userWorkloadMonitoring: { mode: 'auto', contexts: {} },
      packs: [],
      metrics: { platform: [], userWorkload: [] },
      dashboards: [],
      grafana: { dev: false, admins: [] },
      accept: [],
      baseFolder: cwd,
    });
  });

  it('lets a flag win over a variable, that over the file, that over names people export', async () => {
    const text = 'storage:\n  bucket: from-file\n  region: eu-west-3\n';
    const env = {
      AWS_REGION: 'us-east-1',
      S3_BUCKET_NAME: 'from-shell',
      ACM_OBSERVABILITY_STORAGE_BUCKET: 'from-variable',
    };

    const ambient = await load('', env);
    const file = await load(text, { S3_BUCKET_NAME: 'from-shell', AWS_REGION: 'us-east-1' });
    const variable = await load(text, env);
    const flag = await load(text, env, { 'storage.bucket': 'from-flag' });

    expect(ambient.config.storage.region).toBe('us-east-1');
    expect(file.config.storage).toMatchObject({ bucket: 'from-file', region: 'eu-west-3' });
    expect(variable.config.storage.bucket).toBe('from-variable');
    expect(flag.config.storage.bucket).toBe('from-flag');
    expect(file.origins.get('storage.bucket')).toEqual({ source: 'file', detail: `${yaml}:2:3` });
    expect(variable.origins.get('storage.bucket')).toEqual({
      source: 'environment',
      detail: 'ACM_OBSERVABILITY_STORAGE_BUCKET',
    });
    expect(flag.origins.get('storage.bucket')).toEqual({ source: 'flag', detail: '--set storage.bucket' });
    expect(flag.origins.get('observability.interval')).toEqual({ source: 'default', detail: 'default' });
  });

  it('prefers AWS_ENDPOINT_URL_S3 to AWS_ENDPOINT_URL', async () => {
    const env = { AWS_ENDPOINT_URL: 'https://all.example.com', AWS_ENDPOINT_URL_S3: 'https://s3.example.com:9000' };

    const { config, origins } = await load('', env);

    expect(config.storage.endpoint).toBe('https://s3.example.com:9000');
    expect(origins.get('storage.endpoint')?.detail).toBe('AWS_ENDPOINT_URL_S3');
  });

  it('ignores AWS names for a store that is not S3', async () => {
    const { config } = await load('storage: { provider: bucketclaim }', { AWS_ENDPOINT_URL: 'https://s3.example.com' });

    expect(config.storage.endpoint).toBeUndefined();
  });

  it('lets a higher way to select clusters replace a lower one whole', async () => {
    const { config } = await load('clusters: { select: { all: true } }', {
      ACM_OBSERVABILITY_CLUSTERS_SELECT_NAMES: 'paris, lyon',
    });

    expect(config.clusters.select).toEqual({ names: ['paris', 'lyon'] });
  });

  it('reads lists by comma, maps as JSON, numbers, truth values, and values from files', async () => {
    const cwd = await folderWith({ bucket: 'acm-metrics\n' });

    const { config, origins } = await loadConfig({
      cwd,
      env: {
        ACM_OBSERVABILITY_STORAGE_BUCKET_FILE: 'bucket',
        ACM_OBSERVABILITY_STORAGE_CREATE: 'false',
        ACM_OBSERVABILITY_OBSERVABILITY_INTERVAL: '60',
        ACM_OBSERVABILITY_METRICS_PLATFORM: 'up,node_load1',
        ACM_OBSERVABILITY_USER_WORKLOAD_MONITORING_CONTEXTS: '{"paris":"paris-admin"}',
        ACM_OBSERVABILITY_PACKS: 'leaderboard,./packs/ours',
        ACM_OBSERVABILITY_DASHBOARDS: '["a.json", { "path": "./team/*.json", "folder": "Team" }]',
      },
    });

    expect(config.storage).toMatchObject({ bucket: 'acm-metrics', create: false });
    expect(origins.get('storage.bucket')?.detail).toBe('ACM_OBSERVABILITY_STORAGE_BUCKET_FILE');
    expect(config.observability.interval).toBe(60);
    expect(config.metrics.platform).toEqual(['up', 'node_load1']);
    expect(config.userWorkloadMonitoring.contexts).toEqual({ paris: 'paris-admin' });
    expect(config.packs).toEqual([
      { name: 'leaderboard', parameters: {} },
      { path: join(cwd, 'packs/ours'), parameters: {} },
    ]);
    expect(config.dashboards).toEqual([join(cwd, 'a.json'), { path: join(cwd, 'team/*.json'), folder: 'Team' }]);
  });

  it('takes an empty variable as not set', async () => {
    const { config } = await load('storage: { bucket: acm-metrics }', { ACM_OBSERVABILITY_STORAGE_BUCKET: '' });

    expect(config.storage.bucket).toBe('acm-metrics');
  });

  it('reads standard input for -f -, with relative paths from the working folder', async () => {
    const cwd = await folderWith({ [yaml]: 'storage: { bucket: not-this-one }' });
    const stdin = Readable.from(['storage: { bucket: acm-met', 'rics }\n']);

    const { config, file, origins } = await loadConfig({ cwd, env: {}, file: '-', stdin });

    expect(config.storage.bucket).toBe('acm-metrics');
    expect(config.baseFolder).toBe(cwd);
    expect(file).toBe('standard input');
    expect(origins.get('storage.bucket')?.detail).toBe('standard input:1:12');
  });

  it('freezes what it gives, all the way down', async () => {
    const { config } = await load('observability: { spec: { advanced: { query: { replicas: 2 } } } }');

    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.observability.spec.advanced)).toBe(true);
    expect(Object.isFrozen(config.metrics.platform)).toBe(true);
  });

  it('warns of what is allowed and hardly meant', async () => {
    const { warnings } = await load(
      [
        'storage: { bucket: acm-metrics }',
        'observability: { interval: 15, retention: { raw: 1d, fiveMinutes: 5d } }',
        'accept: [{ code: uwm-of, reason: lab, until: 2026-12-31 }]',
      ].join('\n'),
      { AWS_ENDPOINT_URL: 'https://s3.example.com' },
    );

    expect(warnings.map((warning) => warning.split(' ')[0])).toEqual([
      'observability.interval',
      'observability.retention.raw',
      'observability.retention.fiveMinutes',
      'storage.endpoint',
      'accept:',
    ]);
    expect(warnings.at(-1)).toContain('did you mean uwm-off?');
  });
});

describe('loadConfig: the file itself', () => {
  it.each([
    ['a file that does not exist', 'missing.yaml', 'missing.yaml does not exist'],
    ['a folder', '.', '. is a folder'],
    ['broken UTF-8', 'latin1.yaml', 'latin1.yaml is not UTF-8 text'],
    ['a file of 10 MB', 'big.yaml', 'big.yaml is larger than 1 MiB'],
    ['an endless file', '/dev/zero', '/dev/zero is larger than 1 MiB'],
  ])('refuses %s', async (_, file, message) => {
    const cwd = await folderWith({
      'latin1.yaml': Buffer.from('hub: { context: "h\xf4te" }', 'latin1'),
      'big.yaml': Buffer.alloc(10_000_000, '# padding\n'),
    });

    const problem = await problemOf(loadConfig({ cwd, env: {}, file }));

    expect(problem).toMatchObject({ code: 'configuration-unreadable', exitCode: 65, message });
  });

  it('refuses 10 MB on standard input without reading it to the end', async () => {
    let sent = 0;
    async function* endless() {
      for (;;) {
        sent += 65_536;
        yield Buffer.alloc(65_536, 'a');
      }
    }

    const problem = await problemOf(loadConfig({ cwd: '/', env: {}, file: '-', stdin: endless() }));

    expect(problem.code).toBe('configuration-unreadable');
    expect(sent).toBeLessThan(2_000_000);
  });

  it('takes an empty file and one of comments only as saying nothing', async () => {
    expect((await load('')).config.observability.interval).toBe(300);
    expect((await load('# later\n')).config.observability.interval).toBe(300);
  });
});

describe('loadConfig: faults', () => {
  it('names file, line and column of an unknown key, and the one that was meant', async () => {
    const problem = await problemOf(load('storage:\n  region: eu-west-3\n  bukket: acm-metrics\n'));

    expect(problem).toMatchObject({ code: 'configuration-invalid', exitCode: 65 });
    expect(problem.message).toBe(`${yaml}:3:3 storage.bukket: unknown key; did you mean bucket?`);
  });

  it('finds the key that slipped to another level', async () => {
    const problem = await problemOf(load('interval: 60\n'));

    expect(problem.message).toBe(`${yaml}:1:1 interval: unknown key; did you mean observability.interval?`);
  });

  it('refuses a variable nobody reads, and names the one that was meant', async () => {
    const problem = await problemOf(load('', { ACM_OBSERVABILITY_STORAGE_BUKET: 'x' }));

    expect(problem.message).toBe(
      'ACM_OBSERVABILITY_STORAGE_BUKET: unknown variable; did you mean ACM_OBSERVABILITY_STORAGE_BUCKET?',
    );
  });

  it('tells everything that is wrong at once, wherever it stands', async () => {
    const problem = await problemOf(
      load(
        [
          'storage:',
          '  endpoint: s3.example.com:9000',
          '  bucket: Acm_Metrics',
          '  create: "yes"',
          'observability:',
          '  interval: 5',
          '  instanceSize: huge',
          '  retention: { raw: 30 days }',
          '  spec:',
          '    storageConfig: { receiveStorageSize: 100 GB, storageClass: fast }',
          'clusters: { select: { all: true, names: [a] } }',
          'packs: [ { nam: x } ]',
          'metrics: { platform: [ "rate(x)" ] }',
          'accept: [ { code: uwm-off, until: 2026-02-30 } ]',
          'dashboards: [ 5, { path: a.json, foldr: x }, { folder: x } ]',
          'grafana: { admins: }',
        ].join('\n'),
        { ACM_OBSERVABILITY_OBSERVABILITY_NAME: 'Observability', ACM_OBSERVABILITY_PLAN: 'x' },
        { 'storage.regoin': 'eu-west-3' },
      ),
    );

    expect(problem.code).toBe('configuration-invalid');
    expect(problem.message.split('\n')).toEqual([
      `${yaml}:2:13 storage.endpoint: must begin with https:// or http://`,
      `${yaml}:3:11 storage.bucket: must be lower-case letters, digits, dots and hyphens only`,
      `${yaml}:4:11 storage.create: must be true or false`,
      `${yaml}:6:13 observability.interval: must be a whole number of seconds from 15 to 3600`,
      `${yaml}:7:17 observability.instanceSize: must be one of default, minimal, small, medium, large, xlarge, 2xlarge, 4xlarge`,
      `${yaml}:8:21 observability.retention.raw: must be a duration such as 30d, 12h or 0d`,
      `${yaml}:10:42 observability.spec.storageConfig.receiveStorageSize: must be a size such as 100Gi`,
      `${yaml}:10:64 observability.spec.storageConfig.storageClass: has a key of its own: observability.storageClass`,
      `${yaml}:11:21 clusters.select: must have one of all, names and selector`,
      `${yaml}:12:12 packs[0].nam: unknown key; did you mean name?`,
      `${yaml}:13:24 metrics.platform[0]: must be the name of a metric`,
      `${yaml}:14:11 accept[0].reason: is missing`,
      `${yaml}:14:35 accept[0].until: must be a date such as 2026-12-31`,
      `${yaml}:15:15 dashboards[0]: must be a file, or a mapping with path and folder`,
      `${yaml}:15:34 dashboards[1].foldr: unknown key; did you mean folder?`,
      `${yaml}:15:46 dashboards[2].path: is missing`,
      `${yaml}:16:20 grafana.admins: is empty; it must be a list`,
      '--set storage.regoin storage.regoin: unknown key; did you mean storage.region?',
      'ACM_OBSERVABILITY_OBSERVABILITY_NAME observability.name: must be a Kubernetes name: lower-case letters, digits, hyphens and dots',
      'ACM_OBSERVABILITY_PLAN: unknown variable',
    ]);
  });

  it('has a code of its own for a bucket name no store takes', async () => {
    const problem = await problemOf(load('', { S3_BUCKET_NAME: 'B_bad' }));

    expect(problem).toMatchObject({ code: 'bucket-name-invalid', exitCode: 65 });
    expect(problem.message).toBe(
      'S3_BUCKET_NAME storage.bucket: must be lower-case letters, digits, dots and hyphens only',
    );
  });

  it.each([
    ['a path', 'https://s3.example.com/bucket', 'must not have a path; the bucket goes to storage.bucket'],
    ['a query', 'https://s3.example.com?x=1', 'must end after the host and port'],
    ['another scheme', 's3://bucket', 'must begin with https:// or http://'],
    ['no host', 'https://', 'must be a URL such as https://s3.example.com:9000'],
    ['a user', 'https://me@s3.example.com', 'must not hold credentials'],
  ])('refuses an endpoint with %s', async (_, endpoint, message) => {
    const problem = await problemOf(load('', { AWS_ENDPOINT_URL_S3: endpoint }));

    expect(problem.message).toBe(`AWS_ENDPOINT_URL_S3 storage.endpoint: ${message}`);
  });

  it('says which of a variable and its file form to keep, and when the file cannot be read', async () => {
    const both = await problemOf(
      load('', { ACM_OBSERVABILITY_STORAGE_BUCKET: 'a', ACM_OBSERVABILITY_STORAGE_BUCKET_FILE: 'b' }),
    );
    const gone = await problemOf(load('', { ACM_OBSERVABILITY_STORAGE_BUCKET_FILE: 'gone' }));

    expect(both.message).toBe(
      'ACM_OBSERVABILITY_STORAGE_BUCKET_FILE: is set together with ACM_OBSERVABILITY_STORAGE_BUCKET; keep one',
    );
    expect(gone.message).toBe('ACM_OBSERVABILITY_STORAGE_BUCKET_FILE: the file it names does not exist');
  });

  it('tells of a value that needs another one, wherever the first came from', async () => {
    const problem = await problemOf(load('', { ACM_OBSERVABILITY_STORAGE_EXISTING_SECRET_KEY: 'thanos.yaml' }));

    expect(problem.message).toBe(
      'ACM_OBSERVABILITY_STORAGE_EXISTING_SECRET_KEY storage.existingSecret.name: is missing',
    );
  });

  it('asks for JSON where a map was given as something else', async () => {
    const problem = await problemOf(load('', { ACM_OBSERVABILITY_OBSERVABILITY_SPEC: 'a=b' }));

    expect(problem.message).toContain('must be a mapping, written as JSON');
  });

  it('stops at fifty lines and counts the rest', async () => {
    const keys = Array.from({ length: 5_000 }, (_, index) => `k${index}: 1`).join('\n');

    const problem = await problemOf(load(keys));

    expect(problem.message.split('\n')).toHaveLength(51);
    expect(problem.message).toContain('and 4950 more');
  });
});
