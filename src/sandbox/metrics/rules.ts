/** Rule files as the Thanos ruler has read them, what became of each rule, and how `/api/v1/rules` tells it. */
import { parse } from 'yaml';
import { QueryError } from './expression.ts';
import { parseExpression } from './parse.ts';

/** A rule file as the ruler has read it. */
export interface RuleFile {
  /** `custom_rules.yaml` */
  readonly name: string;
  readonly text: string;
}

export interface RuleState {
  readonly type: 'recording' | 'alerting';
  readonly name: string;
  readonly expression: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Seconds a condition must hold before an alert fires. */
  readonly forSeconds: number;
  /** `unknown`: not evaluated, not yet or because the small store cannot. */
  health: 'ok' | 'err' | 'unknown';
  lastError: string;
  /** Milliseconds since the epoch. */
  lastEvaluation: number | undefined;
  alerts: readonly AlertState[];
}

export interface AlertState {
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly activeAt: number;
  readonly firing: boolean;
  readonly value: number;
}

export interface RuleGroupState {
  readonly name: string;
  readonly file: string;
  readonly intervalSeconds: number;
  readonly rules: readonly RuleState[];
}

/** Thanos' default for a group without `interval` (acm.md §7.3). */
const defaultInterval = 60;

/** The groups of a rule file. Throws an Error, as the ruler's reload fails, for what is no rule file or no PromQL. */
export function readRuleFile({ name, text }: RuleFile): RuleGroupState[] {
  const document: unknown = parse(text);
  const groups = isRecord(document) ? (document.groups ?? []) : [];
  if (!Array.isArray(groups)) throw new Error(`${name}: groups is not a list`);
  return groups.map((group: unknown) => readGroup(group, name));
}

function readGroup(group: unknown, file: string): RuleGroupState {
  if (!isRecord(group) || typeof group.name !== 'string') throw new Error(`${file}: a group without a name`);
  const rules = group.rules ?? [];
  if (!Array.isArray(rules)) throw new Error(`${file}: ${group.name}: rules is not a list`);
  return {
    name: group.name,
    file: `/etc/thanos/rules/${file}`,
    intervalSeconds: readDuration(group.interval, defaultInterval, file),
    rules: rules.map((rule: unknown) => readRule(rule, `${file}: ${group.name}`)),
  };
}

function readRule(rule: unknown, where: string): RuleState {
  if (!isRecord(rule)) throw new Error(`${where}: a rule that is not a map`);
  const { record, alert } = rule;
  const name = typeof record === 'string' ? record : alert;
  if (typeof name !== 'string' || typeof rule.expr !== 'string')
    throw new Error(`${where}: a rule without name or expr`);
  checkSyntax(rule.expr, where);
  return {
    type: typeof record === 'string' ? 'recording' : 'alerting',
    name,
    expression: rule.expr,
    labels: readStrings(rule.labels),
    annotations: readStrings(rule.annotations),
    forSeconds: readDuration(rule.for, 0, where),
    health: 'unknown',
    lastError: '',
    lastEvaluation: undefined,
    alerts: [],
  };
}

/** Only what is no PromQL at all is wrong; what the small store does not understand stays `unknown` later. */
function checkSyntax(expression: string, where: string): void {
  try {
    parseExpression(expression);
  } catch (error) {
    if (error instanceof QueryError && error.status === 400) throw new Error(`${where}: ${error.message}`);
  }
}

function readDuration(value: unknown, otherwise: number, where: string): number {
  if (value === undefined || value === null) return otherwise;
  const expression = parseExpression(String(value));
  if (expression.kind !== 'number') throw new Error(`${where}: not a duration: ${String(value)}`);
  return expression.value;
}

function readStrings(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The `groups` of `/api/v1/rules`. `type` is `record`, `alert` or nothing. */
export function describeGroups(groups: readonly RuleGroupState[], type: string | null): object[] {
  const wanted = type === 'record' ? 'recording' : type === 'alert' ? 'alerting' : undefined;
  return groups.map((group) => ({
    name: group.name,
    file: group.file,
    interval: group.intervalSeconds,
    limit: 0,
    partialResponseStrategy: 'ABORT',
    lastEvaluation: time(group.rules.at(-1)?.lastEvaluation),
    evaluationTime: 0,
    rules: group.rules.filter((rule) => wanted === undefined || rule.type === wanted).map(describeRule),
  }));
}

function describeRule(rule: RuleState): object {
  const shared = {
    name: rule.name,
    query: rule.expression,
    labels: rule.labels,
    health: rule.health,
    lastEvaluation: time(rule.lastEvaluation),
    evaluationTime: 0,
    type: rule.type,
    ...(rule.lastError === '' ? {} : { lastError: rule.lastError }),
  };
  if (rule.type === 'recording') return shared;
  const firing = rule.alerts.some((alert) => alert.firing);
  return {
    ...shared,
    state: firing ? 'firing' : rule.alerts.length > 0 ? 'pending' : 'inactive',
    duration: rule.forSeconds,
    annotations: rule.annotations,
    alerts: rule.alerts.map((alert) => ({
      labels: alert.labels,
      annotations: rule.annotations,
      state: alert.firing ? 'firing' : 'pending',
      activeAt: time(alert.activeAt),
      value: String(alert.value),
    })),
  };
}

/** Go's zero time for what has not happened yet. */
function time(milliseconds: number | undefined): string {
  return milliseconds === undefined ? '0001-01-01T00:00:00Z' : new Date(milliseconds).toISOString();
}
