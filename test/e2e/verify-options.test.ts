/** What `verify` can be asked besides: one metric, one pack, a stretch of time, to repeat until it holds; and several answers at once. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Transport } from '../../src/http.ts';
import type { Report } from '../../src/render/report.ts';
import { createHarness, type Harness } from '../helpers/harness.ts';

describe('verify', () => {
  let hub: Harness;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'verify-'));
    hub = await createHarness({ scenario: 'quest', size: 3 });
    const { exitCode } = await hub.run('apply --yes -o json');
    if (exitCode !== 0) throw new Error(`the apply to begin with ended with ${exitCode}`);
    await hub.pass(3_600);
  });
  afterAll(async () => {
    await hub?.stop();
    await rm(folder, { recursive: true });
  });

  const found = ({ checks }: Report, id: string, cluster = 'quest-1') =>
    checks.find((check) => check.id === id && check.cluster === cluster);

  it('follows a metric of the platform the whole way, where all is well', async () => {
    const { exitCode, report } = await hub.run('verify --metric machine_cpu_cores -o json');

    expect(exitCode).toBe(0);
    expect(found(report, 'listed', 'local-cluster')?.evidence).toBe(
      'list: observability-metrics-allowlist, metrics_list.yaml',
    );
    for (const id of ['delivered', 'collecting', 'received'])
      expect(found(report, id)).toMatchObject({ verdict: 'pass' });
    expect(found(report, 'received')?.evidence).toMatch(/^exposed, scraped and sent: newest sample \d+ s old$/);
    expect(found(report, 'recorded', 'local-cluster')).toMatchObject({ verdict: 'skip' });
  });

  it('names the list a metric is missing from, and asks no cluster for it', async () => {
    const { exitCode, report } = await hub.run('verify --metric no_such_metric -o json');

    expect(exitCode).toBe(3);
    expect(found(report, 'listed', 'local-cluster')).toMatchObject({ verdict: 'fail', code: 'metric-not-listed' });
    expect(found(report, 'received')).toMatchObject({ verdict: 'skip', evidence: 'needs listed' });
  });

  it('names the cluster that a listed metric does not arrive from', async () => {
    hub.sandbox.ailments.dropSeries('quest-1', 'machine_memory_bytes');
    await hub.pass(1_200);

    const { exitCode, report } = await hub.run('verify --metric machine_memory_bytes -o json');

    expect(exitCode).toBe(5);
    expect(found(report, 'received')).toMatchObject({ verdict: 'fail', code: 'metric-absent' });
    expect(found(report, 'received', 'ai')).toMatchObject({ verdict: 'pass' });
    expect(found(report, 'collecting')).toMatchObject({ verdict: 'pass' });
  });

  it('does not call it a pass where it could not look', async () => {
    const denied = {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      reason: 'Forbidden',
      code: 403,
      message: 'no',
    };
    const body = JSON.stringify(denied);
    const answer = { status: 403, headers: { 'content-type': 'application/json' }, text: async () => body };
    const transport = (inner: Transport): Transport => ({
      ...inner,
      send: async (request) =>
        request.method === 'POST' && request.path.includes('managedclusterviews')
          ? { ...answer, chunks: () => Readable.from([body]) }
          : inner.send(request),
    });

    const { report } = await hub.run('verify --metric machine_cpu_cores -o json', { wires: { transport } });

    expect(found(report, 'delivered')).toMatchObject({ verdict: 'unknown', code: 'not-seen' });
    expect(found(report, 'collecting')).toMatchObject({ verdict: 'skip', evidence: 'needs delivered' });
  });

  it('refuses what is no metric, and a pack that is not configured', async () => {
    expect((await hub.run('verify --metric rate(up) -o json')).exitCode).toBe(64);
    expect((await hub.run('verify --pack nobody -o json')).exitCode).toBe(64);
  });

  it('looks back: silence an hour ago is told although all is well now', async () => {
    hub.sandbox.setOffline('quest-1', true);
    await hub.pass(1_800);
    hub.sandbox.setOffline('quest-1', false);
    await hub.pass(1_800);

    const { exitCode, report } = await hub.run('verify --since 90m -o json');

    expect(exitCode).toBe(0);
    expect(found(report, 'steady')).toMatchObject({ verdict: 'warn', code: 'metrics-gaps' });
    expect(found(report, 'steady', 'ai')).toMatchObject({ verdict: 'pass' });
    expect(report.clusters.find(({ name }) => name === 'quest-1')?.freshness).toContain(null);
    expect((await hub.run('verify --since 20m -o json')).report.verdict).toBe('pass');
  });

  it('repeats until everything has held for a while', async () => {
    const before = hub.clock.now();
    const { exitCode } = await hub.run('verify --stable 60s -o json');

    expect(exitCode).toBe(0);
    expect(hub.clock.now() - before).toBeGreaterThanOrEqual(60_000);
  });

  it('ends with what it saw last when it does not come to hold', async () => {
    hub.sandbox.ailments.failCollecting('quest-1', 'Failed to send metrics');
    await hub.pass(1_200);

    const { exitCode, report } = await hub.run('verify --wait --timeout 1m -o json');

    expect(exitCode).toBe(5);
    expect(found(report, 'collector')).toMatchObject({ code: 'collector-cannot-send' });
  });

  it('gives every answer that is asked for, with one exit code', async () => {
    const file = (name: string) => join(folder, name);
    const outputs = ['html', 'junit', 'markdown', 'jsonl'].map((format) => `-o ${format}=${file(format)}`).join(' ');

    const { exitCode, report } = await hub.run(`verify -o json ${outputs}`);

    expect(exitCode).toBe(5);
    expect(report.exitCode).toBe(5);
    expect(await readFile(file('html'), 'utf8')).toContain('exit 5');
    expect(await readFile(file('html'), 'utf8')).toContain('collector-cannot-send');
    expect(await readFile(file('junit'), 'utf8')).toContain('<failure type="collector-cannot-send"');
    expect(await readFile(file('markdown'), 'utf8')).toContain('(exit 5)');
    expect(await readFile(file('jsonl'), 'utf8')).toContain('"exitCode":5');
  });

  it.each([
    ['the configuration is broken', 'nobody: knows\n', 65, 'configuration-invalid'],
    ['there is no hub of that name', 'hub: { clusterID: 1610b0c3-0000-4000-8000-000000000000 }\n', 65, 'hub-mismatch'],
  ])('writes them when set-up fails because %s', async (_, text, code, problem) => {
    const [config, page, suite] = ['config.yaml', 'early.html', 'early.xml'].map((name) => join(folder, name));
    await writeFile(config!, text);

    const { exitCode } = await hub.run(`verify -f ${config} -o html=${page} -o junit=${suite}`);

    expect(exitCode).toBe(code);
    expect(await readFile(page!, 'utf8')).toContain(problem);
    expect(await readFile(suite!, 'utf8')).toContain('<failure ');
  });
});
