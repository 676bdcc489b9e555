/** `verify` and `wait`: prove that metrics flow, cluster by cluster, hop by hop; or go on waiting until they do. */
import { hops, proof } from '../checks/index.ts';
import { metricHops } from '../checks/metric.ts';
import { steadyHop } from '../checks/steady.ts';
import { viewerHops } from '../checks/viewer.ts';
import type { VerifyFlags } from '../cli/commands.ts';
import type { GlobalOptions } from '../cli/options.ts';
import type { CommandResult } from '../cli/output.ts';
import type { Shell } from '../cli/shell.ts';
import type { Context } from '../context.ts';
import { isProblem, Problem } from '../engine/problem.ts';
import type { Check } from '../engine/step.ts';
import type { FreshnessHistory } from '../ports.ts';
import { freshnessHistory } from '../resources/freshness.ts';
import { resultOf, runSteps } from './running.ts';
import { once, type Session } from './session.ts';
import { withSession } from './with-session.ts';

/** Read only: needs no right to write but its own Views. @throws Problem `usage` for a pack that is not configured, or groups of nobody. */
export async function verifyCommand(options: GlobalOptions & VerifyFlags, shell: Shell): Promise<CommandResult> {
  return withSession(options, shell, { looksOnce: !options.until }, async (opened) => {
    const session = await withPack(opened, options.pack);
    const { context } = session;
    const history = once(() => historyOf(context, options.since));
    const checks = [
      ...hops,
      ...(options.metric === undefined ? [] : metricHops(options.metric)),
      ...(options.since === undefined ? [] : [steadyHop(history)]),
      ...viewerAsked(options, context),
    ];
    const stable = options.until ? { stableMs: options.stable } : {};
    const result = await runSteps(session, options, shell, { mode: 'verify', checks, ...stable });
    const looked = await lookBack(history, options);
    return resultOf('verify', session, options, result, looked.notes, looked.history);
  });
}

/** @throws Problem `usage` for groups of nobody. */
function viewerAsked({ forUser, forGroups = [] }: VerifyFlags, context: Context): Check<Context>[] {
  if (forUser === undefined && forGroups.length === 0) return [];
  if (forUser === undefined || forUser === '') {
    throw new Problem('usage', '--for-user wants a name', { fix: 'See who there is: `oc get users`.' });
  }
  return viewerHops({ user: forUser, groups: forGroups }, context);
}

/** The session with the queries of one pack only. */
async function withPack(session: Session, name: string | undefined): Promise<Session> {
  if (name === undefined) return session;
  const all = await session.context.packs();
  const [pack] = all.filter((one) => one.name === name);
  if (pack === undefined) {
    const known = all.map((one) => one.name).join(', ') || 'none';
    throw new Problem('usage', `no pack ${name} is configured: there are ${known}`);
  }
  const proofless = all.map((one) => (one === pack ? one : { ...one, verify: [] }));
  return { ...session, context: { ...session.context, packs: async () => proofless } };
}

/** Milliseconds that are looked back at for a page. */
const usualStretch = 2 * 3_600_000;

function historyOf({ metrics, clock, config }: Context, since = usualStretch): Promise<FreshnessHistory> {
  const intervalSeconds = config.observability.interval;
  return freshnessHistory(metrics, { sinceSeconds: since / 1000, nowSeconds: clock.now() / 1000, intervalSeconds });
}

/** How fresh metrics have been, where the answer shows it. That it cannot be asked is told, and no verdict of its own. */
async function lookBack(history: () => Promise<FreshnessHistory>, { output, since }: GlobalOptions & VerifyFlags) {
  if (since === undefined && !output.some(({ format }) => format === 'html')) return { notes: [] };
  try {
    return { notes: [], history: await history() };
  } catch (error) {
    if (!isProblem(error)) throw error;
    return { notes: [`How fresh metrics have been could not be asked: ${error.message}`] };
  }
}

/** Changes nothing: goes on waiting after a time-out, with the same questions as `apply` at its end. */
export async function waitCommand(options: GlobalOptions, shell: Shell): Promise<CommandResult> {
  return withSession(options, shell, {}, async (session) => {
    const result = await runSteps(session, { ...options, wait: true }, shell, { mode: 'wait', checks: proof });
    return resultOf('wait', session, options, result);
  });
}
