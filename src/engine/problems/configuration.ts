/** Problems of the command line, the configuration and what it names: found before anything is asked of a cluster. */
import { exits } from '../exits.ts';
import type { ProblemEntry } from '../problems.ts';

export const configurationProblems = {
  usage: {
    title: 'The command line is not one this program knows.',
    cause: 'A misspelt command or flag, or a value of the wrong form.',
    fix: 'Run the command with --help: it lists the flags with three examples.',
    exit: exits.usage,
  },
  'nobody-to-ask': {
    title: 'This run needs an answer, and there is nobody to ask.',
    cause: 'Standard input or output is not a terminal, or CI or --no-input is set.',
    fix: 'Add --yes to approve the plan, or give the missing values by flag, variable or file.',
    exit: exits.usage,
  },
  'missing-values': {
    title: 'The configuration lacks values this run cannot do without.',
    cause: 'No file, flag or variable gives them.',
    fix: 'Give each one by any of the ways listed with it.',
    exit: exits.configuration,
  },
  'configuration-invalid': {
    title: 'The configuration does not say what it means.',
    cause: 'A misspelt key, a value of the wrong form, or YAML that does not parse.',
    fix: 'Correct the place named; `acm-observability config schema` prints what is allowed.',
    exit: exits.configuration,
  },
  'configuration-unreadable': {
    title: 'The configuration file cannot be read.',
    cause: 'The path is wrong, the file is not readable, is larger than 1 MiB, or is not UTF-8 text.',
    fix: 'Check the path given with -f; `acm-observability setup` writes a new file.',
    exit: exits.configuration,
  },
  'secret-in-configuration': {
    title: 'The configuration file holds a secret.',
    cause: 'A key was written into the file instead of being given by the environment.',
    fix: 'Remove it from the file (and from its history), and give it by ACM_OBSERVABILITY_STORAGE_ACCESS_KEY and ACM_OBSERVABILITY_STORAGE_SECRET_KEY, or their _FILE forms.',
    exit: exits.configuration,
  },
  'not-available': {
    title: 'This version cannot do what the configuration asks for.',
    cause: 'The value is part of the contract, and its turn has not come.',
    fix: 'Choose another value for the key named.',
    exit: exits.configuration,
  },
  'kubeconfig-unreadable': {
    title: 'The kubeconfig cannot be used.',
    cause: 'The file is missing, is not readable, or is not a kubeconfig.',
    fix: 'Set KUBECONFIG or --kubeconfig to a readable file; `oc login` writes one.',
    exit: exits.configuration,
  },
  'context-unknown': {
    title: 'The kubeconfig has no such context.',
    cause: 'A misspelt --context, or a kubeconfig of another hub.',
    fix: 'List the contexts with `kubectl config get-contexts` and name one with --context.',
    exit: exits.configuration,
  },
  'hub-mismatch': {
    title: 'This configuration belongs to another hub.',
    cause: 'The current kubeconfig context points to a different cluster than the one the file was written for.',
    fix: 'Choose the right context with --context, or correct hub.clusterID in the file.',
    exit: exits.configuration,
  },
  'pack-invalid': {
    title: 'A rule pack cannot be used.',
    cause: 'Its pack.yaml is missing, does not parse, or lacks a required parameter.',
    fix: 'Correct the place named.',
    exit: exits.configuration,
  },
  'pack-collision': {
    title: 'Two writers mean different things by one name.',
    cause: 'Two packs, or a pack and somebody else’s entries on the hub, use the same record, match or group name.',
    fix: 'Rename one of the two; give every team a prefix of its own.',
    exit: exits.configuration,
  },
  'promtool-missing': {
    title: 'promtool, which evaluates the rules, cannot be started.',
    cause: 'It comes with Prometheus and is not on the PATH.',
    fix: 'Install it (package `prometheus`, or a release of Prometheus), or name it with --promtool FILE.',
    exit: exits.configuration,
  },
  'scenario-invalid': {
    title: 'A scenario cannot be played.',
    cause:
      'A sentence is not in the words of the pack, somebody in it does not take part, or the pack has no words at all.',
    fix: 'Write it as the pack’s own scenarios are written: `exercises.hero done at 50m by batman`.',
    exit: exits.configuration,
  },
  'engine-refused': {
    title: 'The rule engine could not play what it was given.',
    cause: 'A rule does not evaluate (types, a many-to-many match), or promtool is too old.',
    fix: 'Read its words; try the pack with `acm-observability rules test` and `rules lint`.',
    exit: exits.checkFailed,
  },
  'dashboard-invalid': {
    title: 'A dashboard file cannot be used.',
    cause: 'It is not JSON, is not a dashboard model, or is too large for a ConfigMap.',
    fix: 'Export the dashboard again from Grafana (the model, not the API envelope).',
    exit: exits.configuration,
  },
  'nothing-to-import': {
    title: 'The hub has no observability to import a configuration from.',
    cause: 'There is no MultiClusterObservability object on it.',
    fix: 'Write a new file: `acm-observability setup`.',
    exit: exits.configuration,
  },
} as const satisfies Record<string, ProblemEntry>;
