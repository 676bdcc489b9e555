/** Hops on the hub: what must hold before any cluster's metrics can arrive. */
import type { Context } from '../context.ts';
import { isProblem, Problem } from '../engine/problem.ts';
import type { Right } from '../engine/rights.ts';
import type { Check, Finding } from '../engine/step.ts';
import { type Hub, observabilityNamespace, requireRunning, theObservability } from '../hub.ts';
import { MultiClusterObservabilityKind } from '../kinds.ts';
import { observabilityReady } from '../resources/observability.ts';
import { on } from '../resources/rights.ts';
import { workloadRights } from '../resources/workloads.ts';
import { metricsRights } from './looking.ts';
import { workloadProblem } from './reasons.ts';

/** A check of the hub gives one finding, under the hub's name. */
export function hubCheck(
  id: string,
  title: string,
  needs: readonly string[],
  rights: (context: Context) => readonly Right[],
  ask: (context: Context) => Promise<Finding>,
): Check<Context> {
  return {
    id,
    title,
    needs,
    scope: 'hub',
    rights,
    run: async (context) => new Map([[context.hub.name, await ask(context)]]),
  };
}

const nothing = () => [];

export const acm = hubCheck(
  'acm',
  'ACM runs and has one observability object',
  [],
  nothing,
  async ({ hub, config }) => {
    try {
      requireRunning(hub);
      const object = theObservability(hub);
      if (object === undefined)
        return fail(new Problem('observability-absent', 'there is no MultiClusterObservability object'));
      if (object.metadata.deletionTimestamp !== undefined) {
        const held = (object.metadata.finalizers ?? []).join(', ') || 'nothing that is seen';
        return fail(
          new Problem('observability-terminating', `${object.metadata.name} is being deleted, held by ${held}`),
        );
      }
      if (object.metadata.annotations?.['mco-pause'] === 'true') {
        return fail(
          new Problem('observability-paused', `${object.metadata.name} carries mco-pause: "true"`, {
            fix: `Remove it: \`oc annotate multiclusterobservability ${object.metadata.name} mco-pause-\`.`,
          }),
        );
      }
      if (object.spec?.observabilityAddonSpec?.enableMetrics === false) {
        const { name } = object.metadata;
        const detail = `${name} has spec.observabilityAddonSpec.enableMetrics: false`;
        const patch = '{"spec":{"observabilityAddonSpec":{"enableMetrics":true}}}';
        const fix = `Switch it on: \`oc patch multiclusterobservability ${name} --type merge -p '${patch}'\`.`;
        return fail(new Problem('collection-off', detail, { fix }));
      }
      return { verdict: 'pass', evidence: `ACM ${hub.acmVersion}, ${object.metadata.name}` };
    } catch (error) {
      if (isProblem(error, 'observability-twice')) return fail(twice(error, hub, config.observability.name));
      if (isProblem(error)) return fail(error);
      throw error;
    }
  },
);

/** Which one is not meant, where the configuration tells. */
function twice(problem: Problem, { observabilities }: Hub, meant: string): Problem {
  const others = observabilities.map(({ metadata }) => metadata.name).filter((name) => name !== meant);
  if (others.length !== observabilities.length - 1) return problem;
  const fix = `Delete what is not meant: \`oc delete multiclusterobservability ${others.join(' ')}\`.`;
  return new Problem(problem.code, problem.message, { fix });
}

const workloadsRights = ({ cluster, hub, config }: Context): Right[] => {
  const name = hub.observabilities[0]?.metadata.name ?? config.observability.name;
  return [
    ...on(cluster, MultiClusterObservabilityKind, { name }, ['get']),
    ...workloadRights(cluster, observabilityNamespace),
  ];
};

export const workloads = hubCheck(
  'workloads',
  'Every workload of the hub runs',
  ['acm'],
  workloadsRights,
  async (context) => {
    const { cluster, hub } = context;
    const name = theObservability(hub)?.metadata.name ?? '';
    const live = await cluster.get(MultiClusterObservabilityKind, { name });
    if (live === undefined) return fail(new Problem('observability-absent', `${name} is gone`));
    const answer = await observabilityReady(context, live);
    if (answer.state === 'ready') return { verdict: 'pass', evidence: answer.note ?? 'all ready' };
    if (answer.state === 'failed') return fail(answer.problem);
    const detail = answer.state === 'waiting' ? answer.message : answer.because;
    return fail(new Problem(workloadProblem(detail), detail));
  },
);

/** The control query: an empty answer with HTTP 200 may be missing permission (acm.md §4.5). */
export const query = hubCheck(
  'query',
  'The hub answers queries',
  ['acm'],
  metricsRights,
  async ({ looks, metrics }) => {
    const clusters = await looks.newestSamples();
    if (clusters.size === 0) return fail(new Problem('metrics-empty', 'the control query came back empty'));
    return { verdict: 'pass', evidence: `${clusters.size} clusters seen through the ${metrics.way}` };
  },
);

export function fail(problem: Problem, verdict: 'fail' | 'warn' = 'fail'): Finding {
  return { verdict, problem };
}
