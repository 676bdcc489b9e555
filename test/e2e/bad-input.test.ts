/** Whatever is wrong with what the program is given: the exit code, the Problem's code, and nothing written anywhere. */
import { mkdir, readdir } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { ClusterVersionKind, MultiClusterObservabilityKind } from '../../src/kinds.ts';
import type { Report } from '../../src/render/report.ts';
import { type Handler, json, selfSigned, startServer, unusedPort } from '../adapters/support/servers.ts';
import { folderWith } from '../config/folder.ts';
import { built, type Ended, start } from '../helpers/child.ts';
import { createHarness, type Harness, type Ran, writesIn } from '../helpers/harness.ts';

const canary = 'kAnArY0kAnArY1kAnArY2kAnArY3kAnArY4kAnAr';

const storeEnvironment = {
  AWS_ACCESS_KEY_ID: 'AKIACANARYCANARYCANA',
  AWS_SECRET_ACCESS_KEY: canary,
  AWS_REGION: 'eu-west-3',
  S3_BUCKET_NAME: 'acm-metrics',
};

describe.skipIf(!built)('from outside, a run is refused by (needs npm run build)', () => {
  it('a kubeconfig that is not there', async () => {
    const ran = await refusedRun(['--kubeconfig', '/nowhere/config', 'apply', '--yes']);

    expectRefusal(ran, 65, 'kubeconfig-unreadable', '/nowhere/config');
  });

  it('a kubeconfig that cannot be read', async () => {
    const folder = await folderWith();
    await mkdir(join(folder, 'a-folder'));

    const ran = await refusedRun(['apply', '--yes'], { KUBECONFIG: join(folder, 'a-folder') });

    expectRefusal(ran, 65, 'kubeconfig-unreadable', 'a-folder');
  });

  it.each([
    ['not YAML', 'users: [ {name: "', 'not YAML'],
    ['something else', 'hello: world\n', 'not a kubeconfig'],
    ['no text', Buffer.from([0xff, 0xfe, 0x00, 0xd8]), 'not a kubeconfig'],
    ['a server that is no URL', kubeconfigText('api.example.com:6443'), 'not an http or https URL'],
  ])('a kubeconfig that is %s', async (_, text, words) => {
    const folder = await folderWith({ kubeconfig: text });

    const ran = await refusedRun(['apply', '--yes'], { KUBECONFIG: join(folder, 'kubeconfig') });

    expectRefusal(ran, 65, 'kubeconfig-unreadable', words);
  });

  it('a context the kubeconfig does not have, naming those there are', async () => {
    const env = await kubeconfigFor('http://127.0.0.1:9');

    const ran = await refusedRun(['apply', '--yes', '--context', 'hub-admn'], env);

    expectRefusal(ran, 65, 'context-unknown', 'there are: hub');
  });

  it('a token that has expired', async () => {
    const { ran, writes } = await against((_, response) =>
      json(response, 401, { kind: 'Status', code: 401, reason: 'Unauthorized', message: 'Unauthorized' }),
    );

    expectRefusal(ran, 77, 'not-logged-in');
    expect(ran.report.problem?.fix).toContain('oc login');
    expect(ran.report.requests.kubernetes).toBeGreaterThan(0);
    expect(writes).toEqual([]);
  });

  it('a cluster without ACM', async () => {
    const { ran, writes } = await against((_, response) =>
      json(response, 404, { kind: 'Status', code: 404, reason: 'NotFound', message: 'the server could not find it' }),
    );

    expectRefusal(ran, 3, 'acm-missing', 'no MultiClusterHub');
    expect(writes).toEqual([]);
  });

  it('something that answers in the place of an API server', async () => {
    const { ran, writes } = await against((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html>log in</html>');
    });

    expectRefusal(ran, 69, 'unreachable', 'not as a Kubernetes API server');
    expect(writes).toEqual([]);
  });

  it('an API server where nothing listens', async () => {
    const env = await kubeconfigFor(`http://127.0.0.1:${await unusedPort()}`);

    const ran = await refusedRun(['apply', '--yes'], env);

    expectRefusal(ran, 69, 'unreachable', 'refused');
  });

  it('a black hole, within the time one request may take', async () => {
    const hole = await blackHole();
    const env = await kubeconfigFor(hole);

    const ran = await refusedRun(['apply', '--yes', '--request-timeout', '200ms'], env);

    expectRefusal(ran, 69, 'unreachable', 'no answer within 0.2 s');
    expect(ran.report.requests.kubernetes).toBeGreaterThan(0);
  });

  it('a black hole and Ctrl-C: once is enough, and nothing is said of a mistake', async () => {
    let arrived = (): void => {};
    const connected = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const env = await kubeconfigFor(await blackHole(() => arrived()));
    const { child, ended } = start(['verify'], { env });

    await connected;
    child.kill('SIGINT');
    const { code, stderr } = await ended;

    expect(code).toBe(130);
    expect(stderr).toContain('Stopping.');
    expect(stderr).not.toContain('BUG');
  });

  it('a certificate nobody vouches for', async () => {
    const { ran, writes } = await against((_, response) => json(response, 200, {}), await selfSigned());

    expectRefusal(ran, 69, 'untrusted-certificate', 'is not trusted');
    expect(writes).toEqual([]);
  });

  it('a configuration of 10 MB', async () => {
    const cwd = await folderWith({ 'acm-observability.yaml': `dashboards:\n${'  - ./a.json\n'.repeat(800_000)}` });

    const ran = await refusedRun(['apply', '--yes'], {}, cwd);

    expectRefusal(ran, 65, 'configuration-unreadable', '1 MiB');
  });

  it('a configuration of 10 MB on standard input', async () => {
    const { ended } = start(['apply', '--yes', '-f', '-', '-o', 'json'], { input: Buffer.alloc(10_000_000, 'a') });

    expectRefusal(withReport(await ended), 65, 'configuration-unreadable', '1 MiB');
  });

  it('a configuration that is not UTF-8', async () => {
    const text = Buffer.concat([Buffer.from('storage:\n  bucket: acm-'), Buffer.from([0xc3, 0x28, 0xff])]);
    const cwd = await folderWith({ 'acm-observability.yaml': text });

    const ran = await refusedRun(['apply', '--yes'], {}, cwd);

    expectRefusal(ran, 65, 'configuration-unreadable', 'UTF-8');
  });

  it('a configuration that is not there', async () => {
    const ran = await refusedRun(['apply', '--yes', '-f', 'nowhere.yaml']);

    expectRefusal(ran, 65, 'configuration-unreadable', 'nowhere.yaml');
  });
});

describe('inside, a run is refused by', () => {
  let hub: Harness;

  beforeAll(async () => {
    hub = await createHarness({ scenario: 'quest', size: 3 });
  });

  afterAll(() => hub?.stop());

  async function applied(file: string | undefined, flags = '', env: Record<string, string> = {}): Promise<Ran> {
    const named = file === undefined ? '' : ` -f ${join(await folderWith({ 'hub.yaml': file }), 'hub.yaml')}`;
    return hub.run(`apply --yes -o json${named}${flags}`, { env });
  }

  it.each([
    ['storage:\n  buckett: acm-metrics\n', 'hub.yaml:2:3', 'did you mean bucket?'],
    ['storag:\n  bucket: acm-metrics\n', 'hub.yaml:1:1', 'did you mean storage?'],
    ['bucket: acm-metrics\n', 'hub.yaml:1:1', 'did you mean storage.bucket?'],
    ['packs:\n  - name: leaderboard\n    parametres: {}\n', 'hub.yaml:3:5', 'did you mean parameters?'],
  ])('the unknown key in %j', async (text, place, hint) => {
    const ran = await applied(text);

    expectRefusal(ran, 65, 'configuration-invalid', place);
    expect(ran.report.problem?.what).toContain(hint);
    expect(ran.requests).toEqual([]);
  });

  it.each([
    ['observability:\n  retention: { raw: 30 days }\n', 'a duration such as 30d'],
    ['observability:\n  retention: { oneHour: -1d }\n', 'a duration such as 30d'],
    ['observability:\n  interval: 5m\n', 'whole number of seconds'],
    ['observability:\n  interval: 5\n', 'from 15 to 3600'],
    ['observability:\n  spec: { storageConfig: { storeStorageSize: 10 GB } }\n', 'a size such as 100Gi'],
    ['observability:\n  spec: { storageConfig: { receiveStorageSize: 0Gi } }\n', 'a size such as 100Gi'],
  ])('the bad value in %j', async (text, words) => {
    const ran = await applied(text);

    expectRefusal(ran, 65, 'configuration-invalid', words);
    expect(ran.report.problem?.what).toMatch(/hub\.yaml:2:\d+/);
    expect(ran.requests).toEqual([]);
  });

  it.each(['--timeout soon', '--deadline 1.5h', '--request-timeout 0s', '--parallel 0'])(
    'the flag %s',
    async (flag) => {
      const { exitCode, stdout, stderr, requests } = await hub.run(`apply --yes ${flag}`);

      expect(exitCode).toBe(64);
      expect(stderr).toContain('usage');
      expect(stdout).toBe('');
      expect(requests).toEqual([]);
    },
  );

  it('the variable of a key that does not exist', async () => {
    const ran = await applied(undefined, '', { ACM_OBSERVABILITY_STORAGE_BUKET: 'acm-metrics' });

    expectRefusal(ran, 65, 'configuration-invalid', 'did you mean ACM_OBSERVABILITY_STORAGE_BUCKET?');
    expect(ran.requests).toEqual([]);
  });

  it('missing values, all of them told at once with every way to give them', async () => {
    const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_REGION: '', S3_BUCKET_NAME: '' };

    const ran = await applied(undefined, '', { ...none, AWS_ENDPOINT_URL_S3: '' });

    expectRefusal(ran, 65, 'missing-values', 'storage.bucket');
    for (const way of ['--set storage.region=', 'S3_BUCKET_NAME', 'AWS_SECRET_ACCESS_KEY', 'STORAGE_ACCESS_KEY_FILE']) {
      expect(ran.report.problem?.what).toContain(way);
    }
    expect(ran.requests).toEqual([]);
  });

  it.each(['ab', 'Acm-Metrics', 'acm_metrics', '192.168.1.10', '-acm', 'acm..metrics', 'xn--acm', 'acm-s3alias'])(
    'the bucket name %s',
    async (name) => {
      const inFile = await applied(`storage:\n  bucket: ${name}\n`);
      const byVariable = await applied(undefined, '', { S3_BUCKET_NAME: name });

      expectRefusal(inFile, 65, 'bucket-name-invalid', 'hub.yaml:2:11');
      expectRefusal(byVariable, 65, 'bucket-name-invalid', 'S3_BUCKET_NAME');
      expect([...inFile.requests, ...byVariable.requests]).toEqual([]);
    },
  );

  it.each([
    ['a key', `storage:\n  secretKey: ${canary}\n`, 'hub.yaml:2:14'],
    ['a value', `storage:\n  bucket: ${canary}\n`, 'hub.yaml:2:11'],
    ['a URL', `storage:\n  endpoint: https://user:${canary}@s3.example.com\n`, 'hub.yaml:2:13'],
    ['a comment', `# https://user:${canary}@s3.example.com\nstorage: {}\n`, 'hub.yaml:1:3'],
    ['what is not YAML', `storage:\n\t- x: [\n# ghost https://user:${canary}@s3.example.com`, 'hub.yaml:3:'],
    ['what is passed through', `observability:\n  spec: { x: { password: ${canary} } }\n`, 'hub.yaml:2:'],
  ])('a secret in the file, in %s; it is shown nowhere', async (_, text, place) => {
    const ran = await applied(text);
    const verbose = await hub.run(`plan -vv -f ${join(await folderWith({ 'hub.yaml': text }), 'hub.yaml')}`);

    expectRefusal(ran, 65, 'secret-in-configuration', place);
    expect(verbose.exitCode).toBe(65);
    for (const stream of [ran.stdout, ran.stderr, verbose.stdout, verbose.stderr]) expect(stream).not.toContain(canary);
    expect(ran.requests).toEqual([]);
  });

  it('a step that does not exist', async () => {
    const only = await applied(undefined, ' --only buckets');
    const skip = await applied(undefined, ' --skip buckets');

    for (const ran of [only, skip]) {
      expectRefusal(ran, 64, 'usage', 'buckets');
      expect(ran.report.problem?.fix).toContain('bucket, thanos-secret');
      expect(ran.requests).toEqual([]);
    }
  });

  it('a pack without a value it needs', async () => {
    const ran = await applied('packs: [leaderboard]\n');

    expect([ran.exitCode, problemIn(ran.report)]).toEqual([65, 'pack-invalid']);
    expect(writesIn(ran.requests)).toEqual([]);
  });

  it('a configuration that is pinned to another hub', async () => {
    const version = await hub.admin.get(ClusterVersionKind, { name: 'version' });

    const ran = await applied('hub:\n  clusterID: 00000000-0000-4000-8000-000000000000\n');

    expectRefusal(ran, 65, 'hub-mismatch', version?.spec?.clusterID ?? 'no ID');
    expect(ran.report.requests.kubernetes).toBe(ran.requests.length);
    expect(writesIn(ran.requests)).toEqual([]);
  });

  it('a confirmation nobody can give', async () => {
    const apply = await hub.run('apply -o json');
    const uninstall = await hub.run('uninstall --delete-data -o json');

    expectRefusal(apply, 64, 'nobody-to-ask');
    expect(uninstall.exitCode).not.toBe(70);
    expect([...writesIn(apply.requests), ...writesIn(uninstall.requests)]).toEqual([]);
  });

  it('two MultiClusterObservability objects', async () => {
    for (const name of ['observability', 'second']) {
      await hub.admin.apply(MultiClusterObservabilityKind, {
        apiVersion: MultiClusterObservabilityKind.apiVersion,
        kind: MultiClusterObservabilityKind.kind,
        metadata: { name },
        spec: {
          observabilityAddonSpec: {},
          storageConfig: { metricObjectStorage: { name: 'thanos-object-storage', key: 'thanos.yaml' } },
        },
      });
    }

    const ran = await applied(undefined);

    expectRefusal(ran, 6, 'observability-twice', 'observability, second');
    expect(writesIn(ran.requests)).toEqual([]);
  });
});

interface Refused extends Ended {
  readonly exitCode: number | null;
  readonly report: Report;
}

/** In a folder that must be as it was afterwards. */
async function refusedRun(argv: readonly string[], env: Record<string, string> = {}, cwd?: string): Promise<Refused> {
  const folder = cwd ?? (await folderWith());
  const before = await readdir(folder);
  const { ended } = start([...argv, '-o', 'json'], { env: { ...storeEnvironment, ...env }, cwd: folder });
  const ran = withReport(await ended);
  expect(await readdir(folder)).toEqual(before);
  return ran;
}

function withReport(ended: Ended): Refused {
  return { ...ended, exitCode: ended.code, report: JSON.parse(ended.stdout) };
}

/** The code, the exit code, the words; the report on standard output and a line beside it; no secret anywhere. */
function expectRefusal(
  { exitCode, report, stdout, stderr }: Pick<Refused, 'exitCode' | 'report' | 'stdout' | 'stderr'>,
  exit: number,
  code: string,
  words = '',
): void {
  expect([exitCode, report.problem?.code], `${report.problem?.what}\n${stderr}`).toEqual([exit, code]);
  expect(report.exitCode).toBe(exit);
  expect(`${report.problem?.what} ${report.problem?.proof}`).toContain(words);
  expect(stderr).toContain(code);
  expect(`${stdout}${stderr}`).not.toContain(canary);
}

function problemIn(report: Report): string | undefined {
  return report.problem?.code ?? report.problems[0]?.code;
}

/** `apply` against a server that answers everything in one way. */
async function against(handler: Handler, tls?: Awaited<ReturnType<typeof selfSigned>>) {
  const server = await startServer(handler, tls);
  onTestFinished(() => server.close());
  const ran = await refusedRun(['apply', '--yes'], await kubeconfigFor(server.url));
  return { ran, writes: server.seen.filter(({ method }) => method !== 'GET').map(({ url }) => url) };
}

async function kubeconfigFor(server: string): Promise<Record<string, string>> {
  return { KUBECONFIG: join(await folderWith({ kubeconfig: kubeconfigText(server) }), 'kubeconfig') };
}

function kubeconfigText(server: string): string {
  return stringify({
    'current-context': 'hub',
    contexts: [{ name: 'hub', context: { cluster: 'hub', user: 'anna' } }],
    clusters: [{ name: 'hub', cluster: { server } }],
    users: [{ name: 'anna', user: { token: canary } }],
  });
}

/** Takes connections and never answers. */
async function blackHole(connected = (): void => {}): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    connected();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => server.close(closed));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}
