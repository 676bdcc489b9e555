import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConfigMap, ConfigMapKind } from '../../../src/kinds.ts';
import { type Bench, bench, configMap, owner } from './bench.ts';

const data = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2', '3'));
const others = fc.dictionary(fc.constantFrom('w', 'x', 'y', 'z'), fc.constantFrom('1', '2', '3'));
const written = async (run: (world: Bench) => Promise<void>): Promise<void> => run(bench());

describe('for any configurations', () => {
  it('applying twice is applying once', async () => {
    await fc.assert(
      fc.asyncProperty(data, others, data, (before, theirs, mine) =>
        written(async ({ as }) => {
          await as('me').apply(ConfigMapKind, configMap(before));
          await as('them').apply(ConfigMapKind, configMap(theirs));
          const once = await as('me').apply(ConfigMapKind, configMap(mine));

          expect(await as('me').apply(ConfigMapKind, configMap(mine))).toEqual(once);
        }),
      ),
      { numRuns: 40 },
    );
  });

  it('two appliers with different fields never conflict, and each has exactly its own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.boolean(), data, others), { maxLength: 6 }), (turns) =>
        written(async ({ as }) => {
          let [mine, theirs]: [ConfigMap['data'], ConfigMap['data']] = [{}, {}];
          let last: ConfigMap | undefined;
          for (const [isMine, my, their] of turns) {
            if (isMine) mine = my;
            else theirs = their;
            last = await as(isMine ? 'me' : 'them').apply(ConfigMapKind, configMap(isMine ? my : their));
          }

          if (last !== undefined) expect(last.data ?? {}).toEqual({ ...mine, ...theirs });
        }),
      ),
      { numRuns: 40 },
    );
  });

  it('after force the other has lost exactly the fields that changed', async () => {
    await fc.assert(
      fc.asyncProperty(data, data, (theirs, mine) =>
        written(async ({ as }) => {
          await as('them').apply(ConfigMapKind, configMap(theirs));
          const forced = await as('me').apply(ConfigMapKind, configMap(mine), { force: true });

          const kept = Object.keys(theirs).filter((name) => mine[name] === undefined || mine[name] === theirs[name]);
          const owned = Object.keys(Object(owner(forced, 'them')?.fieldsV1?.['f:data'])).filter((name) => name !== '.');
          expect(owned.sort()).toEqual(kept.map((name) => `f:${name}`).sort());
          expect(forced.data ?? {}).toEqual({ ...theirs, ...mine });
        }),
      ),
      { numRuns: 40 },
    );
  });
});
