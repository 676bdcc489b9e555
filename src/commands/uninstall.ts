/** `uninstall`: the reverse, shown first. Stored metrics stay unless asked for by name. */
import { confirm, confirmByTyping } from '../cli/ask.ts';
import type { GlobalOptions } from '../cli/options.ts';
import { type CommandResult, showPlan, tell } from '../cli/output.ts';
import type { Shell } from '../cli/shell.ts';
import type { Config } from '../config/config.ts';
import type { RunResult } from '../engine/events.ts';
import { Problem } from '../engine/problem.ts';
import { exclusively } from './exclusive.ts';
import { whatAcmLeaves } from './leftovers.ts';
import { farewell } from './notes.ts';
import { requirePermission, wasForbidden } from './permitted.ts';
import { chosenSteps, resultOf, runSteps } from './running.ts';
import type { Session } from './session.ts';
import { withSession } from './with-session.ts';

export interface UninstallOptions extends GlobalOptions {
  readonly deleteData?: boolean;
  /** The bucket's name, typed by a pipeline: `--confirm-delete-data NAME`. */
  readonly confirmDeleteData?: string;
}

export async function uninstallCommand(options: UninstallOptions, shell: Shell): Promise<CommandResult> {
  const deleteData = options.deleteData === true;
  if (deleteData && isNarrowed(options)) {
    throw new Problem('usage', '--delete-data removes the metrics of every cluster, and the command line names some', {
      fix: 'Leave out --delete-data, or --clusters, --exclude and -l.',
    });
  }
  return withSession(options, shell, { settings: { deleteData }, needsStore: deleteData }, (session) =>
    exclusively(session, shell, (current, signal) => approved(current, options, shell, signal)),
  );
}

async function approved(
  session: Session,
  options: UninstallOptions,
  shell: Shell,
  signal: AbortSignal,
): Promise<CommandResult> {
  const some = isNarrowed(options);
  const { config } = session.context;
  refuseDeletingForTeam(options, config);
  const leaves = some || config.team !== undefined ? async () => [] : () => whatAcmLeaves(session.context);
  const notes = some ? [onlySome] : farewell(session.context);
  const all = chosenSteps(options, config);
  const steps = some ? all.filter(({ scope }) => scope === 'fleet') : all;
  const how = { mode: 'uninstall', steps, signal } as const;
  const plan = await runSteps(session, options, shell, { ...how, dryRun: true });
  if (changes(plan) || wasForbidden(plan)) await requirePermission('uninstall', session, options, steps);
  if (!changes(plan)) {
    return resultOf('uninstall', session, options, plan, ['There is nothing of ours to remove.', ...(await leaves())]);
  }
  await showPlan(resultOf('uninstall', session, options, plan, notes).report, options, shell);
  if (!(await allowed(session, options, shell))) {
    await tell('Nothing was changed.', shell);
    return resultOf('uninstall', session, options, { ...plan, mode: 'plan' }, notes);
  }
  const result = await runSteps(session, options, shell, how);
  return resultOf('uninstall', session, options, result, some ? notes : await leaves());
}

/** @throws Problem `usage`: the stored metrics are not a team's to delete. */
function refuseDeletingForTeam({ deleteData }: UninstallOptions, { team }: Config): void {
  if (deleteData !== true || team === undefined) return;
  throw new Problem(
    'usage',
    `--delete-data removes the metrics of everybody, and the configuration is team ${team}'s`,
    {
      fix: 'Leave out --delete-data.',
    },
  );
}

/** The command line names some clusters: what is on the hub serves the others too. */
function isNarrowed({ clusters, exclude, selector }: GlobalOptions): boolean {
  return clusters !== undefined || exclude.length > 0 || selector !== undefined;
}

const onlySome =
  'Only user-workload monitoring on the clusters chosen is turned back; observability itself stays, for it serves every cluster.';

/** @throws Problem `usage` when the name given is another bucket's: a pipeline must not take that for done. */
async function allowed(session: Session, options: UninstallOptions, shell: Shell): Promise<boolean> {
  if (!session.context.settings.deleteData) return confirm('Remove this?', options, shell);
  const bucket = session.context.config.storage.bucket ?? '';
  const { confirmDeleteData: typed } = options;
  if (typed !== undefined && typed !== bucket) {
    throw new Problem('usage', `--confirm-delete-data ${typed}: the bucket to be deleted is ${bucket}`, {
      fix: 'Name the very bucket, or leave out --delete-data to keep the metrics.',
    });
  }
  const given = typed === undefined ? {} : { given: typed };
  const question = `Every metric in bucket ${bucket} will be deleted.`;
  return confirmByTyping(question, bucket, { interactive: options.interactive, ...given }, shell);
}

function changes(plan: RunResult): boolean {
  return plan.changes.some(({ change }) => change.kind === 'remove' || change.kind === 'update');
}
