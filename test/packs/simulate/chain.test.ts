import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenedPack, openPack } from '../../../src/packs/load.ts';
import { clustersOf, leadSeconds, scrapeSeconds } from '../../../src/packs/simulate/chain.ts';
import { readScenario } from '../../../src/packs/simulate/scenario.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chain-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A pack of which only the words matter. */
async function pack(words: string, parameters = ''): Promise<OpenedPack> {
  await mkdir(folder, { recursive: true });
  const head = 'apiVersion: acm-observability/pack-v1\nname: ours\ntitle: Ours\n';
  await writeFile(join(folder, 'pack.yaml'), `${head}${parameters}simulation:\n  table: x\n${words}`);
  const found = await openPack(folder);
  if ('issues' in found) throw new Error(found.issues.map(({ message }) => message).join('\n'));
  return found.opened;
}

/** Values of one series from the scenario's beginning on, a scrape each. */
function values(opened: OpenedPack, events: readonly string[], series: string, length = '5m') {
  const told = { title: 't', length, participants: { anna: 'paris' }, events };
  const scenario = readScenario('s.yaml', JSON.stringify(told), opened.source.simulation!);
  const [cluster] = clustersOf(opened, scenario, 60);
  const found = cluster?.local.find((one) => one.series === series)?.values;
  return found?.slice(leadSeconds / scrapeSeconds);
}

const event = (...series: string[]) =>
  `  events: [{ subject: things, verb: happen, as: thing, series: [${series.join(', ')}] }]\n`;

describe('what a cluster has in a scenario', () => {
  it('is 1 while something happens and 0 after it', async () => {
    const opened = await pack(event('{ series: a }'));

    expect(values(opened, ['things.x happen at 1m for 1m by anna'], 'a')).toEqual([
      undefined,
      undefined,
      ...[1, 1],
      ...[0, 0, 0, 0, 0, 0, 0],
    ]);
  });

  it('has the value the pack gives it, and what always holds comes back afterwards', async () => {
    const opened = await pack(`  always: [{ series: a, value: 250 }]\n${event('{ series: a, value: 900 }')}`);

    expect(values(opened, ['things.x happen at 1m for 1m by anna'], 'a', '3m')).toEqual([
      ...[250, 250],
      ...[900, 900],
      ...[250, 250, 250],
    ]);
  });

  it('grows as a counter while it holds, and stands otherwise', async () => {
    const opened = await pack(event('{ series: a, perSecond: 2 }'));

    expect(values(opened, ['things.x happen at 1m for 1m by anna'], 'a', '3m')).toEqual([
      undefined,
      undefined,
      ...[60, 120],
      ...[120, 120, 120],
    ]);
  });

  it('goes where the pack says so, with the marker of a scrape that no longer finds it', async () => {
    const opened = await pack(`  always: [{ series: a }]\n${event('{ series: a, value: null }')}`);

    expect(values(opened, ['things.x happen at 1m for 1m by anna'], 'a', '3m')).toEqual([
      ...[1, 1],
      ...['stale', undefined],
      ...[1, 1, 1],
    ]);
  });

  it('knows the members of a list the pack has, and any name where it has none', async () => {
    const listed = await pack(
      event(`{ series: 'a{thing="\${{ thing }}"}' }`),
      'parameters: { things: { type: list, default: [hero], description: d } }\n',
    );
    expect(() => values(listed, ['things.heros happen at 1m by anna'], 'a')).toThrow(
      expect.objectContaining({ code: 'scenario-invalid', message: expect.stringContaining('hero') }),
    );

    const free = await pack(event(`{ series: 'a{thing="\${{ thing.name }}"}' }`));
    expect(values(free, ['things.whatever happen at 1m by anna'], 'a{thing="whatever"}')).toBeDefined();
  });
});
