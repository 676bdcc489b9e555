/** A door in front of a server that counts who comes and goes, and touches nothing of what passes. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Relay {
  readonly url: string;
  /** Connections so far. */
  readonly opened: number;
  /** Connections that were made after another had already ended: the ones a pool should have kept. */
  readonly reopened: number;
  close(): Promise<void>;
}

/** @param server `https://127.0.0.1:PORT` */
export async function startRelay(server: string): Promise<Relay> {
  const { hostname: host, port } = new URL(server);
  const sockets = new Set<Socket>();
  const seen = { opened: 0, ended: 0, reopened: 0 };
  const listener = createServer((near) => {
    seen.opened += 1;
    if (seen.ended > 0) seen.reopened += 1;
    const far = connect(Number(port), host);
    near.once('close', () => {
      seen.ended += 1;
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      // Whichever side breaks, the other learns by its end; what broke is theirs to tell.
      one.on('error', () => other.destroy());
      one.once('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    url: `https://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    get opened() {
      return seen.opened;
    },
    get reopened() {
      return seen.reopened;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}
