/** Deployments and StatefulSets from a few words. */
import { DeploymentKind, type KubeObject, StatefulSetKind } from '../../kinds.ts';
import { isRecord, objectOf } from './objects.ts';

interface ContainerWords {
  readonly name: string;
  readonly args?: readonly string[];
  readonly ports?: Readonly<Record<string, number>>;
  /** Environment variables, by name. */
  readonly env?: Readonly<Record<string, string>>;
  /** Environment variables filled from a Secret when the container starts. */
  readonly secretEnv?: Readonly<Record<string, { readonly name: string; readonly key: string }>>;
  /** Tag of its image; `sandbox` unless told. */
  readonly tag?: string;
  /** Volume → path. */
  readonly mounts?: Readonly<Record<string, string>>;
}

export interface WorkloadWords {
  readonly name: string;
  readonly namespace: string;
  readonly replicas: number;
  readonly labels?: Record<string, string>;
  readonly podLabels: Record<string, string>;
  readonly containers: readonly ContainerWords[];
  readonly serviceAccount?: string;
  readonly imagePullSecret?: string;
  /** ConfigMaps mounted below `/etc`, by name. */
  readonly configMaps?: readonly string[];
  /** Volumes of other kinds, by name. */
  readonly volumes?: Readonly<Record<string, object>>;
  /** Volume name and size, one PersistentVolumeClaim for each Pod. StatefulSets only. */
  readonly volume?: { readonly name: string; readonly size: string; readonly storageClass: string | undefined };
}

/** A Deployment. */
export function deployment(words: WorkloadWords): KubeObject {
  return objectOf(DeploymentKind, metadataOf(words), { spec: commonSpec(words) });
}

/** A StatefulSet, with a volume for each Pod where one is told. */
export function statefulSet(words: WorkloadWords): KubeObject {
  const { name, volume } = words;
  const claims = volume && [
    {
      metadata: { name: volume.name },
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: volume.size } },
        ...(volume.storageClass !== undefined && { storageClassName: volume.storageClass }),
      },
    },
  ];
  return objectOf(StatefulSetKind, metadataOf(words), {
    spec: { serviceName: name, ...commonSpec(words), ...(claims && { volumeClaimTemplates: claims }) },
  });
}

/** The first container of a workload, as it is written there. */
export function containerOf({ spec }: KubeObject): Record<string, unknown> {
  const template = isRecord(spec) && isRecord(spec.template) ? spec.template.spec : undefined;
  const [container]: unknown[] = isRecord(template) && Array.isArray(template.containers) ? template.containers : [];
  return isRecord(container) ? container : {};
}

/** The plain environment variables of its first container. */
export function environmentOf(workload: KubeObject): Record<string, string> {
  const { env } = containerOf(workload);
  const entries: unknown[] = Array.isArray(env) ? env : [];
  return Object.fromEntries(
    entries
      .filter(isRecord)
      .flatMap(({ name, value }) => (typeof value === 'string' ? [[String(name), value] as const] : [])),
  );
}

function metadataOf({ name, namespace, labels }: WorkloadWords) {
  return { name, namespace, ...(labels && { labels }) };
}

function commonSpec({ replicas, podLabels, ...words }: WorkloadWords) {
  return {
    replicas,
    selector: { matchLabels: podLabels },
    template: { metadata: { labels: podLabels }, spec: podSpec(words) },
  };
}

function podSpec(words: Omit<WorkloadWords, 'replicas' | 'podLabels'>) {
  const { containers, serviceAccount, imagePullSecret, configMaps = [] } = words;
  const volumes = [
    ...configMaps.map((name) => ({ name, configMap: { name } })),
    ...Object.entries(words.volumes ?? {}).map(([name, source]) => ({ name, ...source })),
  ];
  return {
    ...(serviceAccount !== undefined && { serviceAccountName: serviceAccount }),
    ...(imagePullSecret !== undefined && { imagePullSecrets: [{ name: imagePullSecret }] }),
    ...(volumes.length > 0 && { volumes }),
    containers: containers.map((container) => containerFrom(container, configMaps)),
  };
}

function containerFrom(words: ContainerWords, configMaps: readonly string[]) {
  const { name, args, ports = {}, secretEnv = {}, tag = 'sandbox', mounts = {} } = words;
  const volumeMounts = [
    ...configMaps.map((volume) => ({ name: volume, mountPath: `/etc/${volume}` })),
    ...Object.entries(mounts).map(([volume, mountPath]) => ({ name: volume, mountPath })),
  ];
  const env = [
    ...Object.entries(words.env ?? {}).map(([variable, value]) => ({ name: variable, value })),
    ...Object.entries(secretEnv).map(([variable, secretKeyRef]) => ({ name: variable, valueFrom: { secretKeyRef } })),
  ];
  const portList = Object.entries(ports).map(([port, containerPort]) => ({ name: port, containerPort }));
  return {
    name,
    image: `quay.io/acm-d/${name}:${tag}`,
    ...(args && { args }),
    ...(portList.length > 0 && { ports: portList }),
    ...((words.env !== undefined || env.length > 0) && { env }),
    ...(volumeMounts.length > 0 && { volumeMounts }),
  };
}
