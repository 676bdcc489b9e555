/**
 * The Thanos ruler in small: reads its rule files, evaluates each group at its interval and stores the results. A rule
 * the small store cannot evaluate keeps the health `unknown`.
 */
import type { Clock } from '../../ports.ts';
import { type Element, evaluate, withoutName } from './evaluate.ts';
import { QueryError } from './expression.ts';
import { parseExpression } from './parse.ts';
import { type AlertState, type RuleFile, type RuleGroupState, type RuleState, readRuleFile } from './rules.ts';
import { labelKey, type MetricsStore } from './store.ts';

export interface RulerOptions {
  readonly store: MetricsStore;
  readonly clock: Clock;
  /** Rule files as the ruler's Pods see them; none while it does not run. */
  readonly read: () => Promise<readonly RuleFile[]>;
  /** Milliseconds between two looks at the files: kubelet's sync and the reload after it (acm.md §7.2). */
  readonly reloadMs: number;
  /** Milliseconds for an interval stated in seconds. */
  readonly intervalMs: (seconds: number) => number;
  /** Seconds. */
  readonly lookback: () => number;
  /** Told of a reload that failed; the rules of before stay. */
  readonly failed?: (message: string) => void;
}

export interface Ruler {
  groups(): readonly RuleGroupState[];
  /** Looks at the files now. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

interface Running {
  readonly content: string;
  readonly groups: readonly RuleGroupState[];
  readonly abort: AbortController;
  readonly loops: readonly Promise<void>[];
}

export function startRuler(options: RulerOptions): Ruler {
  const running = new Map<string, Running>();
  const abort = new AbortController();
  const reload = async (): Promise<void> => {
    const files = await options.read();
    for (const [path, { abort }] of running) {
      if (files.some((file) => file.path === path)) continue;
      abort.abort();
      running.delete(path);
    }
    for (const file of files) load(file, running, options);
  };
  const loop = async (): Promise<void> => {
    while (!abort.signal.aborted) {
      await reload().catch((error: unknown) => options.failed?.(String(error)));
      await options.clock.sleep(options.reloadMs, abort.signal).catch(() => undefined);
    }
  };
  const done = loop();
  return {
    groups: () => [...running.values()].flatMap(({ groups }) => groups),
    reload,
    stop: async () => {
      abort.abort();
      for (const { abort } of running.values()) abort.abort();
      await Promise.all([done, ...[...running.values()].flatMap(({ loops }) => loops)]);
    },
  };
}

function load(file: RuleFile, running: Map<string, Running>, options: RulerOptions): void {
  const before = running.get(file.path);
  if (before?.content === file.content) return;
  let groups: readonly RuleGroupState[];
  try {
    groups = readRuleFile(file);
  } catch (error) {
    options.failed?.(error instanceof Error ? error.message : String(error));
    return;
  }
  before?.abort.abort();
  const abort = new AbortController();
  const loops = groups.map((group) => evaluateForEver(group, options, abort.signal));
  running.set(file.path, { content: file.content, groups, abort, loops });
}

async function evaluateForEver(group: RuleGroupState, options: RulerOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await options.clock.sleep(options.intervalMs(group.intervalSeconds), signal).catch(() => undefined);
    if (!signal.aborted) evaluateGroup(group, options);
  }
}

/** Its rules one after the other: each sees the result of the one above it (measured.md §5). */
export function evaluateGroup(
  group: RuleGroupState,
  options: Pick<RulerOptions, 'store' | 'clock' | 'lookback'>,
): void {
  for (const rule of group.rules) evaluateRule(rule, options);
}

function evaluateRule(
  rule: RuleState,
  { store, clock, lookback }: Pick<RulerOptions, 'store' | 'clock' | 'lookback'>,
): void {
  const now = clock.now();
  const time = now / 1000;
  try {
    const value = evaluate(parseExpression(rule.expression), { store, time, lookback: lookback() });
    const elements = value.type === 'vector' ? value.elements : [{ labels: {}, value: value.value, timestamp: time }];
    if (rule.type === 'recording') store.push(elements.map((element) => recorded(rule, element, time)));
    else rule.alerts = nextAlerts(rule, elements, now);
    rule.health = 'ok';
    rule.lastError = '';
    rule.lastEvaluation = now;
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const beyondUs = error.status === 422 && error.errorType === 'bad_data';
    rule.health = beyondUs ? 'unknown' : 'err';
    rule.lastError = beyondUs ? '' : error.message;
    rule.lastEvaluation = beyondUs ? undefined : now;
  }
}

function recorded(rule: RuleState, element: Element, timestamp: number) {
  return { labels: { ...element.labels, ...rule.labels, __name__: rule.name }, value: element.value, timestamp };
}

function nextAlerts(rule: RuleState, elements: readonly Element[], now: number): AlertState[] {
  const before = new Map(rule.alerts.map((alert) => [labelKey(alert.labels), alert]));
  return elements.map((element) => {
    const labels = { ...withoutName(element.labels), ...rule.labels, alertname: rule.name };
    const activeAt = before.get(labelKey(labels))?.activeAt ?? now;
    return { labels, activeAt, firing: now - activeAt >= rule.forSeconds * 1000, value: element.value };
  });
}
