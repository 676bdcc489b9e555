/** `grafana grant-admin`: people who have logged in once become administrators of the development Grafana. */
import type { GlobalOptions } from '../../cli/options.ts';
import { answered, type CommandResult, tell } from '../../cli/output.ts';
import type { Shell } from '../../cli/shell.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../engine/problem.ts';
import { waitFor } from '../../engine/wait.ts';
import type { Grafana } from '../../ports.ts';
import { doneVerdict, type GrantAnswer } from '../../render/answers/answer.ts';
import { grantedText } from '../../render/answers/text.ts';
import { withSession } from '../with-session.ts';
import { requireGrafanaRights } from './rights.ts';
import { developmentGrafana, developmentUrl } from './with-grafana.ts';

export interface GrantAdminOptions extends GlobalOptions {
  /** None: those of `grafana.admins`. */
  readonly users: readonly string[];
}

type User = NonNullable<Awaited<ReturnType<Grafana['user']>>>;
type Granted = GrantAnswer['admins'][number];

/** @throws Problem `missing-values`, `grafana-absent`, `grafana-login-awaited`. */
export function grantAdminCommand(options: GrantAdminOptions, shell: Shell): Promise<CommandResult> {
  return withSession(options, shell, {}, async ({ context }) => {
    const logins = [...new Set(options.users.length > 0 ? options.users : context.config.grafana.admins)];
    if (logins.length === 0) {
      throw new Problem('missing-values', 'nobody is named to be made an administrator', {
        fix: 'Name them: `acm-observability grafana grant-admin USER…`, or set grafana.admins.',
      });
    }
    await requireGrafanaRights('grafana-grant-admin', context);
    const grafana = await developmentGrafana(context);
    const granted = await grantAll(grafana, logins, context, options, shell);
    const admins = logins.flatMap((login) => granted.get(login) ?? []);
    const all = (await grafana.members()).filter(({ role, id }) => role === 'Admin' && id !== 1);
    return answered({
      schemaVersion: 1,
      command: 'grafana grant-admin',
      ...doneVerdict(admins),
      admins,
      administrators: all.map(({ login }) => login),
    });
  });
}

/** Grafana knows nobody before the first login: waited for, and said; nobody waits for somebody else's. */
async function grantAll(
  grafana: Grafana,
  logins: readonly string[],
  context: Context,
  options: GlobalOptions,
  shell: Shell,
): Promise<ReadonlyMap<string, Granted>> {
  const { clock, signal } = context;
  const granted = new Map<string, Granted>();
  const look = async (): Promise<readonly string[]> => {
    for (const login of logins.filter((one) => !granted.has(one))) {
      const user = await grafana.user(login);
      if (user !== undefined) granted.set(login, await grant(grafana, user));
    }
    return logins.filter((login) => !granted.has(login));
  };
  let awaited = await look();
  if (awaited.length === 0) return granted;
  const url = await developmentUrl(context);
  const message = () => `${awaited.join(', ')} ${awaited.length === 1 ? 'has' : 'have'} not logged in at ${url} yet`;
  if (options.wait) {
    await tell(`Waiting for the first login: ${message()}.`, shell);
    const deadline = clock.now() + Math.min(options.timeout, options.deadline);
    await waitFor(
      async () => {
        awaited = await look();
        return awaited.length === 0 ? { state: 'ready' } : { state: 'waiting', message: message() };
      },
      { clock, signal, deadline },
    );
  }
  if (awaited.length === 0) return granted;
  // They stay what they have become.
  for (const one of granted.values()) await tell(grantedText(one), shell);
  throw new Problem('grafana-login-awaited', `${message()}.`);
}

async function grant(grafana: Grafana, { id, login }: User): Promise<Granted> {
  const member = (await grafana.members()).find((one) => one.id === id);
  if (member?.role === 'Admin') return { login, done: 'unchanged' };
  await grafana.makeAdmin(id);
  return { login, done: 'granted' };
}
