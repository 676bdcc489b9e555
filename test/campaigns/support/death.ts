/** A program that dies in the middle: from one moment on nothing it asks reaches a server, and nothing answers it. */
import type { VirtualClock } from '../../../src/adapters/virtual-clock.ts';
import type { HttpRequest, Transport } from '../../../src/http.ts';
import type { ObjectStore } from '../../../src/ports.ts';
import type { Wires } from '../../helpers/harness.ts';

/** Whether a request changes something, be it for a moment: Views and the Lease count, dry runs and reviews do not. */
function isWrite({ method, path }: Pick<HttpRequest, 'method' | 'path'>): boolean {
  return method !== 'GET' && method !== 'HEAD' && !/dryRun=All|selfsubjectaccessreviews/.test(path);
}

export interface Deadly extends Wires {
  /** Writes that reached a server. */
  readonly writes: readonly string[];
}

/** A clock whose time a dead program does not hold up; in true time there is nothing to hold. */
export type Idle = Pick<VirtualClock, 'idle'>;

/** Dies right after the n-th write: it is done, and its answer is never heard. `Infinity`: counts only. */
export function dyingAfter(n: number, clock: Idle): Deadly {
  return dyingWhen((_, number) => number === n, clock);
}

/** Dies right after the first write that is chosen, by what it is (`cluster METHOD path`, `s3 write key`) or its number. */
export function dyingWhen(chosen: (what: string, number: number) => boolean, clock: Idle): Deadly {
  const writes: string[] = [];
  let isDead = false;
  let die: () => void = () => {};
  const death = new Promise<void>((resolve) => {
    die = resolve;
  });
  // Idle: a dead program holds no time up.
  const silence = () => clock.idle(() => new Promise<never>(() => {}));
  const wrote = async (what: string): Promise<void> => {
    writes.push(what);
    if (isDead || !chosen(what, writes.length)) return;
    isDead = true;
    die();
    await silence();
  };
  const dead = () => isDead;

  const transport = (inner: Transport, cluster: string): Transport => ({
    ...inner,
    async send(request) {
      if (dead()) return silence();
      // What was sent before it died arrives all the same; its answer does not.
      const answer = await inner.send(request);
      if (isWrite(request)) await wrote(`${cluster} ${request.method} ${request.path.split('?')[0]}`);
      return dead() ? silence() : answer;
    },
  });
  const store = (inner: ObjectStore): ObjectStore => {
    const guarded = async <T>(work: () => Promise<T>, write?: string): Promise<T> => {
      if (dead()) return silence();
      const answer = await work();
      if (write !== undefined) await wrote(`s3 ${write}`);
      return dead() ? silence() : answer;
    };
    return {
      endpoint: inner.endpoint,
      bucket: () => guarded(() => inner.bucket()),
      read: (key) => guarded(() => inner.read(key)),
      list: (prefix) => guarded(() => inner.list(prefix)),
      createBucket: () => guarded(() => inner.createBucket(), 'create bucket'),
      write: (key, body) => guarded(() => inner.write(key, body), `write ${key}`),
      remove: (key) => guarded(() => inner.remove(key), `remove ${key}`),
      destroy: () => guarded(() => inner.destroy(), 'destroy'),
    };
  };
  return { transport, store, death, writes };
}
