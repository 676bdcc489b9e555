/**
 * A person who knows nothing can act: a sandbox is brought into a broken state, the fix that `verify` prints is pasted — our own
 * commands in this process, `oc` as a real kubectl against the sandbox on a socket — and the state is gone.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hops } from '../../src/checks/index.ts';
import type { Report, ReportCheck } from '../../src/render/report.ts';
import { serveSandbox } from '../../src/sandbox/serve.ts';
import { states } from '../../src/sandbox/states/index.ts';
import { createHarness, type Harness } from '../helpers/harness.ts';
import { type WrittenConfiguration, writeConfiguration } from './support/configuration.ts';
import { random, sampled, seed } from './support/sample.ts';
import { tell } from './support/tally.ts';

const kubectl = [process.env.KUBECTL ?? '', join(import.meta.dirname, '../../.cache/bin/kubectl')].find(
  (path) => path !== '' && existsSync(path),
);

/** What one command puts right. The others are put right at a store, on a network, or by a choice that only a person can make. */
const repairable = [
  'observability-paused',
  'observability-gone',
  'collection-off',
  'operator-down',
  'thanos-secret-gone',
  'thanos-secret-renamed-key',
  'thanos-secret-rotated',
  'thanos-yaml-unreadable',
  'thanos-yaml-untyped',
  'thanos-yaml-bucketless',
  'thanos-endpoint-url',
  'thanos-yaml-odd-key',
  'cluster-not-accepted',
  'cluster-collection-off',
  'user-workload-off',
  'addon-terminating',
  'rules-emptied',
  'dashboard-deleted',
  'dashboard-unlabelled',
  'interval-short',
  'retention-short',
  'pull-secret-rotated',
  'pull-secret-gone',
  'hashring-stale',
  'namespace-unlabelled',
  'certificate-ending',
  'certificate-ended',
  'addon-entry-left',
] as const satisfies readonly (keyof typeof states)[];

/** Ten at random, always the same ones; all with `CAMPAIGN=full`. */
function chosen(): readonly string[] {
  const next = random(seed);
  const shuffled = repairable.map((name) => [next(), name] as const).sort(([a], [b]) => a - b);
  const names = shuffled.map(([, name]) => name);
  return process.env.CAMPAIGN === 'full' ? sampled(names, names.length) : names.slice(0, 10);
}

const bad = new Set(['fail', 'warn', 'unknown']);

/** The first broken hop. */
function firstIn({ checks }: Report): ReportCheck | undefined {
  return hops
    .flatMap(({ id }) => checks.filter((check) => check.id === id && bad.has(check.verdict)))
    .find(({ code }) => code !== 'drifted');
}

/** What stands between the first two backquotes: the thing to do first. */
function commandIn(fix: string): string {
  const command = /`([^`]+)`/.exec(fix)?.[1];
  if (command === undefined) throw new Error(`nothing to paste in: ${fix}`);
  return command;
}

describe.skipIf(kubectl === undefined)(
  `the printed fix, pasted${kubectl === undefined ? ' (skipped: no kubectl)' : ''}`,
  () => {
    let ours: WrittenConfiguration;
    let repaired = 0;
    const names = chosen();
    beforeAll(async () => {
      ours = await writeConfiguration();
    });
    afterAll(async () => {
      await ours.remove();
      const row = { what: 'fixes pasted', tried: names.length, of: repairable.length };
      await tell('repairs', [{ ...row, bad: { 'not repaired': names.length - repaired } }]);
    });

    /** In the shell of a person: what is quoted stays one word. */
    async function paste(hub: Harness, command: string, flags: string): Promise<void> {
      if (command.startsWith('acm-observability ')) {
        const yes = command.includes(' apply') ? ' --yes' : '';
        const { exitCode, stderr } = await hub.run(
          `${command.replace('acm-observability ', '')}${yes} -o json${flags}`,
        );
        // Other clusters, or hops that need an interval, may not be well yet: that is asked below.
        expect([0, 3, 5], stderr.slice(-500)).toContain(exitCode);
        return;
      }
      const dir = await mkdtemp(join(tmpdir(), 'repair-'));
      const served = await serveSandbox(hub.sandbox, { dir });
      try {
        const env = { PATH: process.env.PATH, HOME: dir, KUBECONFIG: join(dir, 'kubeconfig') };
        await new Promise<void>((done, failed) =>
          execFile(
            'sh',
            ['-c', `oc() { "${kubectl}" "$@"; }; ${command}`],
            { env, timeout: 60_000 },
            (error, _, said) => (error === null ? done() : failed(new Error(`${command}: ${said}`))),
          ),
        );
      } finally {
        await served.close();
        await rm(dir, { recursive: true });
      }
    }

    it.each(names)('repairs %s', async (name) => {
      const state = states[name]!;
      const flags = state.configured ? ` -f ${ours.file}` : '';
      const hub = await createHarness({ scenario: 'quest', size: 3 });
      try {
        expect((await hub.run(`apply --yes -o json${flags}`)).exitCode).toBe(0);
        await hub.sandbox.bring(name);
        await hub.pass(state.settle);
        const broken = firstIn((await hub.run(`verify -o json${flags}`)).report);

        await paste(hub, commandIn(broken?.fix ?? ''), flags);
        await hub.pass(1_200);

        const after = (await hub.run(`verify -o json${flags}`)).report;
        expect(firstIn(after)).toBeUndefined();
        repaired += 1;
      } finally {
        await hub.stop();
      }
    });
  },
);
