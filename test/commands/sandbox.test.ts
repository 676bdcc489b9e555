import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { systemClock } from '../../src/adapters/clock.ts';
import { sandboxCommand } from '../../src/commands/sandbox.ts';

function surroundings(cwd: string) {
  const stop = new AbortController();
  let tell = (_: string): void => undefined;
  const ready = new Promise<string>((resolve) => {
    tell = resolve;
  });
  return { stop, ready, how: { print: (line: string) => tell(line), signal: stop.signal, clock: systemClock(), cwd } };
}

describe('the command sandbox', () => {
  it('says when it is ready, serves what it wrote down, and ends when told to', async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'sandbox-command-'));
    const { stop, ready, how } = surroundings(cwd);

    const running = sandboxCommand({ dir: 'here', size: 2, speed: 60, fault: ['latency:0'] }, how);
    const line = await ready;
    const names = await readdir(join(cwd, 'here'));
    const config = parse(await readFile(join(cwd, 'here', 'kubeconfig'), 'utf8'));
    const status = await statusOf(config);
    stop.abort();
    const result = await running;
    await rm(cwd, { recursive: true });

    expect(line).toBe(`ready: ${join(cwd, 'here')}`);
    expect(names.sort()).toEqual(['env', 'kubeconfig', 'requests.jsonl']);
    expect(config.contexts.map(({ name }: { name: string }) => name)).toEqual(['hub', 'ai']);
    expect(status).toBe(200);
    expect(result).toEqual({ exitCode: 0 });
    await expect(statusOf(config)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it.each([
    [{ scenario: 'party' }, 'there are quest, mixed, fleet'],
    [{ fault: ['gremlins'] }, '--fault: there is no fault "gremlins"'],
    [{ fault: ['acm-upgrading'] }, '--fault acm-upgrading: only an installed sandbox can be so'],
    [{ acm: 'latest' }, 'not a version: latest'],
    [{ architecture: 'mcoa' as const }, 'the addon architecture came with ACM 2.15'],
  ])('refuses %j', async (flags, words) => {
    const { how } = surroundings('.');

    const running = sandboxCommand({ fault: [], ...flags }, how);

    await expect(running).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(words) });
  });
});

/** Of the hub's ManagedClusters, asked with what the kubeconfig gives. */
function statusOf(config: {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
  users: { user: { token: string } }[];
}): Promise<number> {
  const [hub] = config.clusters;
  const url = `${hub?.cluster.server}/apis/cluster.open-cluster-management.io/v1/managedclusters`;
  const ca = Buffer.from(hub?.cluster['certificate-authority-data'] ?? '', 'base64');
  const headers = { authorization: `Bearer ${config.users[0]?.user.token}` };
  return new Promise((resolve, reject) => {
    const asking = request(url, { ca, headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asking.on('error', reject).end();
  });
}
