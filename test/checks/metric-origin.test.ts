import { expect, it } from 'vitest';
import { isListed } from '../../src/checks/metric-origin.ts';

it('a list is read as the operator reads it: of a key given twice the last counts, and what does not parse lists nothing', () => {
  expect(isListed('names: [up]\nnames: [down]\n', 'down')).toBe(true);
  expect(isListed('names: [up]\nnames: [down]\n', 'up')).toBe(false);
  expect(isListed('names:\n\t- up\n', 'up')).toBe(false);
});
