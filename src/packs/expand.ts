/** The matrix written out: one rule for every combination of members it is meant for. */
import { isDeepStrictEqual } from 'node:util';
import { interpolate, lookUp, resolveValue, type Scope, type Traced, traced, Uninterpolated } from './interpolate.ts';
import type { AlertingRule, Collection, HubGroup, HubRule, ProofQuery, RecordingRule } from './pack.ts';
import type { AlertingSource, ExpressionSource, PackSource, RecordingSource, SpreadSource } from './schema.ts';

type Matrix = Readonly<Record<string, readonly unknown[]>>;

/** Where in `pack.yaml` something stands: keys and indices from the root. */
export type Path = readonly (string | number)[];

/** Where a rule, a group, a collection or a proof was written, and where each offset of its expression comes from. */
export interface Origin {
  readonly path: Path;
  readonly expression?: { readonly path: Path; back(offset: number): number };
}

export interface Expansion {
  readonly matrix: Matrix;
  readonly scope: Scope;
  /** Told of everything that is written out. */
  readonly trace: (made: object, origin: Origin) => void;
}

/** Axes with their members. Throws {@link Uninterpolated} when an axis is not a list. */
export function expandMatrix(source: PackSource['matrix'], scope: Scope, trace: Expansion['trace']): Expansion {
  const axes = Object.entries(source).map(([axis, members]) => {
    const list = typeof members === 'string' ? resolveValue(members, scope) : members;
    if (!Array.isArray(list)) throw new Uninterpolated(`matrix.${axis} is not a list`);
    return [axis, list as readonly unknown[]] as const;
  });
  return { matrix: Object.fromEntries(axes), scope, trace };
}

type CollectionSource = PackSource['collect']['platform'];

export function expandCollection(source: CollectionSource, expansion: Expansion, path: Path): Collection {
  const { scope, trace } = expansion;
  const collection = {
    names: source.names.map((name) => interpolate(name, scope)),
    matches: source.matches.map((match) => interpolate(match, scope)),
    recordingRules: source.recordingRules.flatMap((rule, at) =>
      expandRecording(rule, expansion, [...path, 'recordingRules', at]),
    ),
  };
  trace(collection, { path });
  return collection;
}

export function expandGroup(source: PackSource['hub']['groups'][number], expansion: Expansion, path: Path): HubGroup {
  const { scope, trace } = expansion;
  const group = {
    name: interpolate(source.name, scope),
    interval: interpolate(source.interval, scope),
    rules: source.rules.flatMap((rule, at): HubRule[] => {
      const place = [...path, 'rules', at];
      return 'alert' in rule ? expandAlert(rule, expansion, place) : expandRecording(rule, expansion, place);
    }),
  };
  trace(group, { path });
  return group;
}

export function expandProof(source: PackSource['verify'][number], expansion: Expansion, path: Path): ProofQuery {
  const { text, origin } = expressionOf(source.expr, expansion, path);
  const proof = { ...source, expr: text, within: interpolate(source.within, expansion.scope) };
  expansion.trace(proof, origin);
  return proof;
}

function expandRecording(rule: RecordingSource, expansion: Expansion, path: Path): RecordingRule[] {
  return spread(rule, expansion).map((member) => {
    const { text, origin } = expressionOf(rule.expr, member, path);
    const made = {
      record: interpolate(rule.record, member.scope),
      expr: text,
      ...(rule.labels === undefined ? {} : { labels: texts(rule.labels, member.scope) }),
    };
    member.trace(made, origin);
    return made;
  });
}

function expandAlert(rule: AlertingSource, expansion: Expansion, path: Path): AlertingRule[] {
  return spread(rule, expansion).map((member) => {
    const { text, origin } = expressionOf(rule.expr, member, path);
    const made = {
      alert: interpolate(rule.alert, member.scope),
      expr: text,
      ...(rule.for === undefined ? {} : { for: interpolate(rule.for, member.scope) }),
      labels: texts(rule.labels, member.scope),
      annotations: texts(rule.annotations, member.scope),
    };
    member.trace(made, origin);
    return made;
  });
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

/** The scopes one thing is written out for; an axis that the scope itself names stands for that one member. */
export function spreadOver(source: SpreadSource, matrix: PackSource['matrix'], scope: Scope): Scope[] {
  const expansion = expandMatrix(matrix, scope, () => {});
  const given = Object.keys(expansion.matrix).filter((axis) => Object.hasOwn(scope, axis));
  const fixed = Object.fromEntries(given.map((axis) => [axis, [scope[axis]]]));
  const members = { ...expansion, matrix: { ...expansion.matrix, ...fixed } };
  return spread({ ...source, each: [...new Set([...given, ...source.each])] }, members).map((one) => one.scope);
}

function membersOf(axis: string, { matrix }: Expansion): readonly unknown[] {
  const members = matrix[axis];
  if (members === undefined) throw new Uninterpolated(`each: there is no axis "${axis}" in the matrix`);
  return members;
}

interface Expressed {
  readonly text: string;
  readonly origin: Origin;
}

/** A plain expression, or one written once for several members and joined: `a + b + c`. */
function expressionOf(source: ExpressionSource, expansion: Expansion, path: Path): Expressed {
  if (typeof source === 'string') {
    const { text, back } = traced(source, expansion.scope);
    return { text, origin: { path, expression: { path: [...path, 'expr'], back } } };
  }
  const parts = spread(source, expansion).map(({ scope }) => trimmed(traced(source.expr, scope)));
  if (parts.length === 0) throw new Uninterpolated('an expression joined from nothing');
  const text = parts.map((part) => part.text).join(source.join);
  const back = backThrough(parts, source.join);
  return { text, origin: { path, expression: { path: [...path, 'expr', 'expr'], back } } };
}

function trimmed({ text, back }: Traced): Traced {
  const leading = text.length - text.trimStart().length;
  return { text: text.trim(), back: (offset) => back(offset + leading) };
}

/** An offset of a joined text is one of the part it falls into. */
function backThrough(parts: readonly Traced[], join: string): (offset: number) => number {
  return (offset) => {
    let rest = offset;
    for (const part of parts) {
      if (rest <= part.text.length) return part.back(rest);
      rest -= part.text.length + join.length;
    }
    return 0;
  };
}

function texts(source: Readonly<Record<string, string>>, scope: Scope): Record<string, string> {
  return Object.fromEntries(Object.entries(source).map(([name, text]) => [name, interpolate(text, scope)]));
}
