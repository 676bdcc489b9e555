/** docs/packs.md: what it shows can be used as it stands. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { defaultFacts } from '../../src/packs/lint/finding.ts';
import { lintPacks } from '../../src/packs/lint/index.ts';
import { openPack, shippedPacks } from '../../src/packs/load.ts';
import { clustersOf } from '../../src/packs/simulate/chain.ts';
import { readScenario } from '../../src/packs/simulate/scenario.ts';

let folder: string;
let text: string;
let examples: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packs-document-'));
  text = await readFile(join(import.meta.dirname, '../../docs/packs.md'), 'utf8');
  examples = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml);
});
afterAll(() => rm(folder, { recursive: true }));

const exampleWith = (beginning: string) => examples.find((one) => one.startsWith(beginning)) ?? '';

/** The pack of the document, with the words of its scenario. */
async function opened() {
  await writeFile(join(folder, 'pack.yaml'), exampleWith('apiVersion') + exampleWith('simulation'));
  return openPack(folder, {}, { examples: true });
}

describe('docs/packs.md', () => {
  it('shows a pack the lint finds nothing in', async () => {
    expect(lintPacks([await opened()], defaultFacts)).toEqual([]);
  });

  it('shows a scenario in that pack’s words', async () => {
    const found = await opened();
    if ('issues' in found) throw new Error('it does not open');
    const { simulation } = found.opened.source;

    const scenario = readScenario('night.yaml', exampleWith('title: A long night'), simulation!);
    const [paris] = clustersOf(found.opened, scenario, 300);

    expect(paris).toMatchObject({
      cluster: 'paris',
      local: [{ series: 'queue_length{queue="orders", namespace="shop"}' }],
    });
    expect(new Set(paris?.local[0]?.values)).toEqual(new Set([10, 5000]));
    expect(scenario.silences).toHaveLength(1);
    expect(scenario.stops).toHaveLength(1);
  });

  it('links every pack that is shipped, and names those a configuration may', async () => {
    const names = (await shippedPacks()).map(({ name }) => name);

    for (const name of names) expect(text).toContain(`(../manifests/packs/${name}/README.md)`);
    for (const one of parse(exampleWith('packs:')).packs) {
      if (one.path === undefined) expect(names).toContain(one.name ?? one);
    }
  });
});
