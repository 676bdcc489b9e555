/**
 * Killed at any moment, run again: the clusters are the memory. Real processes; the moments are random, from a seed. Three
 * in every run of the tests, thirty in the campaign.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { often, patience, random, seed } from '../campaigns/support/sample.ts';
import { type Row, tell } from '../campaigns/support/tally.ts';
import { installProgram, type ServedSandbox, serveInstalled } from '../helpers/installed.ts';

/** An apply on a fresh hub asks this often at least: a moment is a number of requests, so that a slow machine has the same. */
const requests = { apply: 140, uninstall: 90 } as const;
const next = random(seed);
const rows: Row[] = [];

/** One moment in each part, so that the beginning, the middle and the waiting are each met. */
function moments(command: keyof typeof requests, count: number): number[] {
  return Array.from({ length: count }, (_, part) => Math.floor(((part + next()) * requests[command]) / count) + 1);
}

const chosen = [
  ...moments('apply', often(3, 20)).map((moment) => ['apply', moment] as const),
  ...moments('uninstall', often(0, 10)).map((moment) => ['uninstall', moment] as const),
];

/** What a run may leave behind for a moment, and must not leave for good. */
const leftovers = [
  '/apis/view.open-cluster-management.io/v1beta1/managedclusterviews',
  '/apis/action.open-cluster-management.io/v1beta1/managedclusteractions',
  '/apis/coordination.k8s.io/v1/namespaces/open-cluster-management/leases',
];

describe('a process that was killed', { timeout: Math.max(patience, 240_000) }, () => {
  let program: Awaited<ReturnType<typeof installProgram>>;
  const sandboxes: ServedSandbox[] = [];

  beforeAll(async () => {
    program = await installProgram();
  });

  afterAll(async () => {
    await tell('processes', rows);
    await Promise.all(sandboxes.map((sandbox) => sandbox.stop()));
    await program?.remove();
  });

  // At once: most of the time is spent waiting until the lock of the dead run has expired.
  it.concurrent.each(chosen)('in %s, by SIGKILL after %i requests, converges when it is run again', async (...at) => {
    const [command, moment] = at;
    const served = await serveInstalled(program.main, ['--speed', '60']);
    sandboxes.push(served);
    if (command === 'uninstall') await served.run('apply --yes');
    const before = (await served.requests()).length;
    const killed = served.begin(`${command} --yes`);
    let running = true;
    void killed.ended.then(() => {
      running = false;
    });
    while (running && (await served.requests()).length < before + moment) await pause();
    killed.kill('SIGKILL');
    const { code: killedWith } = await killed.ended;

    const again = await served.run(`${command} --yes -o json`);
    const after = await served.run(command === 'apply' ? 'verify -o json' : 'uninstall --yes -o json');

    expect(killedWith).toBeNull();
    expect(again.report().problems).toEqual([]);
    expect(again.code).toBe(0);
    expect(after.code).toBe(0);
    expect(await left(served)).toEqual([]);
    await served.stop();
    sandboxes.splice(sandboxes.indexOf(served), 1);
    if (command === 'uninstall') expect(after.report().verdict).toBe('unchanged');
    count(command);
  });
});

function count(command: string): void {
  const what = `SIGKILL of a process in ${command}`;
  const at = rows.findIndex((row) => row.what === what);
  const tried = (rows[at]?.tried ?? 0) + 1;
  rows.splice(at < 0 ? rows.length : at, 1, { what, tried, bad: { lost: 0, stuck: 0 } });
}

function pause(): Promise<void> {
  return new Promise((done) => setTimeout(done, 5));
}

async function left(sandbox: ServedSandbox): Promise<string[]> {
  const lists = await Promise.all(leftovers.map((path) => sandbox.get('hub', path)));
  return lists.flatMap((list) => (list as { items: { metadata: { name: string } }[] }).items.map(nameOf));
}

function nameOf({ metadata }: { metadata: { name: string } }): string {
  return metadata.name;
}
