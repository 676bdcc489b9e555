/** Answers far beyond what a server should send, to real processes: each ends with its reason and within 300 MB. */
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { startServer } from '../adapters/support/servers.ts';
import { folderWith } from '../config/folder.ts';
import { built, start } from '../helpers/child.ts';
import { unbearable } from './support/hostile.ts';
import { patience } from './support/sample.ts';
import { type Row, tell } from './support/tally.ts';

const rows: Row[] = [];
const most = 300;
const mebibyte = 1024 * 1024;

afterAll(() => tell('memory', rows));

describe.skipIf(!built || process.platform !== 'linux')('an answer (needs npm run build, and /proc)', () => {
  it.each<readonly [string, (response: ServerResponse) => void]>([
    ['without end', (response) => endless(response, '{"items":[', '{"metadata":{"name":"x"}},')],
    ['of one text without end', (response) => endless(response, '{"kind":"', 'x'.repeat(1024))],
    ['of one line of HTML without end', (response) => endless(response, '<html>', '<b>'.repeat(400))],
    [
      'of 5 MB of objects',
      (response) => response.end(listOf(50_000, '{"metadata":{"name":"x"},"spec":{"a":[1,2,{}]}}')),
    ],
    [
      'of 10 MB in one name',
      (response) => response.end(listOf(1, `{"metadata":{"name":"${'x'.repeat(10 * mebibyte)}"}}`)),
    ],
    ['of 1 MB of brackets', (response) => response.end('['.repeat(mebibyte))],
  ])('%s ends a run with its reason, within 300 MB', { timeout: patience }, async (what, answer) => {
    const server = await startServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      answer(response);
    });
    onTestFinished(() => server.close());
    const folder = await folderWith({ kubeconfig: kubeconfigOf(server.url) });
    const { child, ended } = start(['verify'], { env: { KUBECONFIG: join(folder, 'kubeconfig') }, cwd: folder });

    const peak = peakOf(child.pid, ended);
    const { code, stdout, stderr } = await ended;

    expect(unbearable({ exitCode: code ?? -1, stdout, stderr: stderr.slice(0, 100_000) })).toEqual([]);
    expect(await peak).toBeLessThan(most);
    rows.push({ what: `an answer ${what}`, tried: 1, bad: { stuck: 0 }, note: `${Math.round(await peak)} MB at most` });
  });
});

function endless(response: ServerResponse, head: string, part: string): void {
  const chunk = part.repeat(Math.ceil((64 * 1024) / part.length));
  response.write(head);
  const more = () => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}

function listOf(count: number, item: string): string {
  return `{"kind":"List","apiVersion":"v1","metadata":{},"items":[${Array.from({ length: count }, () => item).join(',')}]}`;
}

/** Megabytes it has held at most, as the system counts them; looked at until it has ended. */
async function peakOf(pid: number | undefined, ended: Promise<unknown>): Promise<number> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  let peak = 0;
  while (!over) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    peak = Math.max(peak, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
    await new Promise((done) => setTimeout(done, 10));
  }
  return peak;
}

function kubeconfigOf(server: string): string {
  return stringify({
    'current-context': 'hub',
    contexts: [{ name: 'hub', context: { cluster: 'hub', user: 'anna' } }],
    clusters: [{ name: 'hub', cluster: { server } }],
    users: [{ name: 'anna', user: { token: 'a-token' } }],
  });
}
