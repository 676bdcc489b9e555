/** The unit tests of a pack: promtool's own format, with the pack's compiled rules and intervals filled in. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { Problem } from '../engine/problem.ts';
import { isMapping } from '../resources/document.ts';
import type { Pack } from './pack.ts';

/** What a test's `rule_files` may name: the pack's rules on the hub and on a cluster. */
export const ruleFileNames = { hub: 'hub.yaml', cluster: 'cluster.yaml' } as const;

/** Beside the tests: the parameters they are run with. */
const parametersFile = 'parameters.yaml';

export interface PackTest {
  /** `tests/bonus.yaml` */
  readonly name: string;
  /** Ready for promtool; one for each order of the groups. */
  readonly variants: readonly { readonly order: string; readonly text: string }[];
}

/** What the tests of the pack in this folder set its parameters to. */
export async function testParameters(folder: string): Promise<Record<string, unknown>> {
  const text = await readFile(join(folder, 'tests', parametersFile), 'utf8').catch(unlessAbsent);
  const value: unknown = text === undefined ? {} : parse(text);
  if (isMapping(value)) return { ...value };
  throw new Problem('pack-invalid', `${join(folder, 'tests', parametersFile)} is not a mapping.`);
}

/** @throws Problem `pack-invalid` for a file that is no test. */
export async function packTests(pack: Pack): Promise<PackTest[]> {
  const names = (await readdir(join(pack.folder, 'tests')).catch(unlessAbsent)) ?? [];
  const wanted = names.filter((name) => /\.ya?ml$/.test(name) && name !== parametersFile).sort();
  return Promise.all(
    wanted.map(async (name) => ({
      name: `tests/${name}`,
      variants: variantsOf(pack, name, parse(await readFile(join(pack.folder, 'tests', name), 'utf8'))),
    })),
  );
}

function variantsOf(pack: Pack, name: string, test: unknown): PackTest['variants'] {
  if (!isMapping(test) || !Array.isArray(test.tests)) {
    throw new Problem('pack-invalid', `Pack ${pack.name}: tests/${name} is not a test of promtool.`);
  }
  const groups = pack.hub.groups.map((group) => group.name);
  const whole = {
    rule_files: [ruleFileNames.hub, ruleFileNames.cluster],
    // promtool evaluates every group this often, whatever the group says.
    evaluation_interval: pack.hub.groups[0]?.interval ?? '1m',
    ...test,
  };
  const orders = groups.length > 1 ? [groups, groups.toReversed()] : [groups];
  return orders.map((order) => ({
    order: order.join(', '),
    text: stringify(order.length > 1 ? { ...whole, group_eval_order: order } : whole),
  }));
}

function unlessAbsent(error: unknown): undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
