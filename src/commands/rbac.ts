/** `rbac`: what an account must be allowed for a mode, as YAML that is ready to be applied. Reads only. */
import { rightsFor } from '../checks/rights.ts';
import type { GrafanaMode } from '../cli/grafana.ts';
import type { GlobalOptions } from '../cli/options.ts';
import type { CommandResult } from '../cli/output.ts';
import type { Shell } from '../cli/shell.ts';
import type { Context } from '../context.ts';
import { exits } from '../engine/exits.ts';
import { isProblem, Problem } from '../engine/problem.ts';
import type { Right, RightsMode } from '../engine/rights.ts';
import { observabilityNamespace, requireRunning } from '../hub.ts';
import { rbacText } from '../render/rbac.ts';
import { grafanaCommandRights } from './grafana/rights.ts';
import { chosenSteps } from './running.ts';
import type { Session } from './session.ts';
import { withSession } from './with-session.ts';

export interface RbacOptions extends GlobalOptions {
  readonly mode: RightsMode | GrafanaMode;
  readonly serviceaccount?: string;
}

/** @throws Problem `usage` for a ServiceAccount of another form, and what keeps the hub from being looked at. */
export async function rbacCommand(options: RbacOptions, shell: Shell): Promise<CommandResult> {
  const account = options.serviceaccount === undefined ? undefined : accountOf(options.serviceaccount);
  try {
    return await withSession(options, shell, {}, (session) => printed(session, options, account));
  } catch (error) {
    if (!isProblem(error) || error.exitCode !== exits.unreachable) throw error;
    const why = 'what is needed depends on the hub: the namespace of its MultiClusterHub, and its clusters';
    throw new Problem(error.code, `${error.message} Without the hub the rights cannot be told: ${why}.`, {
      cause: error,
      likely: error.likely,
      fix: error.fix,
      ...(error.proof === undefined ? {} : { proof: error.proof }),
    });
  }
}

async function printed(
  { context }: Session,
  options: RbacOptions,
  account: { readonly namespace: string; readonly name: string } | undefined,
): Promise<CommandResult> {
  requireRunning(context.hub);
  const rights = await rightsOf(options, context);
  const { name, api } = context.hub;
  const text = rbacText({
    command: options.mode.replace('grafana-', 'grafana '),
    hub: { name, api },
    rights,
    namespace: observabilityNamespace,
    ...(account && { account }),
  });
  return { exitCode: 0, text };
}

function rightsOf({ mode, ...options }: RbacOptions, context: Context): Promise<Right[]> {
  return isGrafana(mode)
    ? grafanaCommandRights(mode, context)
    : rightsFor(mode, context, chosenSteps(options, context.config));
}

function isGrafana(mode: RightsMode | GrafanaMode): mode is GrafanaMode {
  return mode.startsWith('grafana-');
}

function accountOf(text: string): { namespace: string; name: string } {
  const [, namespace, name] = /^([a-z0-9-]+):([a-z0-9.-]+)$/.exec(text) ?? [];
  if (namespace !== undefined && name !== undefined) return { namespace, name };
  throw new Problem('usage', `${text} names no ServiceAccount`, {
    fix: 'Write it as NAMESPACE:NAME: `--serviceaccount ci:observability`.',
  });
}
