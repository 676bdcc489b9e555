import { beforeEach, describe, expect, it } from 'vitest';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { createVirtualClock } from '../../src/adapters/virtual-clock.ts';
import { acquireLease, leaseName } from '../../src/engine/lease.ts';
import { isProblem, type Problem } from '../../src/engine/problem.ts';
import { type Lease, LeaseKind } from '../../src/kinds.ts';
import type { Clock, Cluster } from '../../src/ports.ts';
import { createApiServer } from '../../src/sandbox/api/index.ts';

const namespace = 'open-cluster-management';
const key = { namespace, name: leaseName };

describe('the lease of a run', () => {
  let clock: Clock;
  let hub: Cluster;

  beforeEach(() => {
    clock = createVirtualClock({ startMs: Date.parse('2026-01-05T09:41:00Z') });
    const server = createApiServer({ name: 'hub', clock });
    server.seed([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
    hub = createCluster({ name: 'hub', transport: server.transport(), clock });
  });

  const acquire = (who: string, signal = new AbortController().signal) =>
    acquireLease({
      hub,
      namespace,
      holder: { who, run: who.slice(0, 4), startedAt: new Date(clock.now()).toISOString() },
      clock,
      signal,
    });

  it('is there while a run works, and gone after it', async () => {
    const held = await acquire('anna@laptop');
    const during = await hub.get(LeaseKind, key);

    await held.release();

    expect(during?.spec?.holderIdentity).toBe('anna@laptop (run anna)');
    expect(await hub.get(LeaseKind, key)).toBeUndefined();
  });

  it('is renewed, so that a second run sees the first alive and says who and since when', async () => {
    const held = await acquire('anna@laptop');

    const refusal: unknown = await acquire('bert@pipeline').catch((error: unknown) => error);

    expect(isProblem(refusal, 'locked')).toBe(true);
    expect((refusal as Problem).message).toContain('anna@laptop (run anna) has been at work since 2026-01-05T09:41:00');
    expect((refusal as Problem).exitCode).toBe(8);
    await held.release();
  });

  it('of a run that died is taken over once it has gone a whole duration without a renewal', async () => {
    const killed = new AbortController();
    await acquire('anna@laptop', killed.signal);
    killed.abort(new Error('SIGKILL'));
    const before = clock.now();

    const held = await acquire('bert@pipeline');

    expect((await hub.get(LeaseKind, key))?.spec?.holderIdentity).toBe('bert@pipeline (run bert)');
    expect(clock.now() - before).toBeGreaterThanOrEqual(15_000);
    await held.release();
  });

  it('goes to one of two that find the same dead holder', async () => {
    const dead: Lease = {
      apiVersion: LeaseKind.apiVersion,
      kind: LeaseKind.kind,
      metadata: { ...key },
      spec: { holderIdentity: 'nobody (run 0000)', leaseDurationSeconds: 15 },
    };
    await hub.create(LeaseKind, dead);

    const both = await Promise.allSettled([acquire('anna@laptop'), acquire('bert@pipeline')]);

    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const one of both) if (one.status === 'fulfilled') await one.value.release();
  });

  it('tells its run when somebody else has taken it, and leaves theirs alone', async () => {
    const held = await acquire('anna@laptop');
    const live = await hub.get(LeaseKind, key);
    await hub.replace(LeaseKind, { ...live!, spec: { ...live?.spec, holderIdentity: 'bert@pipeline' } });

    await clock.sleep(6_000);
    await held.release();

    expect(held.lost.aborted).toBe(true);
    expect(isProblem(held.lost.reason, 'lock-lost')).toBe(true);
    expect((await hub.get(LeaseKind, key))?.spec?.holderIdentity).toBe('bert@pipeline');
  });
});
