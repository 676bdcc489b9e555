/** `grafana grant-admin`: people who have logged in once become administrators of the development Grafana. */
import type { GlobalOptions } from '../../cli/options.ts';
import { type CommandResult, tell } from '../../cli/output.ts';
import type { Shell } from '../../cli/shell.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../engine/problem.ts';
import { waitFor } from '../../engine/wait.ts';
import type { Grafana } from '../../ports.ts';
import { withSession } from '../with-session.ts';
import { requireGrafanaRights } from './rights.ts';
import { developmentGrafana, developmentUrl } from './with-grafana.ts';

export interface GrantAdminOptions extends GlobalOptions {
  /** None: those of `grafana.admins`. */
  readonly users: readonly string[];
}

type User = NonNullable<Awaited<ReturnType<Grafana['user']>>>;

/** @throws Problem `missing-values`, `grafana-absent`, `grafana-login-awaited`. */
export function grantAdminCommand(options: GrantAdminOptions, shell: Shell): Promise<CommandResult> {
  return withSession(options, shell, {}, async ({ context }) => {
    const logins = options.users.length > 0 ? options.users : context.config.grafana.admins;
    if (logins.length === 0) {
      throw new Problem('missing-values', 'nobody is named to be made an administrator', {
        fix: 'Name them: `acm-observability grafana grant-admin USER…`, or set grafana.admins.',
      });
    }
    await requireGrafanaRights('grafana-grant-admin', context);
    const grafana = await developmentGrafana(context);
    const lines: string[] = [];
    for (const login of logins) lines.push(await grant(grafana, login, context, options, shell));
    const admins = (await grafana.members()).filter(({ role, id }) => role === 'Admin' && id !== 1);
    return {
      exitCode: 0,
      text: [...lines, '', 'Administrators:', ...admins.map((one) => `  ${one.login}`)].join('\n'),
    };
  });
}

async function grant(
  grafana: Grafana,
  login: string,
  context: Context,
  options: GlobalOptions,
  shell: Shell,
): Promise<string> {
  const user = await firstLogin(grafana, login, context, options, shell);
  const member = (await grafana.members()).find(({ id }) => id === user.id);
  if (member?.role === 'Admin') return `${user.login} is an administrator already.`;
  await grafana.makeAdmin(user.id);
  return `${user.login} is an administrator now.`;
}

/** Grafana knows nobody before the first login: waited for, and said. */
async function firstLogin(
  grafana: Grafana,
  login: string,
  context: Context,
  options: GlobalOptions,
  shell: Shell,
): Promise<User> {
  const { clock, signal } = context;
  let found = await grafana.user(login);
  if (found !== undefined) return found;
  const url = await developmentUrl(context);
  const message = `${login} has not logged in at ${url} yet`;
  if (options.wait) {
    await tell(`Waiting for the first login: ${message}.`, shell);
    const deadline = clock.now() + Math.min(options.timeout, options.deadline);
    await waitFor(
      async () => {
        found = await grafana.user(login);
        return found === undefined ? { state: 'waiting', message } : { state: 'ready' };
      },
      { clock, signal, deadline },
    );
  }
  if (found === undefined) throw new Problem('grafana-login-awaited', `${message}.`);
  return found;
}
