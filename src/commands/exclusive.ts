/** One run at a time: the lease, around the part of a command that writes. */
import { hostname, userInfo } from 'node:os';
import type { Shell } from '../cli/shell.ts';
import { acquireLease } from '../engine/lease.ts';
import { lookAround } from '../hub.ts';
import type { Session } from './session.ts';

/**
 * Runs `work` while holding the hub's lease; looks at the hub again when another run held it first. The signal it gets
 * aborts when the lease is lost.
 * @throws Problem `locked`, `lock-lost`.
 */
export async function exclusively<T>(
  session: Session,
  shell: Shell,
  work: (session: Session, lost: AbortSignal) => Promise<T>,
): Promise<T> {
  const { context, startedAt } = session;
  const link = pipelineLink(shell.env);
  const lease = await acquireLease({
    hub: context.cluster,
    namespace: context.hub.multiClusterHub.metadata.namespace,
    holder: {
      who: `${shell.env.USER ?? userName()}@${hostname()}`,
      run: context.runId,
      startedAt: new Date(startedAt).toISOString(),
      ...(link === undefined ? {} : { link }),
    },
    clock: context.clock,
    signal: context.signal,
  });
  try {
    await session.sweep();
    const hub = lease.awaited ? await lookAround(context.cluster) : context.hub;
    return await work({ ...session, context: { ...context, hub } }, lease.lost);
  } finally {
    await lease.release();
  }
}

/** A container may run as a user without a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'somebody';
  }
}

/** Where a colleague can look at the pipeline that holds the lease. */
function pipelineLink(env: Shell['env']): string | undefined {
  if (env.CI_JOB_URL) return env.CI_JOB_URL;
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
  return server && repository && id ? `${server}/${repository}/actions/runs/${id}` : undefined;
}
