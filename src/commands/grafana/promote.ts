/** `grafana promote`: a dashboard of the development Grafana into production, checked before and awaited after. */
import { confirm } from '../../cli/ask.ts';
import type { GlobalOptions } from '../../cli/options.ts';
import { answered, type CommandResult, tell } from '../../cli/output.ts';
import type { Shell } from '../../cli/shell.ts';
import type { Context } from '../../context.ts';
import { choose, folderOf, requireFreeTitle } from '../../dashboards/choose.ts';
import { lintDashboard } from '../../dashboards/lint.ts';
import { type Model, modelDifferences, portable } from '../../dashboards/model.ts';
import { conflictProblem } from '../../engine/lanes.ts';
import { isProblem, Problem } from '../../engine/problem.ts';
import type { Resource } from '../../engine/step.ts';
import { waitFor } from '../../engine/wait.ts';
import { type ConfigMap, ConfigMapKind } from '../../kinds.ts';
import type { DashboardInGrafana, DashboardPlace } from '../../ports.ts';
import { type DashboardFinding, doneVerdict, type PromotedDashboard } from '../../render/answers/answer.ts';
import { dashboardConfigMaps } from '../../resources/dashboard-files.ts';
import { dashboardsIn } from '../../resources/dashboards.ts';
import { promotedConfigMap, promotedResource } from '../../resources/promoted-dashboards.ts';
import { exclusively } from '../exclusive.ts';
import { withSession } from '../with-session.ts';
import { requireGrafanaRights } from './rights.ts';
import { developmentGrafana, liveFacts, productionGrafanas } from './with-grafana.ts';

export interface PromoteOptions extends GlobalOptions {
  /** Title or uid. */
  readonly dashboard: string;
  /** Tells dashboards of one title apart. */
  readonly folder?: string;
}

type Served = NonNullable<PromotedDashboard['served']>;

/** @throws Problem `dashboard-…` before the first write; `timed-out` when production does not come to serve it. */
export function promoteCommand(options: PromoteOptions, shell: Shell): Promise<CommandResult> {
  return withSession(options, shell, {}, async (session) => {
    const { context } = session;
    await requireGrafanaRights('grafana-promote', context);
    const grafana = await developmentGrafana(context);
    const place = choose(await grafana.dashboards(), options.dashboard, options.folder);
    const found = await grafana.dashboard(place.uid);
    if (found === undefined) throw new Problem('dashboard-absent', `${options.dashboard} was deleted meanwhile`);
    const model = { ...portable(found.model), uid: place.uid };
    const map = promotedConfigMap(place, model);
    const findings = await requireSound(context, model, shell);
    await requireOurs(context, found, map);
    const resource = promotedResource(context, map);
    // Also where nothing is to be done: a run that was killed may have left its lease.
    const done = await exclusively(session, shell, () => written(resource, place, options, shell));
    if (done === 'declined') await tell('Nothing was changed.', shell);
    const served = done !== 'declined' && options.wait ? await awaitServed(context, model, place, options) : undefined;
    const { uid, title } = place;
    const dashboard = { uid, title, folder: folderOf(place), resource: resource.name, done };
    const dashboards = [{ ...dashboard, ...(served === undefined ? {} : { served }) }];
    return answered({ schemaVersion: 1, command: 'grafana promote', ...doneVerdict(dashboards), dashboards, findings });
  });
}

/** @throws Problem `field-conflict`. */
async function written(
  resource: Resource,
  place: DashboardPlace,
  options: GlobalOptions,
  shell: Shell,
): Promise<PromotedDashboard['done']> {
  const change = await resource.plan();
  if (change.kind === 'conflict') throw conflictProblem(resource, change);
  if (change.kind !== 'create' && change.kind !== 'update') return 'unchanged';
  const question = `Promote ${JSON.stringify(place.title)} to folder ${folderOf(place)} of production?`;
  if (!(await confirm(question, options, shell))) return 'declined';
  await resource.apply(change);
  return 'promoted';
}

/** What people would stumble over, which is told. @throws Problem `dashboard-faulty` for what cannot work. */
async function requireSound(context: Context, model: Model, shell: Shell): Promise<DashboardFinding[]> {
  const findings = lintDashboard(model, await liveFacts(context, [model]));
  const lines = findings.map(({ severity, where, message }) => `${severity}: ${where}: ${message}`);
  const errors = findings.filter(({ severity }) => severity === 'error');
  for (const line of lines.filter((text) => text.startsWith('warning'))) await tell(line, shell);
  const [first] = errors;
  const title = String(model.title);
  if (first === undefined) return findings.map((one) => ({ title, ...one }));
  throw new Problem('dashboard-faulty', `${title}: ${lines.filter((text) => text.startsWith('error')).join('; ')}`);
}

/** @throws Problem `dashboard-declared`, `dashboard-clash`. */
async function requireOurs(context: Context, found: DashboardInGrafana, map: ConfigMap): Promise<void> {
  const declared = (await dashboardConfigMaps(context.config, await context.packs())).flatMap(dashboardsIn);
  const twin = declared.find(({ uid }) => uid === found.uid);
  if (twin !== undefined) throw new Problem('dashboard-declared', `${JSON.stringify(twin.title)} (${twin.uid})`);
  const [production] = await productionGrafanas(context);
  const there = (await production?.dashboards()) ?? [];
  requireFreeTitle(there, found, 'production');
  const { namespace, name } = map.metadata;
  const own = await context.cluster.get(ConfigMapKind, { name, ...(namespace === undefined ? {} : { namespace }) });
  const served = there.find(({ uid }) => uid === found.uid);
  if (own !== undefined || served === undefined) return;
  const what = `production serves ${found.uid} already (${JSON.stringify(served.title)}), from somebody else’s ConfigMap`;
  throw new Problem('dashboard-clash', what, {
    fix: 'Save the copy in the development Grafana under a new uid: Save as.',
  });
}

/** Every Pod has a database of its own: it is served when each of them has it. */
async function awaitServed(
  context: Context,
  model: Model,
  place: DashboardPlace,
  options: GlobalOptions,
): Promise<Served> {
  const { clock, signal } = context;
  let served: Served = { by: 0, of: 0 };
  const answer = await waitFor(
    async () => {
      const grafanas = await context.grafanas('production');
      const found = await Promise.all(grafanas.map((grafana) => grafana.dashboard(place.uid).catch(unlessAway)));
      const done = found.filter(
        (one) =>
          one !== undefined &&
          folderOf(one) === folderOf(place) &&
          modelDifferences(portable(one.model), model).length === 0,
      );
      served = { by: done.length, of: grafanas.length };
      const all = served.of > 0 && served.by === served.of;
      return all ? { state: 'ready' } : { state: 'waiting', message: sentence(served) };
    },
    { clock, signal, deadline: clock.now() + Math.min(options.timeout, options.deadline) },
  );
  if (answer.state !== 'ready') throw new Problem('timed-out', `${JSON.stringify(model.title)}: ${sentence(served)}`);
  return served;
}

/** A Pod that is being replaced has not got it yet. */
function unlessAway(error: unknown): undefined {
  if (!isProblem(error, 'grafana-unreachable')) throw error;
}

function sentence({ by, of }: Served): string {
  return `${by} of ${of} production Grafanas serve it.`;
}
