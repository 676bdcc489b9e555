/** Problems of ACM on the hub and of its installation. */
import { exits } from '../exits.ts';
import type { ProblemEntry } from '../problems.ts';

export const hubProblems = {
  'acm-missing': {
    title: 'Red Hat ACM is not installed on this cluster.',
    cause: 'The context points to another cluster, or the MultiClusterHub was never created.',
    fix: 'Choose the hub with --context, or install Advanced Cluster Management and create a MultiClusterHub.',
    exit: exits.checkFailed,
  },
  'acm-not-running': {
    title: 'ACM is not ready to install observability.',
    cause: 'It is being installed, upgraded or repaired; until then its observability operator idles.',
    fix: 'Wait until `oc get multiclusterhub -A` says Running, then run again.',
    exit: exits.checkFailed,
  },
  'observability-twice': {
    title: 'There is more than one MultiClusterObservability object.',
    cause: 'A second installation under another name; the operator then reconciles neither and says nothing.',
    fix: 'Delete the one that is not meant: `oc get multiclusterobservability`.',
    exit: exits.applyFailed,
  },
  'observability-absent': {
    title: 'Observability is not installed on this hub.',
    cause: 'There is no MultiClusterObservability object.',
    fix: 'Install it: `acm-observability apply`.',
    exit: exits.checkFailed,
  },
  'observability-paused': {
    title: 'ACM observability is paused.',
    cause: 'Somebody set the annotation mco-pause.',
    fix: 'Remove it: `oc annotate multiclusterobservability NAME mco-pause-`.',
    exit: exits.checkFailed,
  },
  'observability-terminating': {
    title: 'The MultiClusterObservability object is being deleted.',
    cause: 'Somebody deleted it, and a finalizer holds it until what it names is done.',
    fix: 'Wait for the finalizer named; when it is gone, install again: `acm-observability apply`.',
    exit: exits.checkFailed,
  },
  'collection-off': {
    title: 'Collecting metrics is switched off.',
    cause:
      'enableMetrics is false: in the MultiClusterObservability object for the fleet, in an ObservabilityAddon for one cluster.',
    fix: 'Switch it on: `oc patch multiclusterobservability observability --type merge -p \'{"spec":{"observabilityAddonSpec":{"enableMetrics":true}}}\'`.',
    exit: exits.checkFailed,
  },
  'operator-down': {
    title: 'ACM’s observability operator does not run.',
    cause: 'It was scaled to none, or its pod does not start; what is installed goes on and nothing is repaired.',
    fix: 'Look at it: `oc get deployment -A -l name=multicluster-observability-operator`.',
    exit: exits.checkFailed,
  },
  'route-not-admitted': {
    title: 'Collectors cannot reach the hub by its route.',
    cause: 'No router has admitted the Route observatorium-api, or another route holds its host.',
    fix: 'Look at its conditions: `oc -n open-cluster-management-observability get route observatorium-api -o yaml`.',
    exit: exits.checkFailed,
  },
  'compactor-halted': {
    title: 'The Thanos compactor has halted.',
    cause: 'A block is broken or overlaps, or a second compactor works on the same bucket.',
    fix: 'Read its log for the block: `oc -n open-cluster-management-observability logs observability-thanos-compact-0`; one hub to one bucket.',
    exit: exits.checkFailed,
  },
  'remote-write-failing': {
    title: 'The hub cannot write metrics to a further endpoint.',
    cause: 'A remote write endpoint of the MultiClusterObservability object refuses or does not answer.',
    fix: 'Look at the gateway’s log: `oc -n open-cluster-management-observability logs deploy/observability-observatorium-api`.',
    exit: exits.checkFailed,
  },
  'volume-filling': {
    title: 'A volume of observability is almost full.',
    cause: 'More series or a longer retention than it was sized for.',
    fix: 'Enlarge it where its class allows: spec.storageConfig of the MultiClusterObservability object.',
    exit: exits.checkFailed,
  },
  'bucket-shared': {
    title: 'Two hubs write into one bucket.',
    cause:
      'The same cluster name arrives with more than one cluster ID: another hub uses the bucket, or a cluster was imported twice.',
    fix: 'Give each hub a bucket of its own; the marker acm-observability/hub.json in the bucket names the first.',
    exit: exits.checkFailed,
  },
  'label-list-missing': {
    title: 'Grafana’s lists of cluster labels are empty.',
    cause:
      'acm_managed_cluster_labels does not reach the hub: its own collector fails, or a list took the metric away.',
    fix: 'Look at the hub’s collector: `oc -n open-cluster-management-observability logs deploy/metrics-collector-deployment`.',
    exit: exits.checkFailed,
  },
  'observability-failed': {
    title: 'ACM could not bring observability up.',
    cause: 'The condition and the workload named.',
    fix: 'Repair what is named, then run again: what is in place stays.',
    exit: exits.applyFailed,
  },
  'storage-class-missing': {
    title: 'The storage class does not exist.',
    cause: 'A misspelt observability.storageClass, or a hub without a default class; ACM would silently use another.',
    fix: 'Name one that exists: `oc get storageclass`.',
    exit: exits.configuration,
  },
  'storage-class-change': {
    title: 'The storage class of a running installation cannot be changed without losing data.',
    cause: 'ACM deletes the StatefulSets and their volumes to change it (from 2.17), or never comes to rest (before).',
    fix: 'Put observability.storageClass back to the class in use, or uninstall first.',
    exit: exits.applyFailed,
  },
  'pull-secret-missing': {
    title: 'There is no pull secret to copy.',
    cause: 'Neither the MultiClusterHub nor openshift-config has one.',
    fix: 'Create openshift-config/pull-secret, or name a Secret in MultiClusterHub spec.imagePullSecret.',
    exit: exits.applyFailed,
  },
} as const satisfies Record<string, ProblemEntry>;
