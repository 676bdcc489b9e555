/** A real Thanos: its ruler as a server, its bucket tools as a command. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answers, freePort, launch, temporaryFolder } from './process.ts';
import type { RuleText } from './prometheus.ts';

export interface RunningRuler {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  stop(): Promise<void>;
}

/** Loads the rules and evaluates them by a Prometheus. Throws an Error with its log when it does not start. */
export async function startRuler(command: string, query: string, rules: readonly RuleText[]): Promise<RunningRuler> {
  const folder = await temporaryFolder('thanos-rule');
  for (const { name, text } of rules) await writeFile(join(folder.path, name), text);
  const [http, grpc] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${http}`;
  try {
    const server = await launch({
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
      ready: () => answers(`${url}/-/ready`),
    });
    return {
      url,
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
