/**
 * The configuration's shape, once: the file is checked against it, the variables are named after it, and `config schema`
 * prints it. Strict everywhere but below `observability.spec`, which belongs to ACM's API.
 */
import * as z from 'zod';
import {
  dateFault,
  durationFault,
  endpointFault,
  type Fault,
  metricNameFault,
  normalEndpoint,
  objectNameFault,
  packFault,
} from './values.ts';

/** Text of one line; checked further by a rule of `values.ts`. */
function text(fault: (value: string) => Fault = () => undefined) {
  return z
    .string()
    .min(1, 'must not be empty')
    .superRefine((value, context) => {
      if (value === '') return;
      const message = /\p{Cc}/u.test(value) ? 'must be one line of text' : fault(value);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    });
}

const names = z.array(text());

const storage = z.strictObject({
  provider: z
    .enum(['s3', 'bucketclaim', 'existing', 'azure', 'gcs'])
    .default('s3')
    .describe('s3, bucketclaim (an ObjectBucketClaim of ODF), existing (a Secret already there), azure or gcs'),
  bucket: text().exactOptional().describe('The bucket Thanos keeps its blocks in; one hub, one bucket'),
  region: text((value) => (/^[A-Za-z0-9_-]{1,64}$/.test(value) ? undefined : 'must be a region such as eu-west-3'))
    .exactOptional()
    .describe('Region of the bucket; AWS needs it'),
  endpoint: text(endpointFault)
    .overwrite(normalEndpoint)
    .exactOptional()
    .describe('https://host[:port] of the store; absent for AWS'),
  caFile: text().exactOptional().describe('File with the CA of the store, in PEM'),
  create: z.boolean().default(true).describe('Create the bucket when it is missing'),
  existingSecret: z
    .strictObject({
      name: text(objectNameFault).describe('Name of the Secret in open-cluster-management-observability'),
      key: text().default('thanos.yaml').describe('Key in it'),
    })
    .exactOptional()
    .describe('With provider existing: the Secret that is already there'),
});

const interval = 'must be a whole number of seconds from 15 to 3600';

const observability = z.strictObject({
  name: text(objectNameFault).default('observability').describe('Name of the MultiClusterObservability object'),
  interval: z
    .int(interval)
    .min(15, interval)
    .max(3600, interval)
    .default(300)
    .describe('Seconds between two pushes of a cluster'),
  instanceSize: z
    .enum(['default', 'minimal', 'small', 'medium', 'large', 'xlarge', '2xlarge', '4xlarge'])
    .exactOptional()
    .describe('Size of the hub’s workloads'),
  storageClass: text(objectNameFault)
    .exactOptional()
    .describe('Storage class of the hub’s volumes; absent: the default class'),
  retention: z
    .strictObject({
      raw: text(durationFault).default('30d').describe('How long raw samples are kept; 0d is for ever'),
      fiveMinutes: text(durationFault).default('180d').describe('How long five-minute samples are kept'),
      oneHour: text(durationFault).default('365d').describe('How long one-hour samples are kept'),
    })
    .prefault({}),
  spec: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Further fields of the MultiClusterObservability spec, passed through as they are'),
});

const select = z
  .strictObject({
    all: z.literal(true, 'must be true; to choose, use names or selector').exactOptional().describe('Every cluster'),
    names: names.min(1, 'must name a cluster').exactOptional().describe('These clusters'),
    selector: text().exactOptional().describe('The clusters with these labels, as `env=prod`'),
  })
  .refine((value) => Object.values(value).filter((given) => given !== undefined).length === 1, {
    message: 'must have one of all, names and selector',
    when: ({ issues }) => issues.length === 0,
  });

const pack = z.union(
  [
    text(packFault),
    z
      .strictObject({
        name: text(packFault).exactOptional().describe('Name of a shipped pack'),
        path: text().exactOptional().describe('Folder of a pack of your own'),
        parameters: z.record(z.string(), z.unknown()).default({}).describe('Values for the parameters of the pack'),
      })
      .refine((value) => (value.name === undefined) !== (value.path === undefined), {
        message: 'must have one of name and path',
        when: ({ issues }) => issues.length === 0,
      }),
  ],
  'must be a pack’s name, or a mapping with name or path',
);

const dashboard = z.union(
  [
    text(),
    z.strictObject({
      path: text().describe('A file or a glob'),
      folder: text().exactOptional().describe('Title of its folder in Grafana; absent: Custom'),
    }),
  ],
  'must be a file, or a mapping with path and folder',
);

const acceptance = z.strictObject({
  code: text().describe('Code of the finding'),
  cluster: text().exactOptional().describe('Only on this cluster'),
  reason: text().describe('Why it is accepted'),
  until: text(dateFault).describe('Last day it is accepted'),
});

export const configSchema = z.strictObject({
  apiVersion: z
    .literal('acm-observability/v1', 'must be acm-observability/v1')
    .exactOptional()
    .describe('Version of this form'),
  team: text(objectNameFault)
    .exactOptional()
    .describe('Only packs, metrics and dashboards, of this team, on a hub whose installation another file describes'),
  hub: z
    .strictObject({
      clusterID: text().exactOptional().describe('Cluster ID of the hub; a run against another hub is refused'),
      context: text().exactOptional().describe('Kubeconfig context of the hub'),
    })
    .prefault({}),
  storage: storage.prefault({}),
  observability: observability.prefault({}),
  clusters: z
    .strictObject({
      select: select.default({ all: true }).describe('Where user-workload monitoring is turned on'),
      exclude: names.default([]).describe('Clusters left alone'),
      canary: names.default([]).describe('Clusters done and verified before the others are begun'),
      collection: z
        .enum(['all', 'selected'])
        .default('all')
        .describe('all: ACM collects from every cluster; selected: the others get the label observability=disabled'),
    })
    .prefault({}),
  userWorkloadMonitoring: z
    .strictObject({
      mode: z
        .enum(['auto', 'action', 'policy', 'contexts', 'off'])
        .default('auto')
        .describe('How managed clusters are reached'),
      contexts: z
        .record(z.string(), text())
        .default({})
        .describe('Kubeconfig context of each managed cluster reached directly'),
    })
    .prefault({}),
  packs: z.array(pack).default([]).describe('Rule packs: a shipped pack’s name, or a folder'),
  metrics: z
    .strictObject({
      platform: z.array(text(metricNameFault)).default([]).describe('Further platform metrics to collect'),
      userWorkload: z.array(text(metricNameFault)).default([]).describe('Further user-workload metrics to collect'),
    })
    .prefault({}),
  dashboards: z
    .array(dashboard)
    .default([])
    .describe('Dashboard files or globs, relative to this file; with a folder of Grafana as path and folder'),
  grafana: z
    .strictObject({
      dev: z.boolean().default(false).describe('Deploy the development Grafana'),
      admins: names.default([]).describe('Users made administrators of it'),
    })
    .prefault({}),
  accept: z.array(acceptance).default([]).describe('Findings to live with: they stay visible and no longer fail'),
});

export type ConfigOutput = z.output<typeof configSchema>;
