/** The kinds of observability.open-cluster-management.io, as their CRDs have them (acm.md §1.2, measured.md §1.3 and §3). */
import { anything, type ObjectSchema } from '../schema.ts';
import {
  flag,
  flagWith,
  integer,
  integerWith,
  listBy,
  listOf,
  mapOf,
  object,
  open,
  quantity,
  text,
  textWith,
} from './parts.ts';

const resources = object({
  claims: { ...listBy(['name']), items: object({ name: text, request: text }, { required: ['name'] }) },
  limits: mapOf(quantity),
  requests: mapOf(quantity),
});
const duration = String.raw`^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`;
const address = textWith({ maxLength: 2083, pattern: String.raw`^https:\/\/` });
const logLevel = textWith({ enum: ['debug', 'info', 'warn', 'error'] });
const enabled = object({ enabled: flag });
const replicas = integer;
const scaled = object({ replicas, resources });
const serviceAccountAnnotations = mapOf(text);
/** Overrides of whole container definitions: described by Kubernetes, open here. */
const containers = listOf(open());
const memcached = object({ connectionLimit: integer, maxItemSize: text, memoryLimitMb: integer, replicas, resources });
const thanos = { containers, replicas, resources, serviceAccountAnnotations };

const advanced = object({
  alertmanager: object({ replicas, resources, secrets: listOf(text) }),
  compact: object({
    containers,
    debug: object({
      blockMetaFetchConcurrency: integerWith({ minimum: 0 }),
      downsampleConcurrency: integerWith({ minimum: 0 }),
      logLevel,
      waitInterval: textWith({ pattern: duration }),
    }),
    resources,
    serviceAccountAnnotations,
  }),
  customAlertmanagerHubURL: address,
  customObservabilityHubURL: address,
  grafana: scaled,
  multiClusterObservabilityAddon: scaled,
  observatoriumAPI: scaled,
  query: object({ ...thanos, usePrometheusEngine: flag }),
  queryFrontend: object({ containers, replicas, resources }),
  queryFrontendMemcached: memcached,
  queryTimeout: textWith({ default: '300s', pattern: duration }),
  rbacQueryProxy: scaled,
  receive: object({ ...thanos, debug: object({ logLevel }) }),
  retentionConfig: object({
    blockDuration: text,
    deleteDelay: text,
    retentionInLocal: text,
    retentionResolution1h: text,
    retentionResolution5m: text,
    retentionResolutionRaw: text,
  }),
  rule: object({ ...thanos, evalInterval: text }),
  store: object(thanos),
  storeMemcached: memcached,
});

const capabilities = object({
  addonManager: object({ logVerbosity: integer, resources }),
  platform: object({
    analytics: object({
      incidentDetection: enabled,
      namespaceRightSizingRecommendation: object({ enabled: flag, namespaceBinding: text }),
      virtualizationRightSizingRecommendation: object({ enabled: flag, namespaceBinding: text }),
    }),
    logs: object({ collection: enabled }),
    metrics: object({ alerts: enabled, default: enabled, ui: enabled }),
  }),
  userWorkloads: object({
    logs: object({ collection: object({ clusterLogForwarder: enabled }) }),
    metrics: object({ alerts: enabled, default: enabled }),
    traces: object({ collection: object({ collector: enabled, instrumentation: enabled }) }),
  }),
});

const addonSpec = object({
  enableMetrics: flagWith(true),
  interval: integerWith({ default: 300, minimum: 15, maximum: 3600 }),
  resources,
  scrapeSizeLimitBytes: integerWith({ default: 1_073_741_824 }),
  workers: integerWith({ default: 1, minimum: 1 }),
});

/** A key of a Secret, and how to reach what it tells of. */
const storeReference = object(
  { key: text, name: text, serviceAccountProjection: flag, tlsSecretMountPath: text, tlsSecretName: text },
  { required: ['key', 'name'] },
);

const storageConfig = object(
  {
    alertmanagerStorageSize: textWith({ default: '1Gi' }),
    compactStorageSize: textWith({ default: '100Gi' }),
    metricObjectStorage: storeReference,
    receiveStorageSize: textWith({ default: '100Gi' }),
    ruleStorageSize: textWith({ default: '1Gi' }),
    storageClass: text,
    storeStorageSize: textWith({ default: '10Gi' }),
    writeStorage: listOf(storeReference),
  },
  { required: ['metricObjectStorage'] },
);

const sizes = ['default', 'minimal', 'small', 'medium', 'large', 'xlarge', '2xlarge', '4xlarge'];

export const multiClusterObservability: ObjectSchema['fields'] = {
  spec: object(
    {
      advanced,
      capabilities,
      enableDownsampling: flagWith(true),
      imagePullPolicy: text,
      imagePullSecret: text,
      instanceSize: textWith({ enum: sizes }),
      nodeSelector: mapOf(text),
      observabilityAddonSpec: addonSpec,
      storageConfig,
      tolerations: listOf(object({ effect: text, key: text, operator: text, tolerationSeconds: integer, value: text })),
    },
    { required: ['observabilityAddonSpec', 'storageConfig'] },
  ),
  status: object({ conditions: listOf(open({ type: text, status: text, reason: text, message: text })) }),
};

export const observabilityAddon: ObjectSchema['fields'] = {
  spec: addonSpec,
  status: object({ conditions: listOf(open({ type: text, status: text, reason: text, message: text })) }),
};

const condition = object(
  {
    lastTransitionTime: text,
    message: textWith({ maxLength: 32_768 }),
    observedGeneration: integerWith({ minimum: 0 }),
    reason: textWith({ minLength: 1, maxLength: 1024, pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$' }),
    status: textWith({ enum: ['True', 'False', 'Unknown'] }),
    type: textWith({ maxLength: 316 }),
  },
  { required: ['lastTransitionTime', 'message', 'reason', 'status', 'type'] },
);

/** `result` and `template` hold whole objects of any kind. */
const answered = object({ conditions: listOf(condition), result: anything });

export const managedClusterView: ObjectSchema['fields'] = {
  spec: object({
    scope: object({
      apiGroup: text,
      kind: text,
      name: text,
      namespace: text,
      resource: text,
      updateIntervalSeconds: integer,
      version: text,
    }),
  }),
  status: answered,
};

export const managedClusterAction: ObjectSchema['fields'] = {
  spec: object({
    actionType: text,
    kube: object({ name: text, namespace: text, resource: text, template: anything }),
  }),
  status: answered,
};
