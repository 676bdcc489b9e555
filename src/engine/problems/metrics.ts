/** What `verify` finds on the way of a metric, from the cluster to the hub. */
import { exits } from '../exits.ts';
import type { ProblemEntry } from '../problems.ts';

export const metricsProblems = {
  'metrics-unreachable': {
    title: 'The hub’s metrics cannot be asked.',
    cause: 'Neither the service proxy nor the route of the query proxy answers.',
    fix: 'Look at the pods: `oc -n open-cluster-management-observability get pods -l app.kubernetes.io/name=thanos-query`.',
    exit: exits.checkFailed,
  },
  'metrics-denied': {
    title: 'You may not read the hub’s metrics.',
    cause: 'The account may not get services/proxy in the observability namespace, and has no token for the route.',
    fix: 'Ask for `get` on services/proxy in open-cluster-management-observability.',
    exit: exits.forbidden,
  },
  'metrics-empty': {
    title: 'The hub answers, but has no series at all.',
    cause: 'No collector has sent anything yet, or the account sees no cluster: both look alike with HTTP 200.',
    fix: 'Wait two intervals for them: `acm-observability verify --wait`.',
    exit: exits.checkFailed,
  },
  'metrics-absent': {
    title: 'No metrics have arrived from a cluster.',
    cause: 'Its collector does not send, or what it sends is refused on the way.',
    fix: 'Look at the hop before: `acm-observability verify --clusters CLUSTER`.',
    exit: exits.checkFailed,
  },
  'metrics-stale': {
    title: 'The metrics of a cluster are old.',
    cause: 'Its collector has stopped sending.',
    fix: 'Look at the collector’s log on the cluster: `oc -n open-cluster-management-addon-observability logs deploy/metrics-collector-deployment`.',
    exit: exits.checkFailed,
  },
  'metrics-gaps': {
    title: 'Metrics of a cluster have not arrived all the time.',
    cause: 'Its collector, its way to the hub or the hub itself was down for a while.',
    fix: 'See when: `acm-observability verify --clusters CLUSTER --since 24h -o html=report.html` draws it.',
    exit: exits.checkFailed,
  },
  'metric-not-listed': {
    title: 'A metric is in no list: nobody sends it.',
    cause: 'ACM sends what its lists name and nothing else; a misspelt name is in none.',
    fix: 'Put it into the configuration: metrics.platform for the platform’s Prometheus, metrics.userWorkload for people’s own programs; then `acm-observability apply`.',
    exit: exits.checkFailed,
  },
  'metric-absent': {
    title: 'A metric does not arrive from a cluster.',
    cause:
      'Nothing exposes it there, the other Prometheus scrapes it (platform or user workload), or it was listed less than two intervals ago.',
    fix: 'Ask on the cluster (Observe > Metrics); if it is there, put its name into the other list.',
    exit: exits.checkFailed,
  },
  'metric-not-scraped': {
    title: 'Nothing on a cluster scrapes what exposes a metric.',
    cause:
      'No ServiceMonitor or PodMonitor in its namespace, one whose selector or port fits nothing there, or a namespace that user-workload monitoring does not look at.',
    fix: 'Compare them there: `oc get servicemonitors,podmonitors -A -o wide`, `oc get services -A --show-labels`.',
    exit: exits.checkFailed,
  },
  'target-down': {
    title: 'What exposes a metric is scraped, and does not answer.',
    cause: 'Its Pods do not run, listen on another port, or ask for a login or TLS that the monitor does not bring.',
    fix: 'See why on the cluster: Observe > Targets, or its Pods: `oc get pods -A`.',
    exit: exits.checkFailed,
  },
  'metric-not-delivered': {
    title: 'The list with a metric has not reached a cluster.',
    cause: 'The work agent there is behind, or the list is too large for its ManifestWork.',
    fix: 'Look at its conditions: `oc -n CLUSTER get manifestwork CLUSTER-observability -o yaml`.',
    exit: exits.checkFailed,
  },
  'addon-missing': {
    title: 'ACM has not installed its collector on a cluster.',
    cause: 'The label observability=disabled, a disabled automatic installation, or a vendor not detected yet.',
    fix: 'Look at the labels: `oc get managedcluster CLUSTER --show-labels`.',
    exit: exits.checkFailed,
  },
  'cluster-undetected': {
    title: 'ACM does not know what kind of cluster this is.',
    cause:
      'Its label vendor, or on OpenShift openshiftVersion, is missing: its add-on work-manager does not report, or somebody took the label away. ACM then installs no collector, and passes no change on.',
    fix: 'Look at what reports it: `oc -n CLUSTER get managedclusteraddon work-manager`.',
    exit: exits.checkFailed,
  },
  'addon-degraded': {
    title: 'The observability add-on of a cluster is not well.',
    cause: 'The reason and message are its own.',
    fix: 'Look at it: `oc -n CLUSTER get managedclusteraddon observability-controller -o yaml`.',
    exit: exits.checkFailed,
  },
  'addon-installing': {
    title: 'ACM is still installing its collector on a cluster.',
    cause: 'The ManifestWork has not been applied there: the agent is behind, or it is refused.',
    fix: 'Look at its conditions: `oc -n CLUSTER get manifestwork CLUSTER-observability -o yaml`.',
    exit: exits.checkFailed,
  },
  'addon-silent': {
    title: 'The observability add-on of a cluster is no longer heard.',
    cause: 'Its operator there has stopped renewing its lease: the pod does not run, or cannot reach the hub.',
    fix: 'Look at it on the cluster: `oc -n open-cluster-management-addon-observability get pods`.',
    exit: exits.checkFailed,
  },
  'addon-unsupported': {
    title: 'The add-on finds no Prometheus on a cluster.',
    cause: 'The service prometheus-k8s is missing: the cluster’s own monitoring is broken or not there.',
    fix: 'Repair it there: `oc get clusteroperator monitoring`.',
    exit: exits.checkFailed,
  },
  'addon-update-failed': {
    title: 'The add-on could not put its collector in place.',
    cause: 'A quota, a policy or missing rights on the cluster.',
    fix: 'Read the log on the cluster: `oc -n open-cluster-management-addon-observability logs deploy/endpoint-observability-operator`.',
    exit: exits.checkFailed,
  },
  'monitoring-contended': {
    title: 'Something else keeps rewriting a cluster’s monitoring configuration.',
    cause: 'GitOps or a policy enforces the ConfigMap that ACM has to change too.',
    fix: 'See who: `oc -n openshift-monitoring get configmap cluster-monitoring-config -o yaml --show-managed-fields`; let one of the two own it.',
    exit: exits.checkFailed,
  },
  'collector-cannot-send': {
    title: 'The collector of a cluster does not get through to the hub.',
    cause: 'DNS, a firewall, a proxy, or a load balancer that ends TLS: the route must be passed through.',
    fix: 'Ask from the cluster: `curl -vk https://$(oc -n open-cluster-management-observability get route observatorium-api -o jsonpath={.spec.host})`.',
    exit: exits.checkFailed,
  },
  'proxy-in-the-way': {
    title: 'The collector of a cluster does not use the cluster’s proxy.',
    cause:
      'The cluster reaches the outside by a proxy only, and ACM hands that to its collector by nothing but an AddOnDeploymentConfig. Alerts are never sent by a proxy.',
    fix: 'Make an AddOnDeploymentConfig with `spec.proxyConfig` in the namespace CLUSTER and name it under spec.configs of `oc -n CLUSTER edit managedclusteraddon observability-controller`.',
    exit: exits.checkFailed,
  },
  'csr-not-approved': {
    title: 'The hub has not signed the certificate of a cluster’s collector.',
    cause:
      'The controller that approves such requests does not run, or somebody denied this one. A renewal that waits stops the metrics when the old certificate ends.',
    fix: 'Approve what is waiting: `oc get csr`, `oc adm certificate approve NAME`.',
    exit: exits.checkFailed,
  },
  'alerts-not-forwarded': {
    title: 'Alerts of the clusters do not reach the hub.',
    cause: 'No router has admitted the Route alertmanager, or it is gone: the clusters’ Prometheus sends there.',
    fix: 'Look at its conditions: `oc -n open-cluster-management-observability get route alertmanager -o yaml`.',
    exit: exits.checkFailed,
  },
  'collector-cannot-read': {
    title: 'The collector of a cluster gets nothing from its own Prometheus.',
    cause: 'The federation takes longer than 30 s or is larger than the limit: too many series are asked for.',
    fix: 'Collect less, or raise spec.observabilityAddonSpec.workers and scrapeSizeLimitBytes.',
    exit: exits.checkFailed,
  },
  'collector-rules-failing': {
    title: 'Recording rules of the allowlist fail on a cluster.',
    cause: 'An expression its Prometheus refuses or does not answer in time.',
    fix: 'Read which: `oc -n open-cluster-management-addon-observability logs deploy/metrics-collector-deployment`.',
    exit: exits.checkFailed,
  },
  'allowlist-invalid': {
    title: 'The custom allowlist cannot be read: none of its entries counts.',
    cause: 'A wrong type or broken YAML; the operator then drops every custom entry and only logs it.',
    fix: 'Correct the key named: `oc -n open-cluster-management-observability edit configmap observability-metrics-custom-allowlist`.',
    exit: exits.checkFailed,
  },
  'rules-invalid': {
    title: 'The custom rules cannot be read.',
    cause: 'Broken YAML; the ruler keeps the old rules until its next start, and then does not start.',
    fix: 'Correct the key named: `oc -n open-cluster-management-observability edit configmap thanos-ruler-custom-rules`.',
    exit: exits.checkFailed,
  },
  'collector-failing': {
    title: 'The collector of a cluster cannot send.',
    cause: 'The route to the hub, its certificate, or the local Prometheus.',
    fix: 'Look at the collector’s log on the cluster: `oc -n open-cluster-management-addon-observability logs deploy/metrics-collector-deployment`.',
    exit: exits.checkFailed,
  },
  'config-pending': {
    title: 'What ACM wants on a cluster has not reached it.',
    cause: 'The work agent there is behind or cut off, or the ManifestWork is too large.',
    fix: 'Look at its conditions: `oc -n CLUSTER get manifestwork CLUSTER-observability -o yaml`.',
    exit: exits.checkFailed,
  },
  'uwm-off': {
    title: 'User-workload monitoring is off on a cluster.',
    cause: 'enableUserWorkload is not true in its cluster-monitoring-config.',
    fix: 'Turn it on: `acm-observability apply --clusters CLUSTER`.',
    exit: exits.checkFailed,
  },
  'monitoring-config-refused': {
    title: 'The monitoring operator of a cluster refuses its configuration.',
    cause:
      'ConfigMap openshift-monitoring/cluster-monitoring-config is no YAML, or has a field that it does not know or knows as something else. The monitoring that runs stays as it was, and takes no change: user-workload monitoring asked for there does not start.',
    fix: 'Mend what is named, on the cluster: `oc -n openshift-monitoring edit configmap cluster-monitoring-config`, then run again.',
    exit: exits.checkFailed,
  },
  'monitoring-degraded': {
    title: 'The monitoring operator of a cluster is not well.',
    cause: 'The reason and message are its own. What it runs goes on for now, and metrics may still arrive.',
    fix: 'Read its words on the cluster: `oc get clusteroperator monitoring -o yaml`.',
    exit: exits.checkFailed,
  },
  'uwm-collector-failing': {
    title: 'The collector for user workloads fails on a cluster.',
    cause: 'Metrics of the platform arrive, those of people’s own programs do not; the message is the collector’s.',
    fix: 'Read its log on the cluster: `oc -n open-cluster-management-addon-observability logs deploy/uwl-metrics-collector-deployment`.',
    exit: exits.checkFailed,
  },
  'addon-terminating': {
    title: 'The observability add-on of a cluster is being deleted, and something holds it.',
    cause: 'A finalizer waits for a cluster that does not answer, or for a controller that is gone.',
    fix: 'Bring the cluster back; if it is gone for good, let go of it: `oc -n CLUSTER patch managedclusteraddon observability-controller --type merge -p \'{"metadata":{"finalizers":null}}\'`.',
    exit: exits.checkFailed,
  },
  'clock-ahead': {
    title: 'The clock of a cluster is ahead.',
    cause: 'Its nodes do not keep time (NTP), or this machine’s clock is behind.',
    fix: 'Look at its nodes: `oc get mcp`, `oc debug node/NODE -- chroot /host chronyc tracking`; dashboards show what is in the future only later.',
    exit: exits.checkFailed,
  },
  drifted: {
    title: 'Something of ours is not as it should be.',
    cause: 'It was changed or removed after it was applied.',
    fix: 'See who: `acm-observability plan`; set it back: `acm-observability apply`.',
    exit: exits.checkFailed,
  },
  'workload-not-ready': {
    title: 'A workload of the hub is not ready.',
    cause: 'The pod and the event named.',
    fix: 'Look at it: `oc -n open-cluster-management-observability get pods`.',
    exit: exits.checkFailed,
  },
  'rules-missing': {
    title: 'The Thanos ruler does not run our rules.',
    cause: 'It has not read the ConfigMap yet, or could not.',
    fix: 'Put them in place again: `acm-observability apply --only ruler-rules`; the ruler reads them within 90 s, else look at the log of observability-thanos-rule.',
    exit: exits.checkFailed,
  },
  'rules-failing': {
    title: 'A rule fails in the Thanos ruler.',
    cause: 'The error is its own.',
    fix: 'Correct the expression, then run apply.',
    exit: exits.checkFailed,
  },
  'pack-unproven': {
    title: 'A query by which a pack proves that it works does not hold.',
    cause:
      'Its metrics have not arrived yet, are not exposed on the clusters, or are scraped by the other Prometheus. For a user workload: a ServiceMonitor whose label selector fits no Service, whose port is not the name of a port of that Service, or which is in another namespace than the Service.',
    fix: 'Wait as long as the pack says, then look at the metric on one cluster (Observe > Metrics); compare the ServiceMonitor with `oc get service --show-labels`.',
    exit: exits.checkFailed,
  },
  'dashboard-missing': {
    title: 'A dashboard’s ConfigMap is missing.',
    cause: 'It was removed by hand.',
    fix: 'Make it again: `acm-observability apply --only dashboards`.',
    exit: exits.checkFailed,
  },
  'not-seen': {
    title: 'This could not be looked at.',
    cause: 'Missing rights, or a way of reaching the cluster that cannot show it.',
    fix: 'Read the evidence; a kubeconfig context for the cluster shows more.',
    exit: exits.checkFailed,
  },
} as const satisfies Record<string, ProblemEntry>;
