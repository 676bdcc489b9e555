/** A real Prometheus: takes samples by remote write, evaluates the rules it is given. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Sample } from '../../../src/ports.ts';
import { answers, freePort, launch, temporaryFolder } from './process.ts';
import { remoteWrite } from './remote-write.ts';

export interface RuleText {
  /** `custom_rules.yaml` */
  readonly name: string;
  readonly text: string;
}

export interface RunningPrometheus {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Resolves when they can be asked for. */
  push(samples: readonly Sample[]): Promise<void>;
  /** From now on these rules. Throws an Error where Prometheus refuses them. */
  load(rules: readonly RuleText[]): Promise<void>;
  stop(): Promise<void>;
}

/** `lookbackSeconds`: as thanos-query has it; five minutes unless told. */
export async function startPrometheus(command: string, lookbackSeconds = 300): Promise<RunningPrometheus> {
  const folder = await temporaryFolder('prometheus');
  const config = join(folder.path, 'prometheus.yaml');
  const rules = join(folder.path, 'rules');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await mkdir(rules);
  await writeFile(
    config,
    stringify({
      global: { evaluation_interval: '1s' },
      rule_files: [join(rules, '*')],
      storage: { tsdb: { out_of_order_time_window: '1h' } },
    }),
  );
  const server = await launch({
    name: 'prometheus',
    command,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder.path, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--query.lookback-delta=${lookbackSeconds}s`,
      '--web.enable-lifecycle',
      '--web.enable-remote-write-receiver',
    ],
    ready: () => answers(`${url}/-/ready`),
  });
  return {
    url,
    push: (samples) => remoteWrite(`${url}/api/v1/write`, samples),
    load: async (files) => {
      await rm(rules, { recursive: true });
      await mkdir(rules);
      for (const { name, text } of files) await writeFile(join(rules, name), text);
      const response = await fetch(`${url}/-/reload`, { method: 'POST' });
      const said = await response.text();
      if (!response.ok) throw new Error(`reload: HTTP ${response.status}: ${said}`);
    },
    stop: async () => {
      await server.stop();
      await folder.remove();
    },
  };
}
