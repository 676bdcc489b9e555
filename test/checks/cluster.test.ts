import { expect, it } from 'vitest';
import { reach } from '../../src/checks/cluster.ts';
import { asked, member } from './small-hub.ts';

it('a cluster that is away is away, also where there is nothing to do for us', async () => {
  const away = 'it has not been heard of since 2026-01-05T08:00:00Z';
  const eks = { ...member('eks'), skip: 'EKS is not OpenShift', away };

  const said = await asked(reach, { members: [member('here'), eks] });

  expect(said.here).toBe('pass: available');
  expect(said.eks).toContain(`fail cluster-unreachable: eks: ${away}`);
});
