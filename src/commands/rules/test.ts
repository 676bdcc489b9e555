/** `rules test`: the unit tests of packs, on the real Prometheus engine, in both orders of the groups. */
import { join } from 'node:path';
import { runPromtool, withFiles } from '../../adapters/promtool.ts';
import type { GlobalOptions } from '../../cli/options.ts';
import type { CommandResult } from '../../cli/output.ts';
import type { Shell } from '../../cli/shell.ts';
import { exits } from '../../engine/exits.ts';
import { openPack } from '../../packs/load.ts';
import type { Pack } from '../../packs/pack.ts';
import { clusterRuleFile, hubRuleFile } from '../../packs/rule-files.ts';
import { type PackTest, packTests, ruleFileNames, testParameters } from '../../packs/tests.ts';
import { allOpen, openNamed, type PackFlags } from './open.ts';

export interface TestFlags extends PackFlags {
  /** The program; found on the PATH unless told. */
  readonly promtool?: string;
}

interface Outcome {
  readonly pack: string;
  readonly name: string;
  readonly order: string;
  readonly ok: boolean;
  readonly output: string;
}

/** Exit 3 when a test fails. @throws Problem `promtool-missing`. */
export async function rulesTestCommand(options: GlobalOptions & TestFlags, shell: Shell): Promise<CommandResult> {
  const opened = allOpen(await openNamed(options, options, shell, { examples: true }));
  const outcomes: Outcome[] = [];
  for (const { pack } of opened) outcomes.push(...(await testPack(pack, options, shell)));
  const failed = outcomes.filter(({ ok }) => !ok);
  return {
    exitCode: failed.length > 0 ? exits.checkFailed : exits.done,
    text: told(outcomes),
    forms: { json: () => JSON.stringify({ schemaVersion: 1, command: 'rules test', outcomes }, undefined, 2) },
  };
}

function told(outcomes: readonly Outcome[]): string {
  const lines = outcomes.flatMap(({ pack, name, order, ok, output }) => {
    const groups = order.includes(',') ? ` (groups in the order ${order})` : '';
    const head = `${ok ? 'ok  ' : 'FAIL'}  ${pack}: ${name}${groups}`;
    return ok
      ? [head]
      : [
          head,
          ...output
            .trim()
            .split('\n')
            .map((line) => `      ${line}`),
        ];
  });
  const bad = outcomes.filter(({ ok }) => !ok).length;
  return [...lines, `${outcomes.length - bad} passed, ${bad} failed.`].join('\n');
}

async function testPack(given: Pack, { param, promtool }: TestFlags, shell: Shell): Promise<Outcome[]> {
  // What the tests need to be set comes from beside them; what the command line sets stays.
  const own = await testParameters(given.folder);
  const forced = Object.fromEntries(param.map((text) => text.split('=', 1)).map(([name = '']) => [name, undefined]));
  const parameters = { ...given.parameters, ...own, ...pick(given.parameters, Object.keys(forced)) };
  const [opened] = allOpen([await openPack(given.folder, parameters)]);
  const pack = opened?.pack ?? given;
  const tests = await packTests(pack);
  const files = { [ruleFileNames.hub]: hubRuleFile([pack]), [ruleFileNames.cluster]: clusterRuleFile([pack]) };
  return withFiles({ ...files, ...asFiles(tests) }, async (folder) => {
    const engine = { env: shell.env, signal: shell.signal, ...(promtool === undefined ? {} : { command: promtool }) };
    const checked = Object.keys(files).map((name) => join(folder, name));
    const check = await runPromtool(['check', 'rules', '--lint=none', ...checked], engine);
    const outcomes: Outcome[] = [{ pack: pack.name, name: 'promtool check rules', order: '', ...check }];
    for (const test of tests) {
      for (const [at, { order }] of test.variants.entries()) {
        const answer = await runPromtool(['test', 'rules', join(folder, fileOf(test, at))], engine);
        outcomes.push({ pack: pack.name, name: test.name, order, ...answer });
      }
    }
    return outcomes;
  });
}

function pick(values: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, values[name]]));
}

function asFiles(tests: readonly PackTest[]): Record<string, string> {
  return Object.fromEntries(
    tests.flatMap((test) => test.variants.map(({ text }, at) => [fileOf(test, at), text] as const)),
  );
}

const fileOf = (test: PackTest, at: number): string => `${at}-${test.name.replace('/', '-')}`;
