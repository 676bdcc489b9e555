import { describe, expect, it } from 'vitest';
import { addon } from '../../src/checks/addon.ts';
import type { Condition, KubeObject } from '../../src/kinds.ts';
import { asked, member } from './small-hub.ts';

const addOn = (namespace: string, ...conditions: Condition[]): KubeObject => ({
  apiVersion: 'addon.open-cluster-management.io/v1alpha1',
  kind: 'ManagedClusterAddOn',
  metadata: { name: 'observability-controller', namespace },
  status: { conditions },
});
const available: Condition = { type: 'Available', status: 'True', message: 'add-on is available.' };
const openshift = { 'version.openshift.io': '4.18.3', 'product.open-cluster-management.io': 'OpenShift' };

async function judged(one: ReturnType<typeof member>, ...objects: KubeObject[]): Promise<string | undefined> {
  return (await asked(addon, { members: [one], objects }))[one.name];
}

describe('the add-on of a cluster that ACM leaves out', () => {
  it('is skipped by the name of the choice', async () => {
    const off = member('one', { labels: { observability: 'disabled' } });
    const byHand = member('one', {
      annotations: { 'addon.open-cluster-management.io/disable-automatic-installation': 'true' },
    });

    expect(await judged(off)).toBe('skip: label observability=disabled');
    expect(await judged(byHand)).toBe('skip: annotation disable-automatic-installation');
  });

  it('is judged as any other where it is there, installed by hand', async () => {
    const byHand = member('one', {
      annotations: { 'addon.open-cluster-management.io/disable-automatic-installation': 'true' },
    });
    const broken: Condition = { type: 'Degraded', status: 'True', reason: 'NotSupported', message: 'no Prometheus' };

    expect(await judged(byHand, addOn('one', available))).toBe('pass: add-on is available.');
    expect(await judged(byHand, addOn('one', broken))).toContain('fail addon-unsupported');
  });

  it('is not expected yet on a cluster that has only just joined', async () => {
    expect(await judged(member('one', { labels: {}, joined: 60 }))).toBe('skip: ACM has not detected its vendor yet');
  });

  it('is missed where ACM has not found out for long what the cluster is', async () => {
    const said = await judged(member('one', { labels: { vendor: 'auto-detect' } }));

    expect(said).toContain(
      'fail cluster-undetected: one: ACM does not know its vendor: it installs no collector there',
    );
    expect(said).toContain('`oc -n one get managedclusteraddon work-manager`');
  });

  it('is missed at once where the cluster itself says what it is, with the labels that say it', async () => {
    const lost = member('one', { labels: { vendor: 'OpenShift' }, claims: openshift, joined: 60 });
    const eks = member('one', { labels: {}, claims: { 'product.open-cluster-management.io': 'EKS' }, joined: 60 });

    expect(await judged(lost)).toContain(
      '`oc label managedcluster one --overwrite vendor=OpenShift openshiftVersion=4.18.3`',
    );
    expect(await judged(eks)).toContain('`oc label managedcluster one --overwrite vendor=EKS`');
  });

  it('is a warning where it works all the same: no change reaches it', async () => {
    const lost = member('one', { labels: {}, claims: openshift });

    expect(await judged(lost, addOn('one', available))).toContain('warn cluster-undetected');
  });
});

describe('an add-on that is degraded', () => {
  it('is not well because its lease is renewed', async () => {
    const failed: Condition = { type: 'Degraded', status: 'True', reason: 'UpdateFailed', message: 'a quota' };

    expect(await judged(member('one'), addOn('one', available, failed))).toContain('fail addon-update-failed');
  });

  it('leaves to the hop of its collectors what it only repeats of them', async () => {
    const failed: Condition = { type: 'Degraded', status: 'True', reason: 'ForwardFailed', message: 'no way' };

    expect(await judged(member('one'), addOn('one', available, failed))).toMatch(/^pass: .*reports of its collectors/);
  });
});
