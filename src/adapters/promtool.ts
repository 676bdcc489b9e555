/** promtool, Prometheus' own tool for rules: the real parser and the real engine, in virtual time. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '../engine/problem.ts';

export interface PromtoolAnswer {
  readonly ok: boolean;
  /** Everything it said. */
  readonly output: string;
}

export interface PromtoolOptions {
  /** The program; `promtool` on the PATH unless told. */
  readonly command?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/** What it may say: the values of a whole contest. */
const mostOutput = 1 << 30;

/** It lives for seconds: collecting its garbage as often as a server does took a quarter of its time. */
const seldomCollected = { GOGC: '800' };

/** @throws Problem `promtool-missing` where it cannot be started. */
export function runPromtool(args: readonly string[], { command = 'promtool', env, signal }: PromtoolOptions) {
  return new Promise<PromtoolAnswer>((done, failed) => {
    const how = { env: { ...seldomCollected, ...env }, maxBuffer: mostOutput, ...(signal && { signal }) };
    execFile(command, [...args], how, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`;
      if (error === null) done({ ok: true, output });
      else if (signal?.aborted) failed(signal.reason);
      else if (typeof error.code === 'number') done({ ok: false, output });
      else failed(new Problem('promtool-missing', `${command}: ${error.message}`, { cause: error }));
    });
  });
}

/** A folder of files for it, gone afterwards whatever happens. */
export async function withFiles<T>(
  files: Readonly<Record<string, string>>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'acm-observability-rules-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
