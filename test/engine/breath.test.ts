import { describe, expect, it } from 'vitest';
import { breath, flatMapInParts } from '../../src/engine/breath.ts';

describe('breath', () => {
  it('lets what waits for its turn go first', async () => {
    const seen: string[] = [];
    setImmediate(() => seen.push('waiting'));

    await breath();
    seen.push('on');

    expect(seen).toEqual(['waiting', 'on']);
  });
});

describe('flatMapInParts', () => {
  it('is flatMap, whatever the length', async () => {
    for (const length of [0, 1, 499, 500, 501, 1_200]) {
      const items = Array.from({ length }, (_, at) => at);
      const twice = (item: number) => (item % 3 === 0 ? [] : [item, -item]);

      expect(await flatMapInParts(items, twice)).toEqual(items.flatMap(twice));
    }
  });

  it('turns the event loop between its parts', async () => {
    let turns = 0;
    let over = false;
    const count = () => {
      turns += 1;
      if (!over) setImmediate(count);
    };
    setImmediate(count);

    const done = await flatMapInParts(Array.from({ length: 2_000 }), () => [turns]);
    over = true;

    expect(new Set(done).size).toBe(4);
  });
});
