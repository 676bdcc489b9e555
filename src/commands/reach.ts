/** By which way each managed cluster is reached: directly where we can, else through the hub. */
import { createActionCluster } from '../adapters/views/action-cluster.ts';
import { createViewPool } from '../adapters/views/view-pool.ts';
import type { GlobalOptions } from '../cli/options.ts';
import type { Shell } from '../cli/shell.ts';
import type { Config } from '../config/config.ts';
import { Problem } from '../engine/problem.ts';
import { requireIdentity } from '../fleet/identity.ts';
import type { Member } from '../fleet/members.ts';
import type { Cluster } from '../ports.ts';
import type { Doors } from './doors.ts';

export interface ReachOptions {
  readonly cluster: Cluster;
  readonly config: Config;
  readonly doors: Doors;
  readonly shell: Shell;
  readonly runId: string;
  readonly options: GlobalOptions;
}

export interface Reach {
  /** @throws Problem `wrong-cluster`, and what opening a context throws. */
  reach(member: Member): Promise<Cluster>;
  /** Deletes the Views and Actions that killed runs left. Only for who holds the lease. */
  sweep(): Promise<void>;
  /** Closes what was opened and deletes our Views and Actions. */
  close(): Promise<void>;
}

/** Milliseconds an agent that is alive takes to answer, at the most. */
const answerMs = 60_000;

export function createReach({ cluster, config, doors, shell, runId, options }: ReachOptions): Reach {
  const { mode, contexts } = config.userWorkloadMonitoring;
  const opened = new Map<string, Promise<Cluster>>();
  const views = createViewPool({
    hub: cluster,
    clock: shell.clock,
    runId,
    timeoutMs: Math.min(options.timeout, answerMs),
  });

  const throughContext = async (member: Member, context: string): Promise<Cluster> => {
    const direct = await doors.context(context, member.name);
    await requireIdentity(direct, member, context);
    return direct;
  };

  const open = async (member: Member): Promise<Cluster> => {
    if (member.isHub) return cluster;
    const context = contexts[member.name];
    if (mode !== 'action' && context !== undefined) return throughContext(member, context);
    if (mode === 'contexts') {
      throw new Problem('missing-values', `userWorkloadMonitoring.contexts names no context for ${member.name}`, {
        fix: `Add userWorkloadMonitoring.contexts.${member.name}, or set the mode to auto.`,
      });
    }
    return createActionCluster({ name: member.name, hub: cluster, views });
  };

  return {
    reach(member) {
      const known = opened.get(member.name) ?? open(member);
      opened.set(member.name, known);
      return known;
    },
    async sweep() {
      // A plan or verify that reads at the same time makes its Views again.
      await views.sweep(() => false);
    },
    async close() {
      const all = await Promise.allSettled(opened.values());
      for (const one of all) if (one.status === 'fulfilled' && one.value !== cluster) await one.value.close();
      await views.close();
    },
  };
}
