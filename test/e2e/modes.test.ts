/** Every way to a cluster, on every fleet there is: user-workload monitoring is on, and no other part of a document says anything else. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigMapKind } from '../../src/kinds.ts';
import { monitoringConfigKey } from '../../src/resources/monitoring-config.ts';
import { seed } from '../campaigns/support/sample.ts';
import { createHarness, type Harness } from '../helpers/harness.ts';
import { faultOf, type Merged } from '../helpers/merging.ts';
import { monitoringConfiguration } from '../helpers/monitoring-configurations.ts';

/** Without ACM's own operator on the clusters, which writes into the same document by itself. */
const only = '--only namespace,user-workload-policy,user-workload-monitoring --no-wait';
const fleets = [
  ['quest', { size: 8 }],
  ['mixed', {}],
  ['fleet', { size: 40 }],
] as const;

let it1: Harness;
afterEach(() => it1?.stop());

const mapOn = (cluster: string) => it1.sandbox.managed(cluster).get(ConfigMapKind, monitoringConfigKey);
const texts = (): Map<string, string | undefined> =>
  new Map(it1.sandbox.clusters.map((name) => [name, mapOn(name)?.data?.['config.yaml']]));

/** Puts a generated document on every cluster of a fleet that has not come with documents of its own. */
function fill(): void {
  const documents = fc.sample(monitoringConfiguration, { numRuns: it1.sandbox.clusters.length, seed });
  for (const [at, name] of it1.sandbox.clusters.entries()) {
    const metadata = { ...monitoringConfigKey };
    const data = { 'config.yaml': documents[at] ?? '' };
    it1.sandbox.managed(name).seed([{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data }]);
  }
}

describe.each(fleets)('on the fleet %s', (scenario, size) => {
  it.each(['contexts', 'action', 'policy'])('mode %s sets our key and changes no other meaning', async (mode) => {
    it1 = await createHarness({ scenario, ...size, speed: 60 });
    if (scenario === 'fleet') fill();
    const before = texts();
    const contexts = Object.fromEntries(it1.sandbox.clusters.map((name) => [name, name]));
    const env = {
      ACM_OBSERVABILITY_USER_WORKLOAD_MONITORING_MODE: mode,
      ...(mode === 'contexts' && { ACM_OBSERVABILITY_USER_WORKLOAD_MONITORING_CONTEXTS: JSON.stringify(contexts) }),
    };

    const { exitCode, report } = await it1.run(`apply --yes ${only} -o json`, { env });

    const said = new Set([
      ...report.problems.map(({ cluster }) => cluster),
      ...report.changes.filter(({ change }) => change === 'skip').map(({ cluster }) => cluster),
    ]);
    const after = texts();
    const outcome = (name: string): Merged => {
      const text = after.get(name);
      if (text !== before.get(name)) return { kind: 'written', text: text ?? '' };
      return said.has(name) ? { kind: 'refused', why: 'told' } : { kind: 'kept' };
    };
    const outcomes = it1.sandbox.clusters.map((name) => ({ name, outcome: outcome(name) }));
    const wrong = outcomes.flatMap(({ name, outcome: merged }) => {
      const fault = faultOf(before.get(name), merged);
      return fault === undefined ? [] : [`${name}: ${fault}`];
    });
    expect(wrong).toEqual([]);
    expect(exitCode).toBe(scenario === 'quest' ? 0 : 5);
    const written = outcomes.filter(({ outcome: { kind } }) => kind === 'written').length;
    expect(written).toBeGreaterThan(it1.sandbox.clusters.length / 3);
  });
});
