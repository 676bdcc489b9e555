/** Problems between us and the API servers, on the hub and on managed clusters. */
import { exits } from '../exits.ts';
import type { ProblemEntry } from '../problems.ts';

export const clusterProblems = {
  unreachable: {
    title: 'The API server does not answer.',
    cause: 'The network, a proxy, or the URL in the kubeconfig.',
    fix: 'Check with `kubectl get --raw /readyz`; behind a proxy set HTTPS_PROXY and NO_PROXY.',
    exit: exits.unreachable,
  },
  'untrusted-certificate': {
    title: 'The API server shows a certificate nobody here vouches for.',
    cause: 'The kubeconfig lacks the cluster’s CA, or something in between answers in its place.',
    fix: 'Log in again with `oc login`, or set certificate-authority in the kubeconfig.',
    exit: exits.unreachable,
  },
  'not-logged-in': {
    title: 'The API server does not know who is asking.',
    cause: 'The token has expired, or the credentials plugin gave none.',
    fix: 'Log in again: `oc login`.',
    exit: exits.forbidden,
  },
  'not-permitted': {
    title: 'Something this run needs is not permitted.',
    cause: 'The account lacks a role.',
    fix: 'Ask for the rights named: `acm-observability rbac apply` prints the roles that grant them.',
    exit: exits.forbidden,
  },
  'api-refused': {
    title: 'The API server refused a request.',
    cause: 'The message is its own.',
    fix: 'Read the message; run again once its reason is gone: running again is safe.',
    exit: exits.applyFailed,
  },
  'admission-refused': {
    title: 'An admission webhook or policy refused a change.',
    cause: 'A rule of the webhook named does not hold; the message is its own. No right is missing.',
    fix: 'Do what the message asks for, or ask whoever runs the webhook; then run again: running again is safe.',
    exit: exits.applyFailed,
  },
  'webhook-unreachable': {
    title: 'An admission webhook does not answer, so nothing it watches can be changed.',
    cause: 'The Pod behind it is down; for MultiClusterObservability that is the multicluster-observability operator.',
    fix: 'Bring it back (`oc get pods -A | grep multicluster-observability-operator`), then run again: running again is safe.',
    exit: exits.applyFailed,
  },
  'field-conflict': {
    title: 'Another tool owns fields this program means to set.',
    cause: 'A GitOps tool, a policy or a controller applies the same object.',
    fix: 'Let one of the two own it: take it out of the other tool, or claim the fields with --force-conflicts.',
    exit: exits.applyFailed,
  },
  'field-dropped': {
    title: 'The API server dropped a field without a word.',
    cause: 'A misspelt key under observability.spec, or one this version of ACM does not know (measured.md §1.3).',
    fix: 'Correct the path named, or remove it.',
    exit: exits.configuration,
  },
  'document-invalid': {
    title: 'A shared document does not parse, and is left as it is.',
    cause: 'Somebody wrote it by hand or by text replacement.',
    fix: 'Repair the YAML at the place named, then run again.',
    exit: exits.applyFailed,
  },
  'document-contended': {
    title: 'A shared document is being rewritten faster than it can be merged.',
    cause: 'Another writer (GitOps, a policy) keeps changing it.',
    fix: 'Find the writer named in metadata.managedFields, stop one of the two, then run again.',
    exit: exits.applyFailed,
  },
  'program-error': {
    title: 'The program made a mistake.',
    cause: 'Not what you did: the message is the program’s own.',
    fix: 'Run again, which is safe; report it with the output of the same command and -vv.',
    exit: exits.bug,
  },
  interrupted: {
    title: 'The run was stopped on its way.',
    cause: 'Ctrl-C, or a signal of whatever started it: a pipeline that was cancelled, a time limit.',
    fix: 'Run the same command again: what is in place stays, and the rest is done then.',
    exit: exits.interrupted,
  },
  locked: {
    title: 'Another run is at work on this hub.',
    cause: 'A colleague or a pipeline started it.',
    fix: 'Wait for it to end, then run again; a dead run’s lock expires by itself within seconds.',
    exit: exits.locked,
  },
  'lock-lost': {
    title: 'This run lost its lock to another one.',
    cause: 'It could not renew its Lease in time: the network, or a suspended machine.',
    fix: 'Look at the other run, then run again: what was done stays done.',
    exit: exits.locked,
  },
  'timed-out': {
    title: 'The wait ended before it was true; it may still come true.',
    cause: 'Slow volumes, image pulls, or a cluster that answers late.',
    fix: 'Go on waiting without changing anything: `acm-observability wait`.',
    exit: exits.timeout,
  },
  'cluster-unreachable': {
    title: 'A managed cluster does not answer.',
    cause: 'Its agent has not renewed its lease: the cluster is off, hibernating, or cut off from the hub.',
    fix: 'Bring it back, then run again: only what is missing is done.',
    exit: exits.partial,
  },
  'cluster-not-accepted': {
    title: 'The hub does not accept a managed cluster.',
    cause: 'hubAcceptsClient is false: it was never approved, or somebody took the approval back.',
    fix: 'Accept it: `oc patch managedcluster CLUSTER --type merge -p \'{"spec":{"hubAcceptsClient":true}}\'`.',
    exit: exits.partial,
  },
  'canary-failed': {
    title: 'A cluster that was to go first is not well: the others were not begun.',
    cause: 'What was done there has not come true, or its metrics do not arrive.',
    fix: 'Look at it: `acm-observability verify`; then run again, which goes on where this one stopped.',
    exit: exits.applyFailed,
  },
  'wrong-cluster': {
    title: 'A kubeconfig context leads to another cluster than the one it is named for.',
    cause: 'userWorkloadMonitoring.contexts pairs the wrong names, or the context was changed since.',
    fix: 'Correct the pair, or leave it out: the cluster is then reached through the hub.',
    exit: exits.configuration,
  },
  'action-failed': {
    title: 'The agent on a managed cluster refused a change.',
    cause: 'The message is its own.',
    fix: 'Read the message; run again once its reason is gone.',
    exit: exits.applyFailed,
  },
  'view-failed': {
    title: 'The agent on a managed cluster could not look.',
    cause: 'The add-on work-manager is not available there, or refuses the kind of object.',
    fix: 'Check the add-on: `oc -n CLUSTER get managedclusteraddon work-manager`.',
    exit: exits.applyFailed,
  },
  'policy-unsupported': {
    title: 'This hub cannot keep user-workload monitoring on by a policy.',
    cause: 'Templates read YAML from ACM 2.14 on, and the policies of ACM (its component grc) must be installed.',
    fix: 'Set userWorkloadMonitoring.mode to auto, or bring ACM to 2.14 with governance enabled.',
    exit: exits.configuration,
  },
  'policy-addon-missing': {
    title: 'A managed cluster does not take policies.',
    cause: 'Its add-ons config-policy-controller and governance-policy-framework are not both available.',
    fix: 'Look at them: `oc -n CLUSTER get managedclusteraddon`; the KlusterletAddonConfig there enables them (policyController).',
    exit: exits.applyFailed,
  },
  'policy-refused': {
    title: 'The policy leaves a cluster’s monitoring configuration as it is.',
    cause: 'The document does not parse, or our key cannot be set in it without changing other parts.',
    fix: 'Repair the document on the cluster: the policy looks again by itself when it changes.',
    exit: exits.applyFailed,
  },
  'policy-covers-fleet': {
    title: 'One policy serves the whole fleet, and this run is about a part of it.',
    cause:
      '--clusters, --exclude or -l with userWorkloadMonitoring.mode: policy, where the policy would have to change; or --canary, where a policy that is in force would.',
    fix: 'Run without them; to leave clusters out for good, use clusters.select or clusters.exclude in the configuration.',
    exit: exits.usage,
  },
} as const satisfies Record<string, ProblemEntry>;
