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
