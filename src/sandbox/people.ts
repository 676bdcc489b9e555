/** What people do on a sandbox's clusters: edit by hand, as `kubectl edit` does, and break things. */
import { parseDocument } from 'yaml';
import { type ConfigMap, ConfigMapKind, type Key, type Kind, type KubeObject } from '../kinds.ts';
import type { Clock } from '../ports.ts';
import { type ApiServer, clusterAdmin } from './api/index.ts';
import { createControllerClient } from './controllers/client.ts';
import { monitoringConfig, platformMonitoring } from './controllers/names.ts';

export interface People {
  /** Changes an object of a cluster as `kubectl edit` does: the field manager of a person owns what differs. */
  edit<T extends KubeObject>(cluster: string, kind: Kind<T>, key: Key, change: (object: T) => T): Promise<T>;
  /** Sets or, with `undefined`, removes one key of a ConfigMap. */
  editConfigMap(cluster: string, key: Key, entry: string, value: string | undefined): Promise<void>;
  delete(cluster: string, kind: Kind, key: Key): Promise<void>;
  /** A person turns user-workload monitoring off on a cluster. */
  turnOffUserWorkload(cluster: string): Promise<void>;
}

/** The field manager of `kubectl edit`. */
const person = 'kubectl-edit';

/** `serverOf` throws for a cluster that is not there. */
export function createPeople(serverOf: (cluster: string) => ApiServer, clock: Clock): People {
  const client = (cluster: string) => {
    const transport = serverOf(cluster).transport({ user: { ...clusterAdmin, name: 'alex' } });
    return createControllerClient({ name: cluster, transport, clock, manager: person });
  };
  const edit: People['edit'] = async (cluster, kind, key, change) => {
    const live = await client(cluster).get(kind, key);
    if (live === undefined) throw new Error(`${cluster} has no ${kind.kind} ${key.namespace ?? ''}/${key.name}`);
    return client(cluster).replace(kind, change(live));
  };
  const editConfigMap: People['editConfigMap'] = async (cluster, key, entry, value) => {
    await edit<ConfigMap>(cluster, ConfigMapKind, key, (map) => {
      const { [entry]: _, ...rest } = map.data ?? {};
      return { ...map, data: value === undefined ? rest : { ...rest, [entry]: value } };
    });
  };
  return {
    edit,
    editConfigMap,
    delete: async (cluster, kind, key) => void (await client(cluster).delete(kind, key)),
    turnOffUserWorkload: async (cluster) => {
      const key = { namespace: platformMonitoring, name: monitoringConfig };
      const map = serverOf(cluster).get(ConfigMapKind, key);
      const document = parseDocument(map?.data?.['config.yaml'] ?? '');
      document.set('enableUserWorkload', false);
      await editConfigMap(cluster, key, 'config.yaml', document.toString());
    },
  };
}
