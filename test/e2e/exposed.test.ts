/** `verify --metric` where a metric does not arrive: whether what exposes it is scraped, as far as the hub or the cluster can tell. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KubeObject, Namespace, ServiceKind, ServiceMonitorKind } from '../../src/kinds.ts';
import { createHarness, type Harness, type Ran } from '../helpers/harness.ts';

const shop = { namespace: 'shop', job: 'orders' };
const labels = { app: 'orders' };
const listed = {
  ACM_OBSERVABILITY_METRICS_USER_WORKLOAD: 'orders_total,never_seen',
  ACM_OBSERVABILITY_USER_WORKLOAD_MONITORING_CONTEXTS: JSON.stringify({ ai: 'ai' }),
};
const withTargets = { ...listed, ACM_OBSERVABILITY_METRICS_USER_WORKLOAD: 'orders_total,never_seen,up' };

describe('verify --metric, of what does not arrive', () => {
  let hub: Harness;
  const asked = (metric: string, env: Record<string, string> = listed) =>
    hub.run(`verify --metric ${metric} -o json`, { env });
  const found = ({ report }: Ran, cluster: string) =>
    report.checks.find((check) => check.id === 'exposed' && check.cluster === cluster);
  const monitor = (selector: object, port: string): KubeObject => ({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { name: 'orders', namespace: 'shop' },
    spec: { selector: { matchLabels: selector }, endpoints: [{ port }] },
  });

  beforeAll(async () => {
    hub = await createHarness({ scenario: 'quest', size: 4 });
    hub.sandbox.ailments.addSeries('quest-1', 'orders_total', shop, { userWorkload: true });
    hub.sandbox.ailments.addSeries('quest-1', 'up', shop, { userWorkload: true });
    const { exitCode } = await hub.run('apply --yes -o json', { env: listed });
    if (exitCode !== 0) throw new Error(`the apply to begin with ended with ${exitCode}`);
    await hub.pass(1_200);
  });
  afterAll(() => hub?.stop());

  it('is a pass where it arrives, and unknown where only Views reach', async () => {
    const ran = await asked('orders_total');

    expect(found(ran, 'quest-1')).toMatchObject({
      verdict: 'pass',
      evidence: 'sent by job orders in namespace shop',
    });
    expect(found(ran, 'quest-2')).toMatchObject({ verdict: 'unknown', code: 'not-seen' });
    expect(found(ran, 'quest-2')?.what).toContain('needs a context');
  });

  it('names on the hub, and where there is a context, what keeps it from being scraped', async () => {
    const why = async (cluster: string) => found(await asked('orders_total'), cluster)?.what;
    const { admin } = hub;

    expect(await why('local-cluster')).toBe('local-cluster: there is no namespace shop');
    expect(await why('ai')).toBe('ai: there is no namespace shop');
    await admin.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    expect(await why('local-cluster')).toBe('local-cluster: there is no ServiceMonitor and no PodMonitor in shop');
    await admin.create(ServiceMonitorKind, monitor({ app: 'other' }, 'metrics'));
    expect(await why('local-cluster')).toBe('local-cluster: ServiceMonitor shop/orders selects no Service');
    await admin.create(ServiceKind, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'orders', namespace: 'shop', labels },
      spec: { ports: [{ name: 'http', port: 80 }] },
    });
    await admin.apply(ServiceMonitorKind, monitor(labels, 'metrics'), { force: true });
    expect(await why('local-cluster')).toBe(
      'local-cluster: ServiceMonitor shop/orders wants port metrics; Service orders has http',
    );
    await admin.mergePatch(
      Namespace,
      { name: 'shop' },
      { metadata: { labels: { 'openshift.io/user-monitoring': 'false' } } },
    );
    expect(await why('local-cluster')).toContain('labelled openshift.io/user-monitoring=false');
    await admin.mergePatch(
      Namespace,
      { name: 'shop' },
      { metadata: { labels: { 'openshift.io/user-monitoring': null } } },
    );
    await admin.apply(ServiceMonitorKind, monitor(labels, 'http'), { force: true });
    expect(found(await asked('orders_total'), 'local-cluster')).toMatchObject({
      verdict: 'pass',
      evidence: 'ServiceMonitor shop/orders selects Service orders',
    });
  });

  it('does not guess where no cluster sends it', async () => {
    const ran = await asked('never_seen');

    expect(found(ran, 'quest-2')).toMatchObject({ verdict: 'unknown', code: 'not-seen' });
    expect(found(ran, 'local-cluster')?.what).toContain('every monitor there fits something');
    expect(found(ran, 'ai')).toMatchObject({ verdict: 'fail', code: 'metric-not-scraped' });
  });

  it('is told by `up`, where the users’ is collected, without any visit', async () => {
    hub.sandbox.ailments.addSeries('quest-2', 'up', shop, { userWorkload: true, value: 0 });
    hub.sandbox.ailments.dropSeries('quest-2', 'orders_total');
    expect((await hub.run('apply --yes -o json', { env: withTargets })).exitCode).toBe(0);
    await hub.pass(1_200);

    const ran = await asked('orders_total', withTargets);

    expect(found(ran, 'quest-2')).toMatchObject({ verdict: 'fail', code: 'target-down' });
    expect(found(ran, 'ai')).toMatchObject({ verdict: 'fail', code: 'metric-not-scraped' });
    expect(ran.report.checks.find(({ id, cluster }) => id === 'received' && cluster === 'quest-2')).toMatchObject({
      verdict: 'fail',
      code: 'metric-absent',
    });
  });
});
