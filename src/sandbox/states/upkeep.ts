/** Broken states that nobody notices until later: settings, secrets, certificates, what somebody left. */
import {
  type ConfigMap,
  ConfigMapKind,
  type KubeObject,
  type MultiClusterObservability,
  MultiClusterObservabilityKind,
  Namespace,
  PersistentVolumeClaimKind,
  PodKind,
  type Secret,
  SecretKind,
  StorageClassKind,
} from '../../kinds.ts';
import { ClusterManagementAddOnKind } from '../controllers/kinds.ts';
import { defaultPullSecret, hubNamespace, newAddonName } from '../controllers/names.ts';
import { objectOf, secretData } from '../controllers/objects.ts';
import { makeCertificates } from '../serve/certificate.ts';
import { type BrokenState, type Site, setStatus } from './state.ts';

const observability = { name: 'observability' };

async function withSpec({ people, hub }: Site, spec: object): Promise<void> {
  await people.edit<MultiClusterObservability>(hub, MultiClusterObservabilityKind, observability, (object) => ({
    ...object,
    spec: { ...object.spec, ...spec },
  }));
}

/** Pods of the name are deleted, to be made anew. */
async function restart({ client, hub }: Site, prefix: string): Promise<void> {
  for (const { metadata } of await client(hub).list(PodKind, { namespace: hubNamespace }))
    if (metadata.name.startsWith(prefix)) await client(hub).delete(PodKind, metadata);
}

/** The certificates of a Secret are replaced by ones that end in so many days. */
async function certified({ people, hub, now }: Site, name: string, days: number): Promise<void> {
  const { ca, cert, key } = await makeCertificates(now(), days);
  await people.edit<Secret>(hub, SecretKind, { name, namespace: hubNamespace }, (secret) => ({
    ...secret,
    data: { ...secret.data, ...secretData({ 'ca.crt': ca, 'tls.crt': cert, 'tls.key': key }) },
  }));
}

export const upkeepStates = {
  'interval-short': {
    meaning: 'somebody set the interval to 30 seconds',
    source: 'acm.md §14 row 33, peers.md U47',
    settle: 60,
    cause: (site) => withSpec(site, { observabilityAddonSpec: { interval: 30 } }),
  },
  'retention-short': {
    meaning: 'somebody keeps five-minute samples for five days',
    source: 'peers.md U12',
    settle: 30,
    cause: (site) =>
      withSpec(site, {
        advanced: {
          retentionConfig: {
            retentionResolutionRaw: '5d',
            retentionResolution5m: '5d',
            retentionResolution1h: '30d',
          },
        },
      }),
  },
  'addon-crds-missing': {
    meaning: 'the addon architecture was asked for, and its kinds are not installed',
    source: 'acm.md §14 row 46',
    settle: 2,
    cause: async ({ client, hub }) => {
      await setStatus(client(hub), MultiClusterObservabilityKind, observability, (object) => ({
        ...object,
        status: {
          ...object.status,
          conditions: [
            ...(object.status?.conditions ?? []),
            {
              type: 'MultiClusterObservabilityAddonDegraded',
              status: 'True' as const,
              reason: 'MultiClusterObservabilityAddonDegraded',
              message:
                'MultiClusterObservabilityAddon degraded because the following CRDs are not installed on the hub: scrapeconfigs.monitoring.rhobs/v1alpha1',
            },
          ],
        },
      }));
    },
  },
  'pull-secret-rotated': {
    meaning: 'the hub’s pull secret was changed, and its copy is the old one',
    source: 'peers.md U15',
    settle: 5,
    cause: async ({ people, hub }) => {
      const source = { name: 'pull-secret', namespace: 'openshift-config' };
      const auths = { auths: { 'registry.redhat.io': { auth: Buffer.from('robot:rotated').toString('base64') } } };
      await people.edit<Secret>(hub, SecretKind, source, (secret) => ({
        ...secret,
        data: { ...secret.data, ...secretData({ '.dockerconfigjson': JSON.stringify(auths) }) },
      }));
    },
  },
  'pull-secret-gone': {
    meaning: 'somebody deleted the pull secret that ACM sends to the clusters',
    source: 'acm.md §14 row 11, peers.md U13',
    settle: 5,
    cause: ({ people, hub }) => people.delete(hub, SecretKind, { name: defaultPullSecret, namespace: hubNamespace }),
  },
  'image-refused': {
    meaning: 'the registry refuses the image of Thanos Query',
    source: 'acm.md §14 row 11',
    settle: 180,
    cause: async (site) => {
      const pods = 'observability-thanos-query-';
      const words = 'Back-off pulling image "registry.redhat.io/rhacm2/thanos-rhel9": unauthorized: access denied';
      site.ailments.refuseImage(site.hub, pods, words);
      await restart(site, pods);
    },
  },
  'volume-unprovided': {
    meaning: 'a volume of Thanos Receive is gone, and so is the storage class it was of',
    source: 'acm.md §14 row 5, peers.md U10',
    settle: 300,
    cause: async (site) => {
      const { client, hub } = site;
      const receiver = 'observability-thanos-receive-default-2';
      for (const { metadata } of await client(hub).list(StorageClassKind))
        await client(hub).delete(StorageClassKind, metadata);
      await client(hub).delete(PersistentVolumeClaimKind, { name: `data-${receiver}`, namespace: hubNamespace });
      await restart(site, receiver);
    },
  },
  'hashring-stale': {
    meaning: 'the hashring names the receivers of another installation',
    source: 'acm.md §14 row 13, peers.md U46',
    settle: 2,
    cause: async ({ people, hub }) => {
      const name = 'observability-thanos-receive-controller-tenants-generated';
      await people.edit<ConfigMap>(hub, ConfigMapKind, { name, namespace: hubNamespace }, (map) => ({
        ...map,
        data: { 'hashrings.json': '[{"hashring":"default","tenants":["1610b0c3-c509-4592-a256-a1871353dbfa"]}]' },
      }));
    },
  },
  'namespace-unlabelled': {
    meaning: 'the observability namespace has lost the label by which it is monitored',
    source: 'peers.md U51',
    settle: 2,
    cause: async ({ people, hub }) => {
      await people.edit<KubeObject>(hub, Namespace, { name: hubNamespace }, (object) => {
        const { 'openshift.io/cluster-monitoring': _, ...labels } = object.metadata.labels ?? {};
        return { ...object, metadata: { ...object.metadata, labels } };
      });
    },
  },
  'certificate-ending': {
    meaning: 'the certificate of the gateway ends in ten days and was not renewed',
    source: 'acm.md §4.8, §14 row 20',
    settle: 5,
    cause: (site) => certified(site, 'observability-server-certs', 10),
  },
  'certificate-ended': {
    meaning: 'the certificate Grafana asks with has ended',
    source: 'acm.md §4.8, §14 row 19',
    settle: 5,
    cause: (site) => certified(site, 'observability-grafana-certs', 0),
  },
  'addon-entry-left': {
    meaning: 'the addon architecture was switched off, and its entry was left',
    source: 'peers.md U50',
    settle: 5,
    cause: async ({ client, hub }) => {
      await client(hub).create(
        ClusterManagementAddOnKind,
        objectOf(ClusterManagementAddOnKind, { name: newAddonName }, { spec: { addOnMeta: {} } }),
      );
    },
  },
} as const satisfies Record<string, BrokenState>;
