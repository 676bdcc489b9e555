/** Built-in kinds: the few described in full, and of the others the lists that are merged by a key. */
import { anything, type ObjectSchema } from '../schema.ts';
import { atomicMap, flag, integer, integerWith, listBy, mapOf, object, open, setOf, text, textWith } from './parts.ts';

export const metadata = open({
  labels: mapOf(text),
  annotations: mapOf(text),
  finalizers: setOf(text),
  ownerReferences: listBy(['uid']),
});

const conditions = listBy(['type']);
const withConditions = open({ conditions });

const ports = listBy(['containerPort', 'protocol'], { protocol: textWith({ default: 'TCP' }) });
const container = {
  env: listBy(['name'], { valueFrom: open() }),
  ports,
  volumeMounts: listBy(['mountPath']),
  volumeDevices: listBy(['devicePath']),
  resources: open({ claims: listBy(['name']) }),
};
const podSpec = open({
  containers: listBy(['name'], container),
  initContainers: listBy(['name'], container),
  ephemeralContainers: listBy(['name'], container),
  imagePullSecrets: listBy(['name']),
  volumes: listBy(['name']),
  hostAliases: listBy(['ip']),
  topologySpreadConstraints: listBy(['topologyKey', 'whenUnsatisfiable']),
  nodeSelector: atomicMap,
});
const template = open({ metadata, spec: podSpec });
const workload: ObjectSchema['fields'] = { spec: open({ selector: atomicMap, template }), status: withConditions };
const webhooks: ObjectSchema['fields'] = { webhooks: listBy(['name']) };

/** By kind; `open` unless the kind is described in full. */
export const builtin: Readonly<Record<string, ObjectSchema>> = {
  ConfigMap: object({ data: mapOf(text), binaryData: mapOf(text), immutable: flag }),
  Secret: object({
    data: mapOf(text),
    stringData: mapOf(text),
    type: textWith({ default: 'Opaque' }),
    immutable: flag,
  }),
  Lease: object({
    spec: object({
      acquireTime: text,
      holderIdentity: text,
      leaseDurationSeconds: integerWith({ minimum: 1 }),
      leaseTransitions: integer,
      preferredHolder: text,
      renewTime: text,
      strategy: text,
    }),
  }),
  Namespace: open({ spec: open({ finalizers: anything }), status: withConditions }),
  Node: open({ status: withConditions }),
  ServiceAccount: open({ imagePullSecrets: listBy(['name']), secrets: listBy(['name']) }),
  Service: open({
    spec: open({
      ports: listBy(['port', 'protocol'], { protocol: textWith({ default: 'TCP' }) }),
      selector: atomicMap,
    }),
    status: withConditions,
  }),
  Pod: open({ spec: podSpec, status: open({ conditions, podIPs: listBy(['ip']) }) }),
  PersistentVolumeClaim: open({ spec: open({ selector: atomicMap }), status: withConditions }),
  Deployment: open(workload),
  StatefulSet: open(workload),
  DaemonSet: open(workload),
  ReplicaSet: open(workload),
  Job: open(workload),
  CronJob: open({ spec: open({ jobTemplate: open({ metadata, spec: open({ template }) }) }) }),
  PodDisruptionBudget: open({ spec: open({ selector: atomicMap }), status: withConditions }),
  ValidatingWebhookConfiguration: open(webhooks),
  MutatingWebhookConfiguration: open(webhooks),
  CustomResourceDefinition: open({ status: withConditions }),
  ClusterRole: open({ aggregationRule: open() }),
};
