/** A real Thanos: receive, query and ruler as servers, its bucket tools as a command. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sample } from '../../../src/ports.ts';
import { answers, freePort, launch, temporaryFolder } from './process.ts';
import type { RuleText } from './prometheus.ts';
import { remoteWrite } from './remote-write.ts';

export interface RunningRuler {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Stopped and started again on what it has recorded. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Loads the rules and evaluates them by a Prometheus or a Thanos Query, which may ask it at the gRPC port. Throws an Error
 * with its log when it does not start.
 */
export async function startRuler(
  command: string,
  query: string,
  rules: readonly RuleText[],
  grpcPort?: number,
): Promise<RunningRuler> {
  const folder = await temporaryFolder('thanos-rule');
  for (const { name, text } of rules) await writeFile(join(folder.path, name), text);
  const [http, grpc] = [await freePort(), grpcPort ?? (await freePort())];
  const url = `http://127.0.0.1:${http}`;
  const start = () =>
    launch({
      name: 'thanos rule',
      command,
      args: [
        'rule',
        `--data-dir=${join(folder.path, 'data')}`,
        ...rules.map(({ name }) => `--rule-file=${join(folder.path, name)}`),
        `--query=${query}`,
        `--http-address=127.0.0.1:${http}`,
        `--grpc-address=127.0.0.1:${grpc}`,
        '--label=rule_replica="0"',
      ],
      ready: async () => (await answers(`${url}/-/ready`)) && (await hasLoaded(url)),
    });
  try {
    let server = await start();
    return {
      url,
      restart: async () => {
        await server.stop();
        server = await start();
      },
      stop: async () => {
        await server.stop();
        await folder.remove();
      },
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

export interface RunningQuery {
  /** `http://127.0.0.1:PORT` of Thanos Query. */
  readonly url: string;
  /** Where Query looks for a ruler's gRPC. */
  readonly rulerPort: number;
  /** By remote write through Receive; resolves when it is stored. */
  push(samples: readonly Sample[]): Promise<void>;
  stop(): Promise<void>;
}

/** Receive, and Query in front of it and of a ruler that may come. What Receive adds to every series is left out, as replicas are. */
export async function startQuery(command: string): Promise<RunningQuery> {
  const folder = await temporaryFolder('thanos-receive');
  const [write, receiveGrpc, receiveHttp] = [await freePort(), await freePort(), await freePort()];
  const capnproto = await freePort();
  const [http, grpc, rulerPort] = [await freePort(), await freePort(), await freePort()];
  const url = `http://127.0.0.1:${http}`;
  const receive = await launch({
    name: 'thanos receive',
    command,
    args: [
      'receive',
      `--tsdb.path=${folder.path}`,
      '--label=receive_replica="0"',
      `--remote-write.address=127.0.0.1:${write}`,
      `--grpc-address=127.0.0.1:${receiveGrpc}`,
      `--http-address=127.0.0.1:${receiveHttp}`,
      // Of no use here, but its usual port is one for the whole machine.
      `--receive.capnproto-address=127.0.0.1:${capnproto}`,
    ],
    ready: () => answers(`http://127.0.0.1:${receiveHttp}/-/ready`),
  });
  const query = await launch({
    name: 'thanos query',
    command,
    args: [
      'query',
      `--endpoint=127.0.0.1:${receiveGrpc}`,
      `--endpoint=127.0.0.1:${rulerPort}`,
      ...['receive_replica', 'tenant_id', 'rule_replica'].map((label) => `--query.replica-label=${label}`),
      '--query.lookback-delta=300s',
      `--http-address=127.0.0.1:${http}`,
      `--grpc-address=127.0.0.1:${grpc}`,
    ],
    ready: () => answers(`${url}/-/ready`),
  });
  const push = (samples: readonly Sample[]) => remoteWrite(`http://127.0.0.1:${write}/api/v1/receive`, samples);
  await firstSeen(url, push);
  return {
    url,
    rulerPort,
    push,
    stop: async () => {
      await query.stop();
      await receive.stop();
      await folder.remove();
    },
  };
}

/** Query asks its stores every few seconds what they hold; until then it finds nothing in a new one. */
async function firstSeen(url: string, push: RunningQuery['push']): Promise<void> {
  const timestamp = Date.now() / 1000;
  await push([{ labels: { __name__: 'first_seen' }, value: 1, timestamp }]);
  for (let tries = 0; tries < 300; tries += 1) {
    const text = await (await fetch(`${url}/api/v1/query?query=first_seen`)).text();
    if (text.includes('"first_seen"')) return;
    await sleep(100);
  }
  throw new Error('Thanos Query does not see what Receive has stored');
}

/** What Thanos says to a `thanos.yaml`: nothing when it opens the bucket and lists it, else its last words. */
export async function openBucket(command: string, thanosYaml: string): Promise<string | undefined> {
  const folder = await temporaryFolder('thanos-bucket');
  const file = join(folder.path, 'thanos.yaml');
  await writeFile(file, thanosYaml, { mode: 0o600 });
  const args = ['tools', 'bucket', 'ls', `--objstore.config-file=${file}`];
  const said = await new Promise<string | undefined>((resolve) => {
    execFile(command, args, { timeout: 60_000 }, (error, _, stderr) => {
      resolve(error === null ? undefined : stderr.trim().split('\n').at(-1) || error.message);
    });
  });
  await folder.remove();
  return said;
}

/** A ruler says that it is ready a moment before it reads its rules, and ends when they are none. */
async function hasLoaded(url: string): Promise<boolean> {
  const response = await fetch(`${url}/metrics`);
  return /^thanos_rule_config_last_reload_successful 1$/m.test(await response.text());
}
