/** Killed at any moment, run again: the clusters are the memory. Real processes; the moments are random, from a seed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installProgram, type ServedSandbox, serveInstalled } from '../helpers/installed.ts';

/** Mulberry32: the same moments in every run of the tests. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An apply on a fresh hub asks this often at least: a moment is a number of requests, so that a slow machine has the same. */
const requests = 140;
const next = random(20261122);
/** One moment in each third, so that the beginning, the middle and the waiting are each met. */
const moments = [0, 1, 2].map((third) => Math.floor(((third + next()) * requests) / 3) + 1);

/** What a run may leave behind for a moment, and must not leave for good. */
const leftovers = [
  '/apis/view.open-cluster-management.io/v1beta1/managedclusterviews',
  '/apis/action.open-cluster-management.io/v1beta1/managedclusteractions',
  '/apis/coordination.k8s.io/v1/namespaces/open-cluster-management/leases',
];

describe('an apply that was killed', { timeout: 240_000 }, () => {
  let program: Awaited<ReturnType<typeof installProgram>>;
  const sandboxes: ServedSandbox[] = [];

  beforeAll(async () => {
    program = await installProgram();
  });

  afterAll(async () => {
    await Promise.all(sandboxes.map((sandbox) => sandbox.stop()));
    await program?.remove();
  });

  // At once: most of the time is spent waiting until the lock of the dead run has expired.
  it.concurrent.each(moments)('by SIGKILL after %i requests converges when it is run again', async (moment) => {
    const served = await serveInstalled(program.main, ['--speed', '60']);
    sandboxes.push(served);
    const before = (await served.requests()).length;
    const killed = served.begin('apply --yes');
    let running = true;
    void killed.ended.then(() => {
      running = false;
    });
    while (running && (await served.requests()).length < before + moment) await pause();
    killed.kill('SIGKILL');
    const { code: killedWith } = await killed.ended;

    const again = await served.run('apply --yes -o json');
    const verified = await served.run('verify -o json');

    expect(killedWith).toBeNull();
    expect(again.report().problems).toEqual([]);
    expect(again.code).toBe(0);
    expect(verified.code).toBe(0);
    expect(await left(served)).toEqual([]);
  });
});

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
