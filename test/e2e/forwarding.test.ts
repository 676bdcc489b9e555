/** ACM's operator writes alert forwarding into the document we change, at the very moment we do: nothing of it is lost. */
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpRequest, Transport } from '../../src/http.ts';
import { ConfigMapKind, ConfigurationPolicyKind } from '../../src/kinds.ts';
import { readDocument } from '../../src/resources/document.ts';
import { monitoringConfigKey } from '../../src/resources/monitoring-config.ts';
import { createHarness, type Harness, type Wires } from '../helpers/harness.ts';

const clusters = ['local-cluster', 'ai', 'quest-1'];
const settled = 120;

let hub: Harness | undefined;
afterEach(() => hub?.stop());

const read = (it3: Harness, cluster: string) => {
  const map = it3.sandbox.managed(cluster).get(ConfigMapKind, monitoringConfigKey);
  return map === undefined ? undefined : { map, meaning: readDocument(map.data?.['config.yaml'], cluster) };
};

/** Whether the operator's part is there. */
function forwards(it3: Harness, cluster: string): boolean {
  const { additionalAlertmanagerConfigs: list, externalLabels: labels } = Object(
    read(it3, cluster)?.meaning.prometheusK8s,
  );
  return Array.isArray(list) && list.length > 0 && typeof labels?.managed_cluster === 'string';
}

/** Takes the operator's part out, so that it writes again, and waits until it has. */
async function provoke(it3: Harness, cluster: string): Promise<void> {
  const live = read(it3, cluster);
  if (live === undefined) return;
  const { apiVersion, kind, metadata } = live.map;
  it3.sandbox.managed(cluster).seed([{ apiVersion, kind, metadata, data: { 'config.yaml': 'http: {}\n' } }]);
  for (let tries = 0; tries < 60 && !forwards(it3, cluster); tries += 1) await it3.pass(1);
}

/** The operator writes once on each cluster between our reading of its document and our writing. */
function interrupted(it3: Harness, provoked: Set<string>): Wires {
  const clusterOf = ({ method, path }: HttpRequest, asked: string): string | undefined => {
    if (method === 'GET') return undefined;
    const action = /namespaces\/([^/]+)\/managedclusteractions$/.exec(path.split('?')[0] ?? '')?.[1];
    return action ?? (path.includes('/configmaps/cluster-monitoring-config') ? asked : undefined);
  };
  return {
    transport: (inner: Transport, asked: string): Transport => ({
      ...inner,
      async send(request) {
        const cluster = clusterOf(request, asked);
        if (cluster !== undefined && !provoked.has(cluster)) {
          provoked.add(cluster);
          await provoke(it3, cluster);
        }
        return inner.send(request);
      },
    }),
  };
}

describe('with ACM’s operator at work on every cluster', () => {
  it.each(['auto', 'action', 'policy'])('mode %s turns user-workload monitoring on and loses nothing', async (mode) => {
    const it3 = await createHarness({ scenario: 'quest', size: clusters.length, state: 'installed', speed: 60 });
    hub = it3;
    const provoked = new Set<string>();
    const ends = clusters.map((cluster) => {
      return it3.sandbox.managed(cluster).onChange(({ object }) => {
        // The engine on the cluster has its policy, and reads the document in a moment.
        if (object.kind !== ConfigurationPolicyKind.kind || provoked.has(cluster)) return;
        provoked.add(cluster);
        void provoke(it3, cluster);
      });
    });

    const line = `apply --yes --no-wait --set userWorkloadMonitoring.mode=${mode} --only user-workload-policy,user-workload-monitoring -o json`;
    const { exitCode } = await it3.run(line, { wires: interrupted(it3, provoked) });
    await it3.pass(settled);

    for (const end of ends) end();
    expect(exitCode).toBe(0);
    expect([...provoked].sort()).toEqual([...clusters].sort());
    for (const cluster of clusters) {
      expect([cluster, forwards(it3, cluster)]).toEqual([cluster, true]);
      expect(read(it3, cluster)?.meaning).toMatchObject({ enableUserWorkload: true, http: {} });
    }
  });
});
