/**
 * The metrics collectors of one cluster: while a collector's Deployment runs it pushes at its start and then at every
 * interval, and tells the add-on how that went (acm.md §5.3, measured.md §11).
 */
import { DeploymentKind, type Kind, type KubeObject, type Workload } from '../../../kinds.ts';
import type { Clock, Sample } from '../../../ports.ts';
import type { Connection } from '../agents/connection.ts';
import type { Delays } from '../delays.ts';
import type { Component, Reason } from '../endpoint-operator/conditions.ts';
import type { Informers } from '../informer.ts';
import { revisionOf } from '../kubelet/pods.ts';
import { type Log, type Outcome, type Running, startController, watching } from '../runtime.ts';
import { containerOf, environmentOf } from '../workload.ts';
import { readArguments } from './arguments.ts';
import { type CollectorFacts, samplesOf, scrapeSeconds } from './samples.ts';

/** Where pushed samples go: the hub's store. Labels carry `__name__`. */
export interface MetricsSink {
  push(samples: readonly Sample[]): void;
}

/** The legacy add-on's. */
export const collectorDeployments: Readonly<Record<Component, string>> = {
  MetricsCollector: 'metrics-collector-deployment',
  UwlMetricsCollector: 'uwl-metrics-collector-deployment',
};

export interface CollectorOptions {
  readonly informers: Informers;
  readonly namespace: string;
  /** What runs as collectors: Deployments of the legacy add-on unless told. */
  readonly workloads?: Workloads;
  readonly facts: CollectorFacts;
  readonly connection: Connection;
  readonly sink: MetricsSink;
  readonly clock: Clock;
  readonly delays: Delays;
  /** Tells the add-on of a component; nothing where the hub collects from itself. */
  readonly tell: (component: Component, reason: Reason, message?: string) => Promise<void>;
  readonly log?: Log;
  /** Why a push would fail although the cluster reaches the hub, in the collector's words. */
  readonly obstacle?: Obstacle;
}

/** `proxied`: the collector is told of a proxy. */
export type Obstacle = (component: Component, proxied: boolean) => Promise<string | undefined>;

interface Workloads {
  readonly kind: Kind<Workload>;
  readonly names: Readonly<Record<Component, string>>;
}

interface Run {
  readonly revision: string;
  dueAt: number;
  failures: number;
}

/** Failed pushes in a row before the add-on is told. */
const toleratedFailures = 3;

/** Starts both; each works while its Deployment is ready. */
export function startCollectors(options: CollectorOptions): Running {
  const { informers, namespace, connection, clock, delays, log } = options;
  const { kind, names } = workloadsOf(options);
  const components = Object.keys(names).filter(isComponent);
  const runs = new Map<Component, Run>();
  return startController({
    name: 'metrics-collector',
    cluster: informers.client.name,
    clock,
    delays,
    ...(log && { log }),
    watches: [
      watching(
        informers.of(kind),
        ({ object }) => components.filter((one) => names[one] === object.metadata.name),
        namespace,
      ),
      connection.watching(() => components),
    ],
    reconcile: async (key) => (isComponent(key) ? await collect(options, runs, key) : undefined),
  });
}

function workloadsOf({ workloads }: CollectorOptions): Workloads {
  return workloads ?? { kind: DeploymentKind, names: collectorDeployments };
}

function isComponent(key: string): key is Component {
  return key in collectorDeployments;
}

async function collect(
  options: CollectorOptions,
  runs: Map<Component, Run>,
  component: Component,
): Promise<Outcome | undefined> {
  const { informers, namespace, clock, delays, connection } = options;
  const { kind, names } = workloadsOf(options);
  const live = informers.of(kind).get({ name: names[component], namespace });
  if (live === undefined || (live.status?.updatedReplicas ?? 0) === 0 || (live.status?.readyReplicas ?? 0) === 0) {
    runs.delete(component);
    return undefined;
  }
  const revision = revisionOf(live);
  const known = runs.get(component);
  const run = known?.revision === revision ? known : { revision, dueAt: clock.now(), failures: 0 };
  runs.set(component, run);
  const wait = run.dueAt - clock.now();
  if (wait > 0) return { againInMs: wait };
  const { intervalSeconds } = readArguments(argumentsOf(live));
  const interval = delays.interval(intervalSeconds);
  const proxied = 'HTTPS_PROXY' in environmentOf(live);
  const obstacle = connection.online ? await options.obstacle?.(component, proxied) : 'Failed to send metrics';
  if (obstacle === undefined) await push(options, component, live, run);
  else await fail(options, component, run, obstacle);
  const pause = obstacle === undefined ? interval : Math.max(delays.interval(15), interval / 2);
  run.dueAt = clock.now() + pause;
  return { againInMs: pause };
}

function argumentsOf(live: KubeObject): string[] {
  const { args } = containerOf(live);
  return Array.isArray(args) ? args.map(String) : [];
}

async function push(
  { facts, sink, clock, delays, tell, log }: CollectorOptions,
  component: Component,
  live: KubeObject,
  run: Run,
): Promise<void> {
  const collection = readArguments(argumentsOf(live));
  for (const argument of collection.refused)
    log?.({
      controller: 'metrics-collector',
      cluster: facts.cluster,
      level: 'error',
      message: `Input error: ${argument}`,
    });
  sink.push(
    samplesOf(facts, collection, component === 'UwlMetricsCollector', {
      now: clock.now(),
      scrapeMs: delays.interval(scrapeSeconds),
    }),
  );
  run.failures = 0;
  await tell(component, 'ForwardSuccessful');
}

async function fail({ tell }: CollectorOptions, component: Component, run: Run, message: string): Promise<void> {
  run.failures += 1;
  if (run.failures >= toleratedFailures) await tell(component, 'ForwardFailed', message);
}
