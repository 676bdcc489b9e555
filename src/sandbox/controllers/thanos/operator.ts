/** Stands in for Thanos' own operator on the hub: works once its Deployment runs, and makes the Observatorium so. */
import { ConfigMapKind, DeploymentKind, type KubeObject, StatefulSetKind } from '../../../kinds.ts';
import type { Clock } from '../../../ports.ts';
import type { Delays } from '../delays.ts';
import { type Informers, isStatusOnly, type News } from '../informer.ts';
import { ObservatoriumKind } from '../kinds.ts';
import { hubNamespace } from '../names.ts';
import { covers, ensureAll, isRecord, type Wanted } from '../objects.ts';
import { type Log, type Outcome, type Running, startController, watching } from '../runtime.ts';
import { thanosObjects } from './objects.ts';

export interface ThanosOperatorOptions {
  readonly informers: Informers;
  readonly clock: Clock;
  readonly delays: Delays;
  readonly log?: Log;
}

/** Starts it on the hub. */
export function startThanosOperator({ informers, clock, delays, log }: ThanosOperatorOptions): Running {
  const client = informers.client.as('observatorium-operator');
  const observatoria = informers.of(ObservatoriumKind, { namespace: hubNamespace });
  const deployments = informers.of(DeploymentKind);
  const statefulSets = informers.of(StatefulSetKind);
  const all = (): readonly string[] => ['observability'];
  const itself = 'observability-observatorium-operator';
  // Its own start matters, and what people change or delete; not every Pod that comes up.
  const workload = (news: News<KubeObject>): readonly string[] =>
    isStatusOnly(news) && news.object.metadata.name !== itself ? [] : ours(news);
  const ours = ({ object }: { readonly object: KubeObject }): readonly string[] =>
    object.metadata.name.startsWith('observability-') ? ['observability'] : [];

  const reconcile = async (name: string): Promise<Outcome | undefined> => {
    const observatorium = observatoria.get({ namespace: hubNamespace, name });
    if (observatorium === undefined || observatorium.metadata.deletionTimestamp !== undefined) return undefined;
    const live = deployments.get({ namespace: hubNamespace, name: itself });
    if ((live?.status?.readyReplicas ?? 0) === 0) return undefined;
    const wanted = thanosObjects(observatorium).map((item) =>
      withVolumesAsTheyAre(item, statefulSets.get(item.object.metadata)),
    );
    await ensureAll(client, wanted);
    return undefined;
  };
  return startController({
    name: 'observatorium-operator',
    cluster: client.name,
    clock,
    delays,
    gatherMs: delays.ms('gather'),
    ...(log && { log }),
    watches: [
      watching(observatoria, all),
      watching(deployments, workload, hubNamespace),
      watching(statefulSets, workload, hubNamespace),
      watching(
        informers.of(ConfigMapKind),
        ({ type, object }) => (type === 'gone' ? ours({ object }) : []),
        hubNamespace,
      ),
    ],
    reconcile,
  });
}

/** Volume templates of a StatefulSet cannot be changed: a difference there is left alone. */
export function withVolumesAsTheyAre(wanted: Wanted, live: KubeObject | undefined): Wanted {
  const spec = wanted.object.spec;
  if (live === undefined || !isRecord(spec) || !isRecord(live.spec) || spec.volumeClaimTemplates === undefined)
    return wanted;
  const { volumeClaimTemplates, ...rest } = spec;
  if (covers(live.spec.volumeClaimTemplates, volumeClaimTemplates)) return wanted;
  return { ...wanted, object: { ...wanted.object, spec: rest } };
}
