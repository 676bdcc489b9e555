/** Everything `rules lint` can find: how bad it is, why it matters, and what to do. */

export interface LintEntry {
  /** An error breaks or falsifies something; a warning may be meant. */
  readonly severity: 'error' | 'warning';
  readonly why: string;
  readonly fix: string;
}

export const lintCatalogue = {
  'pack-format': {
    severity: 'error',
    why: 'A key that is misspelt or of the wrong form would be a rule that silently is not there.',
    fix: 'Correct the key; `acm-observability config schema --pack` prints what is allowed.',
  },
  'alert-incomplete': {
    severity: 'error',
    why: 'Whoever is woken by an alert needs to know how bad it is and what to do.',
    fix: 'Add labels.severity (critical, warning or info), annotations.summary and annotations.runbook_url.',
  },
  'promql-syntax': {
    severity: 'error',
    why: 'A collector skips a rule it cannot parse with one line in its log; the ruler refuses the whole file.',
    fix: 'Correct the expression at the place named.',
  },
  'duration-invalid': {
    severity: 'error',
    why: 'A group or an alert without a valid duration is refused with the whole file.',
    fix: 'Write a duration such as 30s, 5m or 1d.',
  },
  'range-too-short': {
    severity: 'error',
    why: 'Fewer than two samples fall into the range, so the result is empty or depends on the phase of the pushes.',
    fix: 'Take a range of at least four times the interval, or compute it on the cluster, where samples are 30 s apart.',
  },
  'range-tight': {
    severity: 'warning',
    why: 'With fewer than four samples in the range one late push leaves a hole in the result.',
    fix: 'Take a range of at least four times the interval of what it looks at.',
  },
  'chain-across-groups': {
    severity: 'error',
    why: 'Groups are evaluated in parallel: across them a rule may see an old result, and how old depends on their phases.',
    fix: 'Put both rules into one group, the one that is used first.',
  },
  'chain-wrong-order': {
    severity: 'error',
    why: 'Rules of a group are evaluated one after the other: this one sees the result of the evaluation before.',
    fix: 'Move the rule that is used above the one that uses it.',
  },
  'collector-chain': {
    severity: 'error',
    why: 'What a collector records never enters the cluster’s own Prometheus, so no other rule of the list can see it.',
    fix: 'Write the expression out, or do the second step in a rule of the hub.',
  },
  'not-collected': {
    severity: 'warning',
    why: 'The hub has only what collectors send; a metric nobody sends is an empty result without any error.',
    fix: 'Add the name to collect.platform.names or collect.userWorkload.names; with --live ACM’s own list is looked at.',
  },
  'wrong-list': {
    severity: 'warning',
    why: 'Each list is asked of one Prometheus: a metric in the wrong list never arrives, without any error.',
    fix: 'Move it: what OpenShift itself exposes belongs to collect.platform, what users deploy to collect.userWorkload.',
  },
  'duplicate-record': {
    severity: 'error',
    why: 'Two rules with one name and overlapping labels overwrite each other’s samples.',
    fix: 'Give each its own name, prefixed with the team’s.',
  },
  'counter-without-rate': {
    severity: 'warning',
    why: 'The value of a counter only says when its process was started.',
    fix: 'Use rate() or increase() over a range of at least four intervals.',
  },
  'rate-on-gauge': {
    severity: 'warning',
    why: 'rate() takes every fall of the value for a restart of the process and adds it up again.',
    fix: 'Use delta(), deriv() or a difference with offset; or keep the moment of the change instead of counting it.',
  },
  'cluster-lost': {
    severity: 'warning',
    why: 'Without the label cluster the result mixes the fleet, and nobody can tell whose it is.',
    fix: 'Aggregate by (cluster, …); where the fleet as a whole is meant, accept the finding in the pack with a reason.',
  },
  'collector-crash': {
    severity: 'error',
    why: 'The name or match becomes an argument of the collector, which cannot start with it: nothing arrives any more.',
    fix: 'A name holds letters, digits, _ and :, a match is the inside of one selector’s braces.',
  },
  'argument-expansion': {
    severity: 'error',
    why: 'Kubernetes expands $(NAME) in a container’s arguments, and makes $$ one $.',
    fix: 'Write the expression without it; in a regular expression, [$][(] or \\x24.',
  },
  'manifest-size': {
    severity: 'warning',
    why: 'The list goes into the ManifestWork of every cluster; one that is too large reaches none of them.',
    fix: 'Collect less, or record on the cluster what the hub only adds up.',
  },
  'argument-size': {
    severity: 'error',
    why: 'Every rule becomes one argument of a process, which the kernel limits to 128 KiB.',
    fix: 'Split the expression into rules of the hub.',
  },
  'series-budget': {
    severity: 'warning',
    why: 'Every series of every cluster is sent, kept and paid for.',
    fix: 'Narrow the matches, record a sum on the cluster, or raise --max-series.',
  },
  'scraped-twice': {
    severity: 'error',
    why: 'Under the addon architecture each list is a scrape of its own: a metric in two of them arrives twice, and is refused.',
    fix: 'Collect it in one pack only.',
  },
  'dashboard-broken': {
    severity: 'error',
    why: 'Grafana shows an error or nothing there, or does not take the dashboard at all.',
    fix: 'Correct what is named; metrics of the hub are in the data source with the uid 000000001.',
  },
  'dashboard-unclear': {
    severity: 'warning',
    why: 'The dashboard is shown, and people read it wrongly or find a panel empty without a reason.',
    fix: 'Give the panel a title and a unit, its expression $__rate_interval and metrics that are collected, the dashboard a uid.',
  },
} as const satisfies Record<string, LintEntry>;

export type LintCode = keyof typeof lintCatalogue;
