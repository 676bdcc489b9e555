/**
 * A person who knows nothing can act: a sandbox is brought into a broken state and stays in it, the fix that `verify` prints is
 * pasted — our own commands in this process, `oc` as a real kubectl against the sandbox on a socket — and the state is gone. What
 * no pasted command can put right is named, with the reason. `docs/verify.md` tells both.
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
import { rewrite } from './support/page.ts';
import { repairable, unrepairable } from './support/repairable.ts';
import { random, sampled, seed } from './support/sample.ts';
import { tell } from './support/tally.ts';

const kubectl = [process.env.KUBECTL ?? '', join(import.meta.dirname, '../../.cache/bin/kubectl')].find(
  (path) => path !== '' && existsSync(path),
);

const only = process.env.REPAIRS?.split(',');

/** Ten at random, always the same ones; all with `CAMPAIGN=full`; those of `REPAIRS=NAME,NAME`. */
function chosen(): readonly string[] {
  const next = random(seed);
  const shuffled = repairable.map((name) => [next(), name] as const).sort(([a], [b]) => a - b);
  const names = shuffled.map(([, name]) => name).filter((name) => only?.includes(name) ?? true);
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

/** What people have as `oc`: kubectl, and `oc adm` besides. */
const oc = (path: string) => `oc() { [ "$1" = adm ] && shift; "${path}" "$@"; }`;

it('is known of every broken state: a command repairs it, or a person has to, for a reason', () => {
  expect([...repairable, ...unrepairable.flatMap(([, names]) => names)].sort()).toEqual(Object.keys(states).sort());
});

describe.skipIf(kubectl === undefined)(
  `the printed fix, pasted${kubectl === undefined ? ' (skipped: no kubectl)' : ''}`,
  () => {
    let ours: WrittenConfiguration;
    const pasted = new Map<string, string>();
    const names = chosen();
    beforeAll(async () => {
      ours = await writeConfiguration();
    });
    afterAll(async () => {
      await ours.remove();
      const left = names.length - pasted.size;
      const row = { what: 'fixes pasted', tried: names.length, of: repairable.length, bad: { 'not repaired': left } };
      const others = unrepairable.flatMap(([, group]) => group).length;
      await tell('repairs', [{ ...row, note: `${others} of ${others + repairable.length} states need a person` }]);
      if (pasted.size === repairable.length) await rewrite('repairs', tables(pasted));
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
        const script = `${oc(kubectl ?? '')}; ${command}`;
        await new Promise<void>((done, failed) =>
          execFile('sh', ['-c', script], { env, timeout: 60_000 }, (error, _, said) =>
            error === null ? done() : failed(new Error(`${command}: ${said}`)),
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
        const command = commandIn(broken?.fix ?? '');
        // What goes by itself was not repaired by anybody.
        if (!command.includes('--wait')) {
          await hub.pass(1_200);
          expect(firstIn((await hub.run(`verify -o json${flags}`)).report)?.code).toBe(broken?.code);
        }

        await paste(hub, command, flags);
        await hub.pass(1_200);

        const after = (await hub.run(`verify -o json${flags}`)).report;
        expect(firstIn(after)).toBeUndefined();
        pasted.set(name, command);
      } finally {
        await hub.stop();
      }
    });
  },
);

/** What was pasted, and what nobody can paste. */
function tables(pasted: ReadonlyMap<string, string>): string {
  const cell = (command: string) => `\`${command.replaceAll('|', '\\|')}\``;
  const rows = repairable.map((name) => `| \`${name}\` | ${cell(pasted.get(name) ?? '')} |`);
  const reasons = unrepairable.map(([why, names]) => `| ${names.map((name) => `\`${name}\``).join(', ')} | ${why} |`);
  return [
    `${rows.length} states are put right by what is printed:`,
    `| state | pasted |\n|---|---|\n${rows.join('\n')}`,
    `The other ${unrepairable.flatMap(([, names]) => names).length} need somebody:`,
    `| states | why |\n|---|---|\n${reasons.join('\n')}`,
  ].join('\n\n');
}
