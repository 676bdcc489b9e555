import { expect, it } from 'vitest';
import { acm } from '../../src/checks/hub.ts';
import { asked } from './small-hub.ts';

const status = { phase: 'Running', currentVersion: '2.14.0', desiredVersion: '2.14.0' };
const multiClusterHub = { metadata: { namespace: 'open-cluster-management' }, status };

it('collecting is switched on in the object that is there, whatever its name', async () => {
  const spec = { observabilityAddonSpec: { enableMetrics: false } };
  const hub = { name: 'hub', multiClusterHub, observabilities: [{ metadata: { name: 'theirs' }, spec }] };

  const said = await asked(acm, { more: { hub, config: { observability: { name: 'theirs' } } } });

  expect(said.hub).toContain('`oc patch multiclusterobservability theirs --type merge -p ');
});

it('of two installations the one that the configuration does not mean is to be deleted; where it means neither, nobody says which', async () => {
  const hub = {
    name: 'hub',
    multiClusterHub,
    observabilities: [{ metadata: { name: 'observability' } }, { metadata: { name: 'second' } }],
  };
  const said = async (name: string) => (await asked(acm, { more: { hub, config: { observability: { name } } } })).hub;

  expect(await said('observability')).toContain('`oc delete multiclusterobservability second`');
  expect(await said('another')).toContain('`oc get multiclusterobservability`');
});
