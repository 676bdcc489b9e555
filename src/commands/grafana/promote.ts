/** `grafana promote`: a dashboard of the development Grafana into production, checked before and awaited after. */
import { confirm } from '../../cli/ask.ts';
import type { GlobalOptions } from '../../cli/options.ts';
import { type CommandResult, tell } from '../../cli/output.ts';
import type { Shell } from '../../cli/shell.ts';
import type { Context } from '../../context.ts';
import { choose, folderOf, requireFreeTitle } from '../../dashboards/choose.ts';
import { lintDashboard } from '../../dashboards/lint.ts';
import { type Model, modelDifferences, portable } from '../../dashboards/model.ts';
import { Problem } from '../../engine/problem.ts';
import { waitFor } from '../../engine/wait.ts';
import { type ConfigMap, ConfigMapKind } from '../../kinds.ts';
import type { DashboardInGrafana, DashboardPlace } from '../../ports.ts';
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
    await requireSound(context, model, shell);
    await requireOurs(context, found, map);
    // Also where nothing is to be done: a run that was killed may have left its lease.
    const done = await exclusively(session, shell, () => written(context, map, place, options, shell));
    if (done === undefined) {
      await tell('Nothing was changed.', shell);
      return { exitCode: 0 };
    }
    const served = options.wait ? await awaitServed(context, model, options) : 'Production was not waited for.';
    const advice = `Keep it in Git: acm-observability grafana export ${place.uid}`;
    return { exitCode: 0, text: `${done}.\n${served}\n${advice}` };
  });
}

/** What was done; nothing where a person does not want it. @throws Problem `field-conflict`. */
async function written(
  context: Context,
  map: ConfigMap,
  place: DashboardPlace,
  options: GlobalOptions,
  shell: Shell,
): Promise<string | undefined> {
  const resource = promotedResource(context, map);
  const change = await resource.plan();
  if (change.kind === 'conflict') {
    throw new Problem('field-conflict', `${resource.name}: ${change.owner} owns ${change.fields.join(', ')}`);
  }
  if (change.kind !== 'create' && change.kind !== 'update') return `${resource.name}: unchanged`;
  const question = `Promote ${JSON.stringify(place.title)} to folder ${folderOf(place)} of production?`;
  if (!(await confirm(question, options, shell))) return undefined;
  await resource.apply(change);
  return `${resource.name}: written`;
}

/** @throws Problem `dashboard-faulty` for what cannot work; what people would stumble over is told. */
async function requireSound(context: Context, model: Model, shell: Shell): Promise<void> {
  const findings = lintDashboard(model, await liveFacts(context, [model]));
  const lines = findings.map(({ severity, where, message }) => `${severity}: ${where}: ${message}`);
  const errors = findings.filter(({ severity }) => severity === 'error');
  for (const line of lines.filter((text) => text.startsWith('warning'))) await tell(line, shell);
  const [first] = errors;
  if (first === undefined) return;
  throw new Problem(
    'dashboard-faulty',
    `${String(model.title)}: ${lines.filter((text) => text.startsWith('error')).join('; ')}`,
  );
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
async function awaitServed(context: Context, model: Model, options: GlobalOptions): Promise<string> {
  const { clock, signal } = context;
  let text = '';
  const answer = await waitFor(
    async () => {
      const grafanas = await productionGrafanas(context);
      const found = await Promise.all(grafanas.map((grafana) => grafana.dashboard(String(model.uid))));
      const done = found.filter(
        (one) => one !== undefined && modelDifferences(portable(one.model), model).length === 0,
      );
      text = `${done.length} of ${grafanas.length} production Grafanas serve it.`;
      return done.length === grafanas.length ? { state: 'ready' } : { state: 'waiting', message: text };
    },
    { clock, signal, deadline: clock.now() + Math.min(options.timeout, options.deadline) },
  );
  if (answer.state !== 'ready') throw new Problem('timed-out', `${JSON.stringify(model.title)}: ${text}`);
  return text;
}
