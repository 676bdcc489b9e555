/** What `check` asks before anything is done: access, versions, rights, store, and what is already there. Reads only. */

import { stepsOf } from '../../steps/index.ts';
import type { Config } from '../config/config.ts';
import type { Context } from '../context.ts';
import { isProblem, Problem } from '../engine/problem.ts';
import { requireRights } from '../engine/rights.ts';
import type { Check, Finding } from '../engine/step.ts';
import { observabilityNamespace, requireRunning, theInstallation, theObservability } from '../hub.ts';
import { MultiClusterObservabilityKind, StorageClassKind } from '../kinds.ts';
import { checkStorageClass, desiredObservability } from '../resources/observability.ts';
import { pullSecretData, pullSecretRights } from '../resources/pull-secret-source.ts';
import { on } from '../resources/rights.ts';
import { reach } from './cluster.ts';
import { policyPreflight } from './policy.ts';
import { isAsked, rightsNow } from './rights.ts';

function preflight(
  id: string,
  title: string,
  ask: (context: Context) => Promise<string>,
  rights: Check<Context>['rights'] = () => [],
): Check<Context> {
  return {
    id,
    title,
    needs: [],
    scope: 'hub',
    rights,
    run: async (context) => new Map([[context.hub.name, await answer(() => ask(context))]]),
  };
}

async function answer(ask: () => Promise<string>): Promise<Finding> {
  try {
    return { verdict: 'pass', evidence: await ask() };
  } catch (error) {
    if (!isProblem(error)) throw error;
    return { verdict: 'fail', problem: error };
  }
}

export const preflights: readonly Check<Context>[] = [
  preflight('acm', 'ACM runs', async ({ hub }) => {
    requireRunning(hub);
    return `ACM ${hub.acmVersion} on ${hub.api}, ${hub.managedClusters.length} managed clusters`;
  }),
  preflight('installed', 'At most one observability object is there', async ({ hub, config }) => {
    const found = theInstallation(hub, config);
    return found === undefined ? 'nothing is installed yet' : `${found.metadata.name} is already there`;
  }),
  preflight('rights', 'You may do everything an apply needs', async (context) => {
    const needed = await rightsNow('apply', context, stepsOf(context.config));
    await requireRights(context.cluster, needed);
    return `${needed.filter(isAsked).length} rights asked for, all granted`;
  }),
  preflight('store', 'The object store answers', async (context) => {
    if (context.config.storage.provider === 'existing') return `the Secret in ${observabilityNamespace} decides`;
    const keys = await context.keys();
    if (keys.temporary) throw new Problem('temporary-credentials', 'the credentials found carry a session token');
    const store = await context.store();
    const found = await store.bucket();
    if (found.state === 'ours') return `${store.endpoint}: the bucket is there, key accepted`;
    if (context.config.storage.create) return `${store.endpoint}: key accepted; the bucket will be created`;
    throw new Problem('bucket-missing', `${context.config.storage.bucket} does not exist, and storage.create is false`);
  }),
  preflight(
    'storage-class',
    'The storage class exists',
    async (context) => {
      const { cluster, hub } = context;
      const name = theObservability(hub)?.metadata.name;
      const live = name === undefined ? undefined : await cluster.get(MultiClusterObservabilityKind, { name });
      await checkStorageClass(cluster, await desiredObservability(context), live);
      return context.config.observability.storageClass ?? 'the default class';
    },
    ({ cluster }) => on(cluster, StorageClassKind, {}, ['list']),
  ),
  preflight(
    'pull-secret',
    'There is a pull secret to copy',
    async ({ cluster, hub }) => {
      await pullSecretData(cluster, hub);
      return 'found';
    },
    ({ cluster, hub }) => pullSecretRights(cluster, hub),
  ),
  { ...reach, needs: [] },
  policyPreflight,
];

/** What only an installation asks. */
const ofInstallation = new Set(['store', 'storage-class', 'pull-secret', policyPreflight.id]);

/** Those that this configuration needs. */
export function preflightsFor({ team, userWorkloadMonitoring }: Config): readonly Check<Context>[] {
  if (team !== undefined) return preflights.filter(({ id }) => !ofInstallation.has(id));
  return preflights.filter((check) => check !== policyPreflight || userWorkloadMonitoring.mode === 'policy');
}
