/** What will not last on the hub, or lets metrics go wrong later. */
import { exits } from '../exits.ts';
import type { ProblemEntry } from '../problems.ts';

export const upkeepProblems = {
  'addon-crds-missing': {
    title: 'ACM lacks kinds it needs for the addon architecture.',
    cause:
      'The Cluster Observability Operator, or another one the message names, is not installed on the hub or was removed.',
    fix: 'Install what the message names from OperatorHub; see what is there: `oc get crd | grep -E "rhobs|opentelemetry|clusterlogforwarders"`.',
    exit: exits.checkFailed,
  },
  'retention-short': {
    title: 'Samples are deleted before Thanos has made coarser ones of them.',
    cause:
      'Thanos downsamples after 40 hours and after 10 days; with a shorter retention the compactor halts or long ranges stay empty.',
    fix: 'Keep raw samples 40h and five-minute ones 10d at least: set observability.retention, then `acm-observability apply`.',
    exit: exits.checkFailed,
  },
  'interval-short': {
    title: 'Metrics are collected more often than the hub can order them.',
    cause: 'Below 60 s two pushes of a collector overlap: Receive refuses samples as out of order.',
    fix: 'Set observability.interval to 60 or more, then `acm-observability apply`.',
    exit: exits.checkFailed,
  },
  'pull-secret-gone': {
    title: 'The pull secret that ACM sends to every cluster is not there.',
    cause: 'Somebody deleted it; what runs goes on, and nothing new can be pulled.',
    fix: 'Make it again: `acm-observability apply`.',
    exit: exits.checkFailed,
  },
  'pull-secret-stale': {
    title: 'The clusters get an old pull secret.',
    cause: 'The hub’s own was changed since it was copied: images cannot be pulled once the old one expires.',
    fix: 'Copy it again: `acm-observability apply`.',
    exit: exits.checkFailed,
  },
  'image-not-pulled': {
    title: 'An image of observability cannot be pulled.',
    cause: 'The pull secret is missing, expired or of another registry, or a mirror lacks the image.',
    fix: 'See which and why: `oc -n open-cluster-management-observability get events --field-selector reason=Failed`; then copy the pull secret again: `acm-observability apply`.',
    exit: exits.checkFailed,
  },
  'volume-pending': {
    title: 'A volume of observability is not provided.',
    cause: 'Its storage class does not exist, there is no default one, or a quota or zone leaves no room.',
    fix: 'See why: `oc -n open-cluster-management-observability describe pvc`; the classes there are: `oc get storageclass`.',
    exit: exits.checkFailed,
  },
  'hashring-incomplete': {
    title: 'Samples do not reach every receiver.',
    cause:
      'The hashring is that of an earlier installation (after a restore), or its controller does not work; collectors then get "no matching hashring to handle tenant".',
    fix: 'Have it made anew: `oc -n open-cluster-management-observability rollout restart deployment/observability-thanos-receive-controller deployment/observability-observatorium-api`.',
    exit: exits.checkFailed,
  },
  'namespace-unmonitored': {
    title: 'Nobody watches observability itself.',
    cause:
      'Without the label openshift.io/cluster-monitoring the hub’s Prometheus scrapes nothing there: no alert of Thanos ever fires.',
    fix: 'Label it: `oc label namespace open-cluster-management-observability openshift.io/cluster-monitoring=true`.',
    exit: exits.checkFailed,
  },
  'certificate-ending': {
    title: 'A certificate of observability is near its end, or past it.',
    cause: 'The operator renews after 80 % of a lifetime; this one was not renewed, or is somebody’s own.',
    fix: 'Delete the Secret named; the operator makes it anew: `oc -n open-cluster-management-observability delete secret observability-server-certs observability-grafana-certs`.',
    exit: exits.checkFailed,
  },
  'ruler-failing': {
    title: 'A rule in the Thanos ruler fails.',
    cause: 'The error is its own; most often a join that meets a series twice, over clusters.',
    fix: 'Correct the expression, where it stands: `oc -n open-cluster-management-observability edit configmap thanos-ruler-custom-rules`.',
    exit: exits.checkFailed,
  },
  'architecture-leftovers': {
    title: 'Parts of the addon architecture are left although it is off.',
    cause: 'It was switched on once; its entry keeps agents on the clusters.',
    fix: 'Take it away: `oc delete clustermanagementaddon multicluster-observability-addon`.',
    exit: exits.checkFailed,
  },
  'addon-config-missing': {
    title: 'The addon architecture is to hand out an object that is not there.',
    cause:
      'A ScrapeConfig or PrometheusRule was deleted or renamed, and its reference stayed: the add-on then deploys for ever.',
    fix: 'Create the object, or take the reference out: `oc edit clustermanagementaddon multicluster-observability-addon`.',
    exit: exits.checkFailed,
  },
} as const satisfies Record<string, ProblemEntry>;
