/** Problems of the hub's Grafanas and of the dashboards in them. */
import { exits } from '../exits.ts';
import type { ProblemEntry } from '../problems.ts';

export const grafanaProblems = {
  'grafana-absent': {
    title: 'There is no such Grafana to talk to.',
    cause: 'It was never deployed, or none of its Pods is ready.',
    fix: 'Deploy the development Grafana: `acm-observability grafana deploy`; ACM’s own: `acm-observability verify`.',
    exit: exits.checkFailed,
  },
  'grafana-unreachable': {
    title: 'Grafana does not answer.',
    cause: 'Its Pod is being replaced, or something else answers on its port.',
    fix: 'Run again in a moment; then look at the Pod: `oc -n open-cluster-management-observability get pods`.',
    exit: exits.checkFailed,
  },
  'grafana-refused': {
    title: 'Grafana refused a request.',
    cause: 'The message is its own.',
    fix: 'Read the message; run again once its reason is gone.',
    exit: exits.applyFailed,
  },
  'grafana-login-awaited': {
    title: 'Somebody has never logged in to the development Grafana.',
    cause: 'Grafana makes an account at the first login; until then there is nobody to be made an administrator.',
    fix: 'Have them open the URL named once, then run again.',
    exit: exits.timeout,
  },
  'user-not-let-in': {
    title: 'Grafana does not let a user in.',
    cause:
      'Its proxy asks whether they may list projects. On OpenShift whoever is logged in may, unless the binding basic-users was changed.',
    fix: 'Let them in: `oc create clusterrolebinding basic-user-USER --clusterrole=basic-user --user=USER`.',
    exit: exits.checkFailed,
  },
  'user-sees-nothing': {
    title: 'A user sees no cluster in Grafana.',
    cause:
      'Nobody gave them a role in the project of a managed cluster. Their panels are empty without an error: the data source answers with HTTP 200 and nothing in it.',
    fix: 'Let them see a cluster: `oc -n CLUSTER create rolebinding grafana-view-USER --clusterrole=view --user=USER`.',
    exit: exits.checkFailed,
  },
  'dashboard-absent': {
    title: 'Grafana has no such dashboard.',
    cause: 'A misspelt title or uid, or it was never saved.',
    fix: 'Name it by its uid, the part after `/d/` in its URL; `acm-observability grafana export --all` takes all.',
    exit: exits.checkFailed,
  },
  'dashboard-ambiguous': {
    title: 'More than one dashboard has this title.',
    cause: 'They are in different folders.',
    fix: 'Name one by its uid, or add --folder.',
    exit: exits.usage,
  },
  'dashboard-clash': {
    title: 'Another dashboard is in the way.',
    cause:
      'Grafana shows one dashboard for a uid, and one for a title in a folder; the loader drops the other without a word.',
    fix: 'Rename one of the two, move it to another folder, or give the copy a uid of its own.',
    exit: exits.configuration,
  },
  'dashboard-faulty': {
    title: 'A dashboard would not work.',
    cause: 'An expression, a variable, a panel or the data source is wrong at the place named.',
    fix: 'Correct it in the development Grafana, then run again.',
    exit: exits.configuration,
  },
  'dashboard-declared': {
    title: 'The configuration declares this dashboard already.',
    cause: 'A file under `dashboards:` or a pack holds it: the next apply would put that one back.',
    fix: 'Write it over the file with `acm-observability grafana export UID --to FOLDER`, then `acm-observability apply --only dashboards`.',
    exit: exits.configuration,
  },
  'dashboard-not-served': {
    title: 'A dashboard of ours is not to be seen in Grafana.',
    cause: 'The loader has not come to it yet, or dropped it: the same title is in its folder under another uid.',
    fix: 'Look for the reason: `oc -n open-cluster-management-observability logs deploy/observability-grafana -c grafana-dashboard-loader`.',
    exit: exits.checkFailed,
  },
} as const satisfies Record<string, ProblemEntry>;
