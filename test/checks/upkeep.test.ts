import { expect, it } from 'vitest';
import { ruler } from '../../src/checks/upkeep.ts';
import { asked } from './small-hub.ts';

it('a ruler that has not even ACM’s own rules has not been seen; under the addon architecture there may be none', async () => {
  const addonArchitecture = { hub: { name: 'hub', architecture: 'mcoa' } };

  expect((await asked(ruler, {})).hub).toContain('unknown not-seen');
  expect((await asked(ruler, { more: addonArchitecture })).hub).toBe('pass: 0 rules in 0 groups');
});
