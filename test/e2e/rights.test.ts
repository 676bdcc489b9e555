/**
 * The roles that `rbac` prints are exactly enough: each mode runs with them, and with any one grant taken away it ends
 * `not permitted`, naming that grant.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { networkError } from '../../src/sandbox/api/index.ts';
import { type Row, tell } from '../campaigns/support/tally.ts';
import { createHarness, type Harness, type RunHow, writesIn } from '../helpers/harness.ts';
import {
  accountFor,
  asAsked,
  asksExactly,
  complaintsOf,
  droppedRow,
  eachDropped,
  endsForbidden,
  lines,
  printed,
} from '../helpers/rights-sweep.ts';
import { grant, unusedOf } from '../helpers/roles.ts';

const minutes = 60_000;
/** For `npm run campaigns`. */
const rows: Row[] = [];

/** Granted, and not called for by the run below: what each is there for. */
const forOtherTimes: Readonly<Record<'apply' | 'uninstall', Readonly<Record<string, readonly string[]>>>> = {
  apply: {
    'entries of an earlier configuration, taken out': [
      'update configmaps observability-metrics-custom-allowlist',
      'delete configmaps observability-metrics-custom-allowlist',
      'update configmaps thanos-ruler-custom-rules',
      'delete configmaps thanos-ruler-custom-rules',
    ],
    'a monitoring configuration that is there already': ['update configmaps cluster-monitoring-config'],
    'an owner of the pull secret that is long gone': ['update secrets multiclusterhub-operator-pull-secret'],
    'keys of the store that changed under Thanos': ['patch statefulsets.apps'],
    'what only verify asks, which the same account runs next': [
      'get deployments.apps multicluster-observability-operator',
      'get routes.route.openshift.io observatorium-api',
      'get routes.route.openshift.io alertmanager',
      'list certificatesigningrequests.certificates.k8s.io',
      'get configmaps observability-thanos-receive-controller-tenants-generated',
      'get secrets observability-server-certs',
      'get secrets observability-grafana-certs',
      'get clustermanagementaddons.addon.open-cluster-management.io multicluster-observability-addon',
    ],
  },
  uninstall: {
    'entries of ours in shared documents': [
      'update configmaps observability-metrics-custom-allowlist',
      'delete configmaps observability-metrics-custom-allowlist',
      'update configmaps thanos-ruler-custom-rules',
      'delete configmaps thanos-ruler-custom-rules',
      'update configmaps cluster-monitoring-config',
    ],
    'what was there before us, given back': [
      'patch multiclusterobservabilities.observability.open-cluster-management.io observability',
      'patch secrets multiclusterhub-operator-pull-secret',
      'patch secrets thanos-object-storage',
    ],
    'an empty namespace of ours, and a secret that ACM does not own': [
      'delete namespaces open-cluster-management-observability',
      'delete secrets multiclusterhub-operator-pull-secret',
    ],
  },
};

describe('the roles that rbac prints', () => {
  let fresh: Harness;
  let installed: Harness;

  beforeAll(async () => {
    fresh = await createHarness({ scenario: 'quest', size: 3 });
    installed = await createHarness({ scenario: 'quest', size: 3 });
    const { exitCode } = await installed.run(lines.apply);
    if (exitCode !== 0) throw new Error(`the apply to begin with ended with ${exitCode}`);
    // So that verify has a cluster to visit: the hub's own evidence speaks against it.
    await installed.sandbox.people.turnOffUserWorkload('ai');
    await installed.pass(600);
  }, 5 * minutes);

  afterAll(async () => {
    await tell('rights', rows);
    await fresh?.stop();
    await installed?.stop();
  });

  it.each(['plan', 'verify'] as const)(
    'without any one grant %s ends not permitted and names it',
    async (mode) => {
      const grants = await printed(installed, mode);

      // Some are needed only while there is nothing yet, as the choice of a storage class.
      const unneeded = await eachDropped(installed, mode, grants, endsForbidden);
      const rest = unneeded.map((entry) => entry.grant);
      const open = await eachDropped(fresh, mode, rest, endsForbidden);

      expect(grants.length).toBeGreaterThan(15);
      expect(rest.map(asAsked)).toEqual(['list storageclasses.storage.k8s.io']);
      expect(open).toEqual([]);
      rows.push(droppedRow(mode, grants));
    },
    10 * minutes,
  );

  it.each([
    ['apply', () => fresh],
    ['uninstall', () => installed],
  ] as const)(
    'without any one grant %s ends before its first write, naming exactly that',
    async (mode, hub) => {
      const grants = await printed(hub(), mode);

      const open = await eachDropped(hub(), mode, grants, asksExactly);

      expect(grants.length).toBeGreaterThan(40);
      expect(open).toEqual([]);
      rows.push(droppedRow(mode, grants));
    },
    10 * minutes,
  );

  it.each(['plan', 'apply', 'verify', 'uninstall'] as const)(
    'are enough for %s',
    async (mode) => {
      const { text, as } = await accountFor(fresh, mode);
      await grant(fresh, text);

      const ran = await fresh.run(lines[mode], as);

      expect(complaintsOf(ran)).toBe('');
      expect(ran.exitCode).toBe(0);
      if (mode === 'plan' || mode === 'verify') return expect(writesIn(ran.requests)).toEqual([]);
      const unused = unusedOf(text, ran.requests).map((one) => asAsked({ ...one, namespace: undefined }));
      expect(unused.sort()).toEqual(Object.values(forOtherTimes[mode]).flat().sort());
    },
    5 * minutes,
  );

  it('are not told without a hub, and why', async () => {
    const silent: RunHow = {
      wires: {
        transport: ({ server, close }) => ({
          server,
          close,
          send: () => Promise.reject(networkError('ECONNREFUSED', `connect ECONNREFUSED ${server}`)),
        }),
      },
    };

    const { exitCode, stdout, stderr } = await fresh.run('rbac apply', silent);

    expect(exitCode).toBe(69);
    expect(stdout).toBe('');
    expect(stderr.replace(/\s+/g, ' ')).toContain('depends on the hub: the namespace of its MultiClusterHub');
  });

  it('let verify write nothing but its Views', async () => {
    const writing = (await printed(installed, 'verify')).filter(({ verb }) => verb !== 'get' && verb !== 'list');

    expect(writing.map(({ verb, resource }) => `${verb} ${resource}`)).toEqual([
      'create managedclusterviews',
      'delete managedclusterviews',
    ]);
  });
});
