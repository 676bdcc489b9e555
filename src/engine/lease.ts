/**
 * One run at a time on a hub: a Lease in MultiClusterHub's namespace, renewed while the run lives. Whether another holder is
 * alive is judged by watching its renewals on our own clock, never by comparing two clocks.
 */
import { type Key, type Lease, LeaseKind } from '../kinds.ts';
import { type Clock, type Cluster, isApiError } from '../ports.ts';
import { Problem } from './problem.ts';
import { type Right, requireRights } from './rights.ts';

/** Seconds after which a holder that has not renewed is dead. */
const durationSeconds = 15;
const renewalMs = 5_000;
const lookMs = 1_000;
export const leaseName = 'acm-observability';

/** Who holds it, as the refusal names them. */
interface Holder {
  /** `user@host` */
  readonly who: string;
  readonly run: string;
  /** RFC 3339 */
  readonly startedAt: string;
  /** A pipeline's URL, where there is one. */
  readonly link?: string;
}

export interface HeldLease {
  /** Somebody else held it first, and may have changed the hub since it was looked at. */
  readonly awaited: boolean;
  /** Aborts when the lease could not be renewed in time or was taken. */
  readonly lost: AbortSignal;
  /** Gives it back; a lease that is no longer ours is left alone. */
  release(): Promise<void>;
}

export interface LeaseOptions {
  readonly hub: Cluster;
  readonly namespace: string;
  readonly holder: Holder;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What it takes to hold it: to look, to take, to renew and to give back. */
export function leaseRights(namespace: string): Right[] {
  const lease = { group: 'coordination.k8s.io', resource: 'leases', namespace };
  const known = ['get', 'update', 'delete'].map((verb) => ({ verb, ...lease, name: leaseName }));
  return [{ verb: 'create', ...lease }, ...known];
}

/**
 * @throws Problem `locked` naming holder, host and start when another run is alive; `not-permitted` naming what is missing
 * to hold it: a lease that cannot be given back is not taken.
 */
export async function acquireLease(options: LeaseOptions): Promise<HeldLease> {
  const { hub, namespace, clock } = options;
  // The right to read it shows at once, and is named then.
  await requireRights(
    hub,
    leaseRights(namespace).filter(({ verb }) => verb !== 'get'),
  );
  let awaited = false;
  for (;;) {
    const found = await hub.get(LeaseKind, { namespace, name: leaseName }).catch(async (error: unknown) => {
      if (isApiError(error, 403)) await requireRights(hub, leaseRights(namespace));
      throw error;
    });
    const wanted = leaseObject(options, found);
    // Held by ourselves: made by a try whose answer was lost.
    if (found !== undefined && isHeld(found) && !sameHolder(found, wanted)) {
      awaited = true;
      await outlive(options, found);
    }
    try {
      const held = found ? await hub.replace(LeaseKind, wanted) : await hub.create(LeaseKind, wanted);
      return { awaited, ...keep(options, held) };
    } catch (error) {
      // Somebody was faster, or gave back what was watched: look again at who it is.
      const gone = found !== undefined && isApiError(error, 404);
      if (!gone && !isApiError(error, 409)) throw error;
      awaited = true;
      await clock.sleep(lookMs, options.signal);
    }
  }
}

/** Of the same run: a name, a run and a start are never those of two. */
function sameHolder({ spec: one }: Lease, { spec: other }: Lease): boolean {
  return one?.holderIdentity === other?.holderIdentity && one?.acquireTime === other?.acquireTime;
}

function isHeld(lease: Lease): boolean {
  return lease.spec?.holderIdentity !== undefined && lease.spec.holderIdentity !== '';
}

/** Returns when the holder has let its time pass without a renewal; throws as soon as it is seen alive. */
async function outlive(options: LeaseOptions, first: Lease): Promise<void> {
  const { hub, namespace, clock, signal } = options;
  const duration = (first.spec?.leaseDurationSeconds ?? durationSeconds) * 1000;
  const until = clock.now() + duration;
  while (clock.now() < until) {
    await clock.sleep(lookMs, signal);
    const now = await hub.get(LeaseKind, { namespace, name: leaseName });
    if (now === undefined || !isHeld(now)) return;
    if (now.metadata.resourceVersion !== first.metadata.resourceVersion) throw lockedBy(now, namespace);
  }
}

function lockedBy(lease: Lease, namespace: string): Problem {
  const start = lease.spec?.acquireTime ?? 'an unknown time';
  const link = lease.metadata.annotations?.['acm-observability/link'];
  return new Problem(
    'locked',
    `${lease.spec?.holderIdentity} has been at work since ${start}${link === undefined ? '' : ` (${link})`}`,
    { proof: `Lease ${namespace}/${leaseName} was renewed while watched` },
  );
}

function leaseObject({ namespace, holder, clock }: LeaseOptions, found: Lease | undefined): Lease {
  const now = microTime(clock.now());
  return {
    apiVersion: LeaseKind.apiVersion,
    kind: LeaseKind.kind,
    metadata: {
      name: leaseName,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'acm-observability', 'acm-observability/run': holder.run },
      ...(holder.link === undefined ? {} : { annotations: { 'acm-observability/link': holder.link } }),
      ...(found?.metadata.resourceVersion === undefined ? {} : { resourceVersion: found.metadata.resourceVersion }),
    },
    spec: {
      holderIdentity: `${holder.who} (run ${holder.run})`,
      leaseDurationSeconds: durationSeconds,
      acquireTime: holder.startedAt.replace(/(\.\d{3})?Z$/, (_, ms: string | undefined) => `${ms ?? '.000'}000Z`),
      renewTime: now,
    },
  };
}

/** `metav1.MicroTime` has six decimals. */
function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}

function keep(options: LeaseOptions, first: Lease): Omit<HeldLease, 'awaited'> {
  const { hub, namespace, clock, signal } = options;
  const lost = new AbortController();
  const stop = new AbortController();
  let held = first;
  let renewed = clock.now();

  const renewing = (async () => {
    while (!stop.signal.aborted) {
      await clock.sleep(renewalMs, AbortSignal.any([stop.signal, signal]));
      try {
        const wanted = { ...held, spec: { ...held.spec, renewTime: microTime(clock.now()) } };
        held = await hub.replace(LeaseKind, wanted).catch((error: unknown) => stillOurs(hub, held, error));
        renewed = clock.now();
      } catch (error) {
        const taken = isApiError(error, 409) || isApiError(error, 404);
        if (!taken && clock.now() - renewed < durationSeconds * 1000) continue;
        lost.abort(new Problem('lock-lost', `the Lease ${namespace}/${leaseName} is no longer ours`, { cause: error }));
        return;
      }
    }
  })().catch(() => {}); // Only the sleep rejects: released, or the run was interrupted.

  return {
    lost: lost.signal,
    async release() {
      stop.abort(new Error('released'));
      await renewing;
      try {
        await giveBack(hub, held).catch(async (error: unknown) => giveBack(hub, await stillOurs(hub, held, error)));
      } catch (error) {
        if (!isApiError(error, 409)) throw error;
      }
    },
  };
}

/** After a 409: the lease as it is now, when a write of ours whose answer was lost is what changed it; else throws that 409. */
async function stillOurs(hub: Cluster, held: Lease, refused: unknown): Promise<Lease> {
  if (!isApiError(refused, 409)) throw refused;
  const now = await hub.get(LeaseKind, keyOf(held));
  if (now !== undefined && sameHolder(now, held)) return now;
  throw refused;
}

async function giveBack(hub: Cluster, held: Lease): Promise<void> {
  const { uid, resourceVersion } = held.metadata;
  await hub.delete(LeaseKind, keyOf(held), {
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  });
}

function keyOf({ metadata: { name, namespace } }: Lease): Key {
  return { name, ...(namespace === undefined ? {} : { namespace }) };
}
