/** What the operator's admission webhook does to a run: from ACM 5.0 it wants the Secret for Thanos first. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeploymentKind, MultiClusterObservabilityKind, SecretKind } from '../../src/kinds.ts';
import { createHarness, type Harness } from '../helpers/harness.ts';

const operator = { namespace: 'open-cluster-management', name: 'multicluster-observability-operator' };
const secret = { namespace: 'open-cluster-management-observability', name: 'thanos-object-storage' };

describe('on a hub with ACM 5.0', () => {
  let it3: Harness;

  beforeEach(async () => {
    it3 = await createHarness({ scenario: 'quest', size: 2, acm: '5.0' });
  });
  afterEach(() => it3.stop());

  it('the plan says what could not be validated yet, and apply does it', async () => {
    const plan = await it3.run('plan');
    const apply = await it3.run('apply --yes -o json');
    const again = await it3.run('apply --yes -o json');

    expect(plan.exitCode).toBe(0);
    expect(plan.stdout).toContain('(not validated: ACM refuses it until the');
    expect(apply.report.problems).toEqual([]);
    expect(apply.exitCode).toBe(0);
    expect([again.exitCode, again.report.verdict]).toEqual([0, 'unchanged']);
  });

  it('an installation whose Secret has gone is planned and repaired', async () => {
    await it3.run('apply --yes -o json');
    await it3.admin.delete(SecretKind, secret);

    const plan = await it3.run('plan -o json --set observability.interval=60');
    const apply = await it3.run('apply --yes -o json --set observability.interval=60');

    expect(plan.report.problems).toEqual([]);
    expect(plan.report.changes).toContainEqual(
      expect.objectContaining({
        resource: 'MultiClusterObservability observability',
        change: 'update',
        diff: ['~ spec.observabilityAddonSpec.interval: 300 → 60'],
      }),
    );
    expect(apply.report.problems).toEqual([]);
    expect(apply.exitCode).toBe(0);
  });

  it('a Secret of somebody else that it refuses is named as the reason, and no right is said to be missing', async () => {
    const existing = '--set storage.provider=existing --set storage.existingSecret.name=theirs';

    const { exitCode, report } = await it3.run(`plan -o json ${existing}`);

    expect(exitCode).toBe(6);
    expect(report.problems).toContainEqual(
      expect.objectContaining({
        code: 'admission-refused',
        what: expect.stringContaining('object storage secret not found'),
      }),
    );
  });

  it('an operator that is down is told as such', async () => {
    await it3.run('apply --yes -o json');
    await it3.admin.mergePatch(DeploymentKind, operator, { spec: { replicas: 0 } });
    await it3.pass(120);

    const { exitCode, report } = await it3.run('apply --yes -o json --set observability.interval=60');

    expect(exitCode).toBe(6);
    expect(report.problems).toContainEqual(expect.objectContaining({ code: 'webhook-unreachable' }));
    const live = await it3.admin.get(MultiClusterObservabilityKind, { name: 'observability' });
    expect(live?.spec?.observabilityAddonSpec).toMatchObject({ interval: 300 });
  });
});
