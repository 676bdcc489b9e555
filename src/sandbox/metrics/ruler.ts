/**
 * The Thanos ruler in small: evaluates each group of the files it was given at its interval and stores the results. A
 * rule the small store cannot evaluate keeps the health `unknown`.
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
  /** Milliseconds for an interval stated in seconds. */
  readonly intervalMs: (seconds: number) => number;
  /** Seconds. */
  readonly lookback: () => number;
}

export interface Ruler {
  groups(): readonly RuleGroupState[];
  /** From now on these files; groups of a file that has not changed go on. Throws for a file that is none; then all stays. */
  load(files: readonly RuleFile[]): void;
  stop(): Promise<void>;
}

interface Loaded {
  readonly text: string;
  readonly groups: readonly RuleGroupState[];
  readonly abort: AbortController;
  readonly loops: readonly Promise<void>[];
}

export function createRuler(options: RulerOptions): Ruler {
  let loaded = new Map<string, Loaded>();
  let stopped = false;
  const start = (groups: readonly RuleGroupState[], text: string): Loaded => {
    const abort = new AbortController();
    return { text, groups, abort, loops: groups.map((group) => evaluateForEver(group, options, abort.signal)) };
  };
  return {
    groups: () => [...loaded.values()].flatMap(({ groups }) => groups),
    load(files) {
      if (stopped) return;
      const same = (file: RuleFile): Loaded | undefined => {
        const before = loaded.get(file.name);
        return before?.text === file.text ? before : undefined;
      };
      const read = files.map((file) => ({ file, kept: same(file), groups: same(file)?.groups ?? readRuleFile(file) }));
      const next = new Map(read.map(({ file, kept, groups }) => [file.name, kept ?? start(groups, file.text)]));
      for (const [name, { abort }] of loaded) if (next.get(name)?.abort !== abort) abort.abort();
      loaded = next;
    },
    stop: async () => {
      stopped = true;
      for (const { abort } of loaded.values()) abort.abort();
      await Promise.all([...loaded.values()].flatMap(({ loops }) => loops));
    },
  };
}

async function evaluateForEver(group: RuleGroupState, options: RulerOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // A sleep only rejects when it is called off, and then the loop ends.
    await options.clock.sleep(options.intervalMs(group.intervalSeconds), signal).catch(() => undefined);
    if (!signal.aborted) for (const rule of group.rules) evaluateRule(rule, options);
  }
}

/** Rules of a group are evaluated one after the other: each sees the result of the one above it (measured.md §5). */
function evaluateRule(rule: RuleState, { store, clock, lookback }: RulerOptions): void {
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
