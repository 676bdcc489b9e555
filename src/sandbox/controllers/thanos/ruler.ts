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

interface Context extends RulerOptions {
  /** What is evaluated, by file name. */
  active: readonly RuleFile[];
  /** The ruler that was seen running first; another one has read everything at its start. */
  runningPod: string | undefined;
  editedAt: number | undefined;
}

/** Starts it on the hub. */
export function startRuler(options: RulerOptions): Running {
  const { informers, clock, delays, log } = options;
  const context: Context = { ...options, active: [], runningPod: undefined, editedAt: undefined };
  return startController({
    name: 'thanos-rule',
    cluster: informers.client.name,
    clock,
    delays,
    ...(log && { log }),
    watches: [
      watching(informers.of(PodKind), ({ object }) => (isRuler(object) ? ['rules'] : []), hubNamespace),
      watching(
        informers.of(ConfigMapKind),
        ({ object }) => (object.metadata.name.startsWith('thanos-ruler-') ? ['rules'] : []),
        hubNamespace,
      ),
      watching(informers.of(ObservatoriumKind, { namespace: hubNamespace }), () => ['rules']),
    ],
    reconcile: async () => reconcile(context),
  });
}

function isRuler(pod: Pod): boolean {
  return componentOf(pod) === 'thanos-rule';
}

/** The files of the Observatorium, in their order. `undefined`: it has not been seen yet, or is gone. */
function filesOf({ informers }: Context): RuleFile[] | undefined {
  const observatorium = informers
    .of(ObservatoriumKind, { namespace: hubNamespace })
    .get({ namespace: hubNamespace, name: 'observability' });
  return observatorium?.spec?.thanos?.rule?.rulesConfig?.map(({ name, key }) => ({
    name: key,
    text: informers.of(ConfigMapKind).get({ namespace: hubNamespace, name })?.data?.[key] ?? '',
  }));
}

function reconcile(context: Context): Outcome | undefined {
  const { informers, clock, delays } = context;
  const pods = informers.of(PodKind).list(hubNamespace);
  const running = pods.find((pod) => isRuler(pod) && isReady(pod))?.metadata.uid;
  const files = filesOf(context);
  // A Pod is seen before what it was made from, now and then: each kind comes by a watch of its own.
  if (running !== undefined && files === undefined && running !== context.runningPod) return undefined;
  const wanted = files ?? context.active;
  if (running !== context.runningPod) {
    context.runningPod = running;
    context.editedAt = undefined;
    take(context, running === undefined ? [] : wanted);
    return undefined;
  }
  // Other files than before come with another start; only the text of the same ones is read again.
  const edited = wanted.some(({ name, text }) => context.active.some((one) => one.name === name && one.text !== text));
  if (!edited) context.editedAt = undefined;
  if (running === undefined || !edited) return undefined;
  context.editedAt ??= clock.now();
  const wait = context.editedAt + delays.ms('configSync') - clock.now();
  if (wait > 0) return { againInMs: wait };
  context.editedAt = undefined;
  reload(context, wanted);
  return undefined;
}

function take(context: Context, files: readonly RuleFile[]): void {
  context.active = files;
  context.loaded(files);
}

function reload(context: Context, wanted: readonly RuleFile[]): void {
  const broken = wanted.map(({ text }) => rulesObstacle(text)).find((message) => message !== undefined);
  if (broken === undefined) {
    take(context, wanted);
    return;
  }
  const { log, informers } = context;
  const message = `reloading rules failed: ${broken}`;
  log?.({ controller: 'thanos-rule', cluster: informers.client.name, level: 'error', message });
}
