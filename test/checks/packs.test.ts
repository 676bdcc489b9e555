import { expect, it } from 'vitest';
import { packs } from '../../src/checks/packs.ts';
import { asked, member } from './small-hub.ts';

it('a query that is asked of no cluster proves nothing', async () => {
  const verify = [{ title: 'Targets are seen', expr: 'up', within: '10m', per: 'cluster', expect: 'some' }];
  const more = { packs: async () => [{ name: 'small', verify }] };
  const samples = [{ labels: { cluster: 'one' }, value: 1, timestamp: 0 }];
  const eks = { ...member('eks'), skip: 'EKS is not OpenShift' };

  expect((await asked(packs, { more, samples, members: [member('one')] })).hub).toBe('pass: 1 queries of small');
  expect((await asked(packs, { more, samples, members: [eks] })).hub).toMatch(/^skip: no cluster that is asked about/);
});
