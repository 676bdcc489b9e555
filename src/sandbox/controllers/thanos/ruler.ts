/**
 * The rules the Thanos ruler has loaded: the files of the Observatorium in their order, read at start, read again a
 * while after an edit; a file that does not parse leaves the old rules active until the next start (acm.md §7.2).
 */
import { ConfigMapKind, type Pod, PodKind } from '../../../kinds.ts';
import type { Clock } from '../../../ports.ts';
import type { Delays } from '../delays.ts';
import type { Informers } from '../informer.ts';
import { ObservatoriumKind } from '../kinds.ts';
import { isReady } from '../kubelet/pods.ts';
import { hubNamespace } from '../names.ts';
import { type Log, type Outcome, type Running, startController, watching } from '../runtime.ts';
import { componentOf, rulesObstacle } from './start.ts';

/** A rule file as the ruler evaluates it. */
export interface RuleFile {
  /** `custom_rules.yaml` */
  readonly name: string;
  readonly text: string;
}

export interface RulerOptions {
  readonly informers: Informers;
  readonly clock: Clock;
  readonly delays: Delays;
  /** Told whenever other rules are active; an empty list when no ruler runs. */
  readonly loaded: (files: readonly RuleFile[]) => void;
  readonly log?: Log;
}

/** Starts it on the hub. */
export function startRuler({ informers, clock, delays, loaded, log }: RulerOptions): Running {
  const { name: cluster } = informers.client;
  const pods = informers.of(PodKind);
  const configMaps = informers.of(ConfigMapKind);
  const observatoria = informers.of(ObservatoriumKind, { namespace: hubNamespace });
  const active = new Map<string, string>();
  let runningPod: string | undefined;
  let editedAt: number | undefined;
  const isRuler = (pod: Pod): boolean => componentOf(pod) === 'thanos-rule';

  const files = (): RuleFile[] =>
    (observatoria.get({ namespace: hubNamespace, name: 'observability' })?.spec?.rule?.rulesConfig ?? []).map(
      (file) => ({
        name: file.key,
        text: configMaps.get({ namespace: hubNamespace, name: file.name })?.data?.[file.key] ?? '',
      }),
    );
  const take = (wanted: readonly RuleFile[]): void => {
    active.clear();
    for (const { name, text } of wanted) active.set(name, text);
    loaded([...active].map(([name, text]) => ({ name, text })));
  };
  const reload = (wanted: readonly RuleFile[]): void => {
    const broken = wanted.map(({ text }) => rulesObstacle(text)).find((message) => message !== undefined);
    if (broken === undefined) take(wanted);
    else log?.({ controller: 'thanos-rule', cluster, level: 'error', message: `reloading rules failed: ${broken}` });
  };
  const reconcile = async (): Promise<Outcome | undefined> => {
    const running = pods.list(hubNamespace).find((pod) => isRuler(pod) && isReady(pod))?.metadata.uid;
    const wanted = files();
    if (running !== runningPod) {
      runningPod = running;
      editedAt = undefined;
      take(running === undefined ? [] : wanted);
      return undefined;
    }
    if (running === undefined || wanted.every(({ name, text }) => active.get(name) === text)) {
      editedAt = undefined;
      return undefined;
    }
    editedAt ??= clock.now();
    const wait = editedAt + delays.ms('configSync') - clock.now();
    if (wait > 0) return { againInMs: wait };
    editedAt = undefined;
    reload(wanted);
    return undefined;
  };
  const named = /^thanos-ruler-/;
  return startController({
    name: 'thanos-rule',
    cluster,
    clock,
    delays,
    ...(log && { log }),
    watches: [
      watching(pods, ({ object }) => (isRuler(object) ? ['rules'] : []), hubNamespace),
      watching(configMaps, ({ object }) => (named.test(object.metadata.name) ? ['rules'] : []), hubNamespace),
    ],
    reconcile,
  });
}
