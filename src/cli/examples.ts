/** What each command says about itself: one line, and three examples that can be pasted. */

export interface CommandText {
  readonly summary: string;
  readonly examples: readonly [string, string, string];
}

export const commandTexts = {
  check: {
    summary: 'before anything: access, versions, rights, store, what is already there; read only',
    examples: ['check', 'check --context hub-admin', 'check -o json'],
  },
  setup: {
    summary: 'look around, ask, write acm-observability.yaml (no secrets), show the plan, apply, verify',
    examples: ['setup', 'setup -f ./hub-paris.yaml', 'setup --context hub-admin'],
  },
  plan: {
    summary: 'what would change, computed by the API servers; writes nothing',
    examples: ['plan', 'plan -f acm-observability.yaml --detailed-exitcode', 'plan -o json=plan.json'],
  },
  apply: {
    summary: 'plan, confirm once, do, wait, verify',
    examples: [
      'apply',
      'apply -f acm-observability.yaml --yes',
      'apply --yes --clusters edge-07 -o junit=out/apply.xml',
    ],
  },
  verify: {
    summary: 'prove the metrics flow, cluster by cluster, hop by hop; read only',
    examples: ['verify', 'verify --clusters paris,lyon -o html=report.html', 'verify --metric up --clusters paris'],
  },
  wait: {
    summary: 'change nothing; go on waiting after a time-out',
    examples: ['wait', 'wait --timeout 30m', 'wait --only observability'],
  },
  uninstall: {
    summary: 'the reverse; shows its plan; stored metrics stay unless --delete-data',
    examples: ['uninstall', 'uninstall --yes', 'uninstall --yes --delete-data --confirm-delete-data acm-metrics'],
  },
  explain: {
    summary: 'a problem code, step or check: meaning, likely causes, fix; works offline',
    examples: ['explain store-denied', 'explain observability', 'explain arrive'],
  },
  grafana: {
    summary: 'the development Grafana: deploy it, make people its administrators, bring dashboards in and out',
    examples: ['grafana deploy', 'grafana grant-admin kube:admin', 'grafana promote "Our board"'],
  },
  rbac: {
    summary:
      'the smallest ClusterRole and Roles for plan, verify, apply, uninstall or a command of grafana; who may grant them applies them',
    examples: [
      'rbac verify',
      'rbac apply --serviceaccount ci:observability | kubectl apply -f -',
      'rbac grafana-export --serviceaccount ci:dashboards',
    ],
  },
  rules: {
    summary: 'lint, test, render or simulate a rule pack',
    examples: [
      'rules lint leaderboard',
      'rules simulate leaderboard --scenario dry-run --report race.html',
      'rules render leaderboard --param start=2024-10-04T15:15:00+02:00',
    ],
  },
  bundle: {
    summary: 'a support archive without secrets; lists its contents first; read only',
    examples: ['bundle', 'bundle --yes --to out/bundle.tar.gz', 'bundle --context hub-admin --no-input --yes'],
  },
  sandbox: {
    summary: 'an in-process hub with managed clusters to try things on; prints a kubeconfig',
    examples: ['sandbox', 'sandbox --dir ./hub --scenario mixed', 'sandbox --acm 2.16 --speed 60'],
  },
  demo: {
    summary: 'a guided tour on the sandbox: nothing installed to proven, then broken, named, repaired, removed',
    examples: ['demo', 'demo --accessible', 'demo --no-color'],
  },
  config: {
    summary: 'show, describe or import the configuration',
    examples: ['config show --origin', 'config schema', 'config import -f acm-observability.yaml'],
  },
  completion: {
    summary: 'a completion script for bash, zsh or fish',
    examples: [
      'completion bash > /etc/bash_completion.d/acm-observability',
      'completion zsh > ~/.zfunc/_acm-observability',
      'completion fish > ~/.config/fish/completions/acm-observability.fish',
    ],
  },
} as const satisfies Record<string, CommandText>;

export type CommandName = keyof typeof commandTexts;

export function examplesText(name: CommandName): string {
  const lines = commandTexts[name].examples.map((example) => `  acm-observability ${example}`);
  return `\nExamples:\n${lines.join('\n')}`;
}
