/** Findings about one expression at a time. */
import { parseDuration } from '../../config/duration.ts';
import { losesLabel, selectorsOf } from '../inspect.ts';
import { isAlert, type Pack } from '../pack.ts';
import { offsetOfError, oneLine, syntaxError } from '../promql.ts';
import type { Found, LintRule, Scene } from './finding.ts';

/** An expression of a pack, with what it is called and where it runs. */
interface Expression {
  readonly by: Scene['packs'][number];
  /** The rule or proof. */
  readonly subject: { readonly expr: string };
  readonly name: string;
  readonly runs: 'collector' | 'hub' | 'proof';
  /** Seconds; of the hub's group. */
  readonly everySeconds?: number;
}

function expressionsOf({ packs }: Pick<Scene, 'packs'>): Expression[] {
  return packs.flatMap((by): Expression[] => {
    const { collect, hub, verify }: Pack = by.pack;
    return [
      ...[collect.platform, collect.userWorkload].flatMap(({ recordingRules }) =>
        recordingRules.map((subject) => ({ by, subject, name: subject.record, runs: 'collector' as const })),
      ),
      ...hub.groups.flatMap((group) =>
        group.rules.map((subject) => ({
          by,
          subject,
          name: isAlert(subject) ? subject.alert : subject.record,
          runs: 'hub' as const,
          everySeconds: (parseDuration(group.interval) ?? 60_000) / 1000,
        })),
      ),
      ...verify.map((subject) => ({ by, subject, name: subject.title, runs: 'proof' as const })),
    ];
  });
}

/** Those that parse: nothing else can be looked into. */
export function soundExpressions(scene: Pick<Scene, 'packs'>): Expression[] {
  return expressionsOf(scene).filter(({ subject }) => syntaxError(subject.expr) === undefined);
}

export const syntax: LintRule = (scene) =>
  expressionsOf(scene).flatMap(({ by, subject, name }): Found[] => {
    const error = syntaxError(subject.expr);
    if (error === undefined) return [];
    const message = `${name}: ${error.message}`;
    return [{ code: 'promql-syntax', by, subject, offset: offsetOfError(subject.expr) ?? 0, message }];
  });

/** Needs two samples; with one there is no result. */
const twoSamples = new Set(['rate', 'increase', 'irate', 'delta', 'idelta', 'deriv', 'changes', 'resets']);
/** Means something only of a counter. */
const ofCounters = new Set(['rate', 'increase', 'irate']);
/** Whatever they are given, its value does not matter. */
const blindToValues = new Set(['timestamp', 'absent', 'absent_over_time', 'count', 'group', 'present_over_time']);
const counter = /_total$|_bucket$/;
const maybeCounter = /(_total|_bucket|_count|_sum|_created)(:|$)/;
/** Seconds between two scrapes of a cluster's own Prometheus (acm.md section 8). */
const scrapeSeconds = 30;

export const ranges: LintRule = (scene) => {
  const everyOf = new Map(
    expressionsOf(scene).flatMap(({ runs, name, everySeconds = 0 }) =>
      runs === 'hub' ? [[name, everySeconds] as const] : [],
    ),
  );
  return soundExpressions(scene).flatMap(({ by, subject, name, runs }) =>
    selectorsOf(subject.expr).flatMap(({ name: metric = '', rangeSeconds, inside, from }): Found[] => {
      if (rangeSeconds === undefined) return [];
      const every = everyOf.get(metric) ?? (runs === 'collector' ? scrapeSeconds : scene.facts.collectionSeconds);
      const least = twoSamples.has(inside[0] ?? '') ? 2 * every : every;
      const code = rangeSeconds < least ? 'range-too-short' : rangeSeconds < 2 * least ? 'range-tight' : undefined;
      if (code === undefined || (code === 'range-tight' && !twoSamples.has(inside[0] ?? ''))) return [];
      const message = `${name}: ${rangeSeconds} s of ${metric || 'a metric'}, which has a sample every ${every} s`;
      return [{ code, by, subject, offset: from, message }];
    }),
  );
};

export const counters: LintRule = (scene) =>
  soundExpressions(scene).flatMap(({ by, subject, name }) =>
    selectorsOf(subject.expr).flatMap(({ name: metric = '', rangeSeconds, inside, from }): Found[] => {
      const place = { by, subject, offset: from };
      const ignored = inside.some((around) => blindToValues.has(around));
      if (rangeSeconds === undefined && counter.test(metric) && !ignored) {
        return [{ code: 'counter-without-rate', ...place, message: `${name}: the bare value of ${metric}` }];
      }
      const [around = ''] = inside;
      if (rangeSeconds !== undefined && ofCounters.has(around) && metric !== '' && !maybeCounter.test(metric)) {
        return [{ code: 'rate-on-gauge', ...place, message: `${name}: ${around}() of ${metric}, which is no counter` }];
      }
      return [];
    }),
  );

export const clusterKept: LintRule = (scene) =>
  soundExpressions(scene).flatMap(({ by, subject, name, runs }): Found[] => {
    const offset = runs === 'hub' ? losesLabel(subject.expr, 'cluster') : undefined;
    if (offset === undefined) return [];
    return [{ code: 'cluster-lost', by, subject, offset, message: `${name}: the aggregation drops cluster` }];
  });

export const expansion: LintRule = (scene) =>
  expressionsOf(scene).flatMap(({ by, subject, name, runs }): Found[] => {
    if (runs !== 'collector' || scene.facts.architecture === 'mcoa' || !oneLine(subject.expr).includes('$(')) return [];
    const offset = subject.expr.indexOf('$(');
    return [{ code: 'argument-expansion', by, subject, offset, message: `${name}: $(…) in an argument` }];
  });
