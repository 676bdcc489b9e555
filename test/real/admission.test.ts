/** The admission webhook of several ACM versions, called by a real API server, and what our runs make of its refusals. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { MultiClusterObservabilityKind, StorageClassKind } from '../../src/kinds.ts';
import { observabilityWebhook } from '../../src/sandbox/controllers/admission.ts';
import { createControllerClient } from '../../src/sandbox/controllers/client.ts';
import { featuresOf, parseVersion } from '../../src/sandbox/controllers/versions.ts';
import { type RealHub, startRealHub } from './hub.ts';
import { haveReferenceCrds } from './servers/crds.ts';
import { need } from './servers/locate.ts';
import { lookAfterServers } from './servers/process.ts';
import { type RunningWebhook, startWebhook } from './servers/webhook.ts';

const needed = need('kube-apiserver', 'kube-controller-manager', 'etcd', 'prometheus', 'versitygw');
const without = haveReferenceCrds ? '' : ' (skipped: no reference CRDs beside the project)';
const bigger = '--set observability.spec={"storageConfig":{"receiveStorageSize":"200Gi"}}';

describe.skipIf(!needed.have || !haveReferenceCrds)(`the operator’s webhook${needed.note}${without}`, () => {
  let hub: RealHub;
  let webhook: RunningWebhook;
  lookAfterServers();

  /** The webhook's rules of this version, from now on. */
  const as = (version: string): void => {
    const client = createControllerClient({ name: 'hub', transport: hub.kube.transport(), clock: systemClock() });
    webhook.serve(observabilityWebhook({ features: featuresOf(parseVersion(version)), hub: () => client }));
  };
  const receiveSize = async () => {
    const live = await hub.person.get(MultiClusterObservabilityKind, { name: 'observability' });
    return live?.spec?.storageConfig;
  };

  beforeAll(async () => {
    if (!needed.have) throw new Error(needed.note);
    hub = await startRealHub(needed.paths, 2);
    webhook = await startWebhook(hub.person);
  });
  afterAll(async () => {
    await hub?.stop();
    await webhook?.stop();
  });

  it('of 5.0 refuses a Secret of somebody else that is not there, and no right is said to be missing', async () => {
    as('5.0.0');
    const existing = '--set storage.provider=existing --set storage.existingSecret.name=theirs';

    const { exitCode, report } = await hub.run(`plan -o json ${existing}`);

    expect(exitCode).toBe(6);
    expect(report.problems).toContainEqual(
      expect.objectContaining({
        code: 'admission-refused',
        what: expect.stringMatching(/admission webhook ".*" denied the request: object storage secret not found/),
      }),
    );
  });

  it('of 5.0 wants our Secret first: the plan says so, and apply makes both', async () => {
    as('5.0.0');

    const plan = await hub.run('plan');
    const apply = await hub.run('apply --yes -o json');

    expect(plan.stdout).toContain('(not validated: ACM refuses it until');
    expect(apply.report.problems).toEqual([]);
    expect(apply.exitCode).toBe(0);
    expect(webhook.asked()).toBeGreaterThan(2);
  });

  it('of 2.14 refuses another size where the class cannot grow, and apply tells its words', async () => {
    as('2.14.0');
    for (const { metadata } of await hub.person.list(StorageClassKind)) {
      await hub.person.mergePatch(StorageClassKind, { name: metadata.name }, { allowVolumeExpansion: false });
    }

    const { exitCode, report } = await hub.run(`apply --yes -o json ${bigger}`);

    expect(exitCode).toBe(6);
    expect(report.problems).toContainEqual(
      expect.objectContaining({
        code: 'admission-refused',
        what: expect.stringContaining('spec.storageConfig.receiveStorageSize: Forbidden: is forbidden to update.'),
      }),
    );
    expect(await receiveSize()).not.toMatchObject({ receiveStorageSize: '200Gi' });
  });

  it('of 2.17 lets the same change through', async () => {
    as('2.17.0');

    const { exitCode, report } = await hub.run(`apply --yes --no-wait -o json ${bigger}`);

    expect(report.problems).toEqual([]);
    expect(exitCode).toBe(0);
    expect(await receiveSize()).toMatchObject({ receiveStorageSize: '200Gi' });
  });

  it('that is down keeps everybody from changing the object, and is named', async () => {
    await webhook.stop();

    const { exitCode, report } = await hub.run('apply --yes -o json --set observability.interval=60');

    expect(exitCode).toBe(6);
    expect(report.problems).toContainEqual(
      expect.objectContaining({ code: 'webhook-unreachable', what: expect.stringContaining('failed calling webhook') }),
    );
  });
});
