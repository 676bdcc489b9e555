/** What a run with nothing to do costs, counted on real TLS connections. Never timed: that is `npm run bench`. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tracked } from '../../src/adapters/tracked.ts';
import { globalOptions, programWithFlags } from '../../src/cli/flags.ts';
import { runProgram } from '../../src/cli/program.ts';
import { registry } from '../../src/cli/registry.ts';
import type { Shell } from '../../src/cli/shell.ts';
import { kubeconfigDoors } from '../../src/commands/doors.ts';
import type { Transport } from '../../src/http.ts';
import type { RequestEntry } from '../../src/sandbox/requests.ts';
import { type Served, serveSandbox } from '../../src/sandbox/serve.ts';
import { createHarness, type Harness, writesIn } from '../helpers/harness.ts';
import { type Relay, startRelay } from '../helpers/relay.ts';

/** Connections the transport opens at most to one API server. */
const pool = 16;

describe('a second apply on eight clusters, over TLS', () => {
  let it8: Harness;
  let dir: string;
  let served: Served;
  let relay: Relay;
  let exitCode: number;
  let answer: string;
  let requests: readonly RequestEntry[];

  beforeAll(async () => {
    it8 = await createHarness({ scenario: 'quest' });
    const first = await it8.run('apply --yes -o json');
    if (first.exitCode !== 0) throw new Error(`the first apply ended with ${first.exitCode}: ${first.stdout}`);
    dir = await mkdtemp(join(tmpdir(), 'counts-'));
    served = await serveSandbox(it8.sandbox, { dir });
    const kubeconfig = join(dir, 'kubeconfig');
    relay = await startRelay(served.url);
    await writeFile(kubeconfig, (await readFile(kubeconfig, 'utf8')).replaceAll(served.url, relay.url));
    const from = it8.sandbox.requests.entries().length;

    ({ exitCode, answer } = await apply(it8, kubeconfig));

    requests = it8.sandbox.requests.entries().slice(from);
  }, 120_000);

  afterAll(async () => {
    await relay?.close();
    await served?.close();
    await it8?.stop();
    if (dir !== undefined) await rm(dir, { recursive: true });
  });

  it('finds nothing to do', () => {
    expect(exitCode).toBe(0);
    expect(JSON.parse(answer)).toMatchObject({ verdict: 'unchanged', problems: [] });
  });

  it('asks the API servers sixty times at most', () => {
    const asked = requests.filter(({ cluster }) => cluster !== 's3');

    expect(asked.length).toBeGreaterThan(20);
    expect(asked.length).toBeLessThanOrEqual(60);
  });

  it('writes nothing beyond the Lease', () => {
    expect(writesIn(requests)).toEqual([]);
    expect(requests.filter(({ path }) => /\/leases\b/.test(path)).map(({ method }) => method)).toEqual([
      'GET',
      'POST',
      'DELETE',
    ]);
  });

  it('is verified by forty requests', async () => {
    const { exitCode, requests: asked } = await it8.run('verify -o json');

    expect(exitCode).toBe(0);
    expect(asked.filter(({ cluster }) => cluster !== 's3').length).toBeLessThanOrEqual(40);
  });

  it('opens no more connections than its pool holds, and none a second time', () => {
    expect(served.connections()).toBeGreaterThan(0);
    expect(served.connections()).toBeLessThanOrEqual(pool);
    expect(relay.opened).toBe(served.connections());
    expect(relay.reopened).toBe(0);
  });
});

/** As a process would do it, by the kubeconfig and its sockets; only time is the sandbox's. */
async function apply({ sandbox, clock }: Harness, kubeconfig: string): Promise<{ exitCode: number; answer: string }> {
  const { store } = sandbox;
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  let answer = '';
  stdout.on('data', (chunk) => {
    answer += String(chunk);
  });
  const shell: Shell = {
    env: {
      KUBECONFIG: kubeconfig,
      AWS_ACCESS_KEY_ID: store.accessKeyId,
      AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
      AWS_REGION: store.region,
      S3_BUCKET_NAME: store.bucket,
      AWS_ENDPOINT_URL_S3: store.endpoint,
      USER: 'anna',
    },
    cwd: process.cwd(),
    stdin: new PassThrough(),
    stdout,
    stderr: stderr.resume(),
    isTTY: false,
    columns: 100,
    signal: new AbortController().signal,
    clock,
    onInterrupt: () => () => {},
    doors: async (counts) => {
      const { doors: _, ...plain } = shell;
      const options = globalOptions(programWithFlags('acm-observability').opts(), 0, plain);
      const doors = await kubeconfigDoors(options, undefined, plain, counts);
      // Time stands still while the sockets are at work.
      const hub = async () => tracked(clock, await doors.hub());
      return { ...doors, hub, store: (one) => tracked(clock, one) };
    },
  };
  const exitCode = await runProgram(['apply', '--yes', '-o', 'json'], registry, shell);
  return { exitCode, answer };
}

describe('a verify of a hub that takes a second and a half for each answer', () => {
  it('asks for nothing twice', async () => {
    const it3 = await createHarness({ scenario: 'quest', size: 3, speed: 60 });
    try {
      await it3.run('apply --yes');
      const slow = (inner: Transport): Transport => ({
        ...inner,
        send: async (request) => {
          await it3.clock.sleep(1_500);
          return inner.send(request);
        },
      });

      const { exitCode, requests } = await it3.run('verify -o json', { wires: { transport: slow } });

      const asked = requests.filter(({ method }) => method === 'GET').map(({ cluster, path }) => `${cluster} ${path}`);
      const ofStore = asked.filter((one) => one.startsWith('s3 '));
      const others = asked.filter((one) => !one.startsWith('s3 '));
      expect(exitCode).toBe(0);
      expect(others.length).toBeGreaterThan(20);
      expect(others.filter((one, at) => others.indexOf(one) < at)).toEqual([]);
      // With our keys, and with those that Thanos has; with the former an object of ours is read, too.
      expect(ofStore.length).toBeGreaterThan(3);
      expect(ofStore.length).toBeLessThanOrEqual(5);
    } finally {
      await it3.stop();
    }
  });
});
