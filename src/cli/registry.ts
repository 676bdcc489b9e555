/** Which module does which command. Nothing is loaded before it is asked for: `--help` costs no client library. */
import type { Registry } from './commands.ts';

export const registry: Registry = {
  status: async (options, shell) => (await import('../commands/status.ts')).statusCommand(options, shell),
  setup: async (options, shell) => (await import('../commands/wizard.ts')).setupCommand(options, shell),
  demo: async (options, shell) => (await import('../commands/demo.ts')).demoCommand(options, shell),
  explain: async (options) => (await import('../commands/config-commands.ts')).explainCommand(options),
  configShow: async (options, shell) =>
    (await import('../commands/config-commands.ts')).configShowCommand(options, shell),
  configSchema: async (options) => (await import('../commands/config-commands.ts')).configSchemaCommand(options),
  configImport: async (options, shell) =>
    (await import('../commands/config-commands.ts')).configImportCommand(options, shell),
  rulesLint: async (options, shell) => (await import('../commands/rules/lint.ts')).rulesLintCommand(options, shell),
  rulesTest: async (options, shell) => (await import('../commands/rules/test.ts')).rulesTestCommand(options, shell),
  rulesRender: async (options, shell) =>
    (await import('../commands/rules/render.ts')).rulesRenderCommand(options, shell),
  rulesSimulate: async (options, shell) =>
    (await import('../commands/rules/simulate.ts')).rulesSimulateCommand(options, shell),
  check: async (options, shell) => (await import('../commands/check.ts')).checkCommand(options, shell),
  plan: async (options, shell) => (await import('../commands/plan.ts')).planCommand(options, shell),
  apply: async (options, shell) => (await import('../commands/apply.ts')).applyCommand(options, shell),
  verify: async (options, shell) => (await import('../commands/verify.ts')).verifyCommand(options, shell),
  wait: async (options, shell) => (await import('../commands/verify.ts')).waitCommand(options, shell),
  uninstall: async (options, shell) => (await import('../commands/uninstall.ts')).uninstallCommand(options, shell),
  bundle: async (options, shell) => (await import('../commands/bundle.ts')).bundleCommand(options, shell),
  rbac: async (options, shell) => (await import('../commands/rbac.ts')).rbacCommand(options, shell),
  grafanaDeploy: async (options, shell) =>
    (await import('../commands/grafana/deploy.ts')).grafanaDeployCommand(options, shell),
  grafanaClean: async (options, shell) =>
    (await import('../commands/grafana/deploy.ts')).grafanaCleanCommand(options, shell),
  grafanaGrantAdmin: async (options, shell) =>
    (await import('../commands/grafana/grant-admin.ts')).grantAdminCommand(options, shell),
  grafanaImport: async (options, shell) =>
    (await import('../commands/grafana/import.ts')).importCommand(options, shell),
  grafanaExport: async (options, shell) =>
    (await import('../commands/grafana/export.ts')).exportCommand(options, shell),
  grafanaDiff: async (options, shell) => (await import('../commands/grafana/diff.ts')).diffCommand(options, shell),
  grafanaLint: async (options, shell) => (await import('../commands/grafana/lint.ts')).lintCommand(options, shell),
  grafanaPromote: async (options, shell) =>
    (await import('../commands/grafana/promote.ts')).promoteCommand(options, shell),
  sandbox: async (options, { stdout, signal, clock, cwd }) => {
    const print = (line: string): void => void stdout.write(`${line}\n`);
    return (await import('../commands/sandbox.ts')).sandboxCommand(options, { print, signal, clock, cwd });
  },
};
