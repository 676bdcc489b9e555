/** The matrix written out: one rule for every combination of members it is meant for. */
import { isDeepStrictEqual } from 'node:util';
import { interpolate, lookUp, resolveValue, type Scope, Uninterpolated } from './interpolate.ts';
import type { AlertingRule, Collection, HubGroup, HubRule, ProofQuery, RecordingRule } from './pack.ts';
import type { AlertingSource, ExpressionSource, PackSource, RecordingSource, SpreadSource } from './schema.ts';

type Matrix = Readonly<Record<string, readonly unknown[]>>;

export interface Expansion {
  readonly matrix: Matrix;
  readonly scope: Scope;
}

/** Axes with their members. Throws {@link Uninterpolated} when an axis is not a list. */
export function expandMatrix(source: PackSource['matrix'], scope: Scope): Expansion {
  const axes = Object.entries(source).map(([axis, members]) => {
    const list = typeof members === 'string' ? resolveValue(members, scope) : members;
    if (!Array.isArray(list)) throw new Uninterpolated(`matrix.${axis} is not a list`);
    return [axis, list as readonly unknown[]] as const;
  });
  return { matrix: Object.fromEntries(axes), scope };
}

type CollectionSource = PackSource['collect']['platform'];

export function expandCollection(source: CollectionSource, expansion: Expansion): Collection {
  const { scope } = expansion;
  return {
    names: source.names.map((name) => interpolate(name, scope)),
    matches: source.matches.map((match) => interpolate(match, scope)),
    recordingRules: source.recordingRules.flatMap((rule) => expandRecording(rule, expansion)),
  };
}

export function expandGroup(source: PackSource['hub']['groups'][number], expansion: Expansion): HubGroup {
  const { scope } = expansion;
  return {
    name: interpolate(source.name, scope),
    interval: interpolate(source.interval, scope),
    rules: source.rules.flatMap((rule): HubRule[] =>
      'alert' in rule ? expandAlert(rule, expansion) : expandRecording(rule, expansion),
    ),
  };
}

export function expandProof(source: PackSource['verify'][number], expansion: Expansion): ProofQuery {
  return {
    ...source,
    expr: expressionOf(source.expr, expansion),
    within: interpolate(source.within, expansion.scope),
  };
}

function expandRecording(rule: RecordingSource, expansion: Expansion): RecordingRule[] {
  return spread(rule, expansion).map((member) => ({
    record: interpolate(rule.record, member.scope),
    expr: expressionOf(rule.expr, member),
    ...(rule.labels === undefined ? {} : { labels: texts(rule.labels, member.scope) }),
  }));
}

function expandAlert(rule: AlertingSource, expansion: Expansion): AlertingRule[] {
  return spread(rule, expansion).map((member) => ({
    alert: interpolate(rule.alert, member.scope),
    expr: expressionOf(rule.expr, member),
    ...(rule.for === undefined ? {} : { for: interpolate(rule.for, member.scope) }),
    labels: texts(rule.labels, member.scope),
    annotations: texts(rule.annotations, member.scope),
  }));
}

/** Every combination of the axes named, as far as `when` holds for it. */
function spread({ each, when }: SpreadSource, expansion: Expansion): Expansion[] {
  const combinations = each.reduce<Scope[]>(
    (scopes, axis) =>
      scopes.flatMap((scope) => membersOf(axis, expansion).map((value) => ({ ...scope, [axis]: value }))),
    [expansion.scope],
  );
  const meant = combinations.filter((scope) =>
    Object.entries(when).every(([path, value]) => isDeepStrictEqual(lookUp(path, scope), value)),
  );
  return meant.map((scope) => ({ ...expansion, scope }));
}

function membersOf(axis: string, { matrix }: Expansion): readonly unknown[] {
  const members = matrix[axis];
  if (members === undefined) throw new Uninterpolated(`each: there is no axis "${axis}" in the matrix`);
  return members;
}

/** A plain expression, or one written once for several members and joined: `a + b + c`. */
function expressionOf(source: ExpressionSource, expansion: Expansion): string {
  if (typeof source === 'string') return interpolate(source, expansion.scope);
  const parts = spread(source, expansion).map(({ scope }) => interpolate(source.expr, scope).trim());
  if (parts.length === 0) throw new Uninterpolated('an expression joined from nothing');
  return parts.join(source.join);
}

function texts(source: Readonly<Record<string, string>>, scope: Scope): Record<string, string> {
  return Object.fromEntries(Object.entries(source).map(([name, text]) => [name, interpolate(text, scope)]));
}
