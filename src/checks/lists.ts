/** Shared lists that the operators read: one wrong type, and all custom entries of it count for nothing (acm.md §6.3, §7.2). */
import { parseDocument } from 'yaml';
import type { Context } from '../context.ts';
import { Problem } from '../engine/problem.ts';
import type { ProblemCode } from '../engine/problems.ts';
import type { Check, Finding } from '../engine/step.ts';
import { observabilityNamespace } from '../hub.ts';
import { ConfigMapKind } from '../kinds.ts';
import { rulerKey } from '../packs/ruler.ts';
import { allowlistName } from '../resources/allowlist-entries.ts';
import { on } from '../resources/rights.ts';
import { rulerName } from '../resources/ruler-entries.ts';

/** The shape a part of such a document must have. */
type Shape = 'texts' | 'entries' | 'mapping';

interface List {
  readonly name: string;
  readonly keys: readonly string[];
  readonly shapes: Readonly<Record<string, Shape>>;
  readonly code: ProblemCode;
}

const lists: readonly List[] = [
  {
    name: allowlistName,
    keys: ['metrics_list.yaml', 'uwl_metrics_list.yaml'],
    shapes: {
      names: 'texts',
      matches: 'texts',
      renames: 'mapping',
      rules: 'entries',
      recording_rules: 'entries',
      collect_rules: 'entries',
    },
    code: 'allowlist-invalid',
  },
  { name: rulerName, keys: [rulerKey], shapes: { groups: 'entries' }, code: 'rules-invalid' },
];

export const listsHop: Check<Context> = {
  id: 'lists',
  title: 'The custom allowlist and the custom rules can be read',
  needs: ['acm'],
  scope: 'hub',
  rights: ({ cluster }) =>
    lists.flatMap(({ name }) => on(cluster, ConfigMapKind, { namespace: observabilityNamespace, name }, ['get'])),
  run: async ({ cluster, hub }) => {
    const found = await Promise.all(
      lists.map(async (list) => {
        const map = await cluster.get(ConfigMapKind, { namespace: observabilityNamespace, name: list.name });
        return problemIn(list, map?.data ?? {});
      }),
    );
    const problem = found.find((one) => one !== undefined);
    const finding: Finding =
      problem === undefined ? { verdict: 'pass', evidence: 'both parse' } : { verdict: 'fail', problem };
    return new Map([[hub.name, finding]]);
  },
};

function problemIn({ name, keys, shapes, code }: List, data: Readonly<Record<string, string>>): Problem | undefined {
  for (const key of keys) {
    const why = wrongIn(data[key] ?? '', shapes);
    if (why !== undefined) return new Problem(code, `ConfigMap ${name}, ${key}: ${why}`);
  }
  return undefined;
}

/** Why the operator would take nothing of it. Keys it does not know do not disturb it, nor do keys given twice. */
function wrongIn(text: string, shapes: Readonly<Record<string, Shape>>): string | undefined {
  const document = parseDocument(text, { version: '1.1', uniqueKeys: false });
  const [error] = document.errors;
  if (error !== undefined) return `it does not parse: ${error.message.split('\n')[0]}`;
  const value: unknown = document.toJS();
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) return 'it is not a mapping';
  const wrong = Object.entries(value).find(([part, held]) => {
    const shape = shapes[part];
    return shape !== undefined && held !== null && !fits(held, shape);
  });
  return wrong === undefined ? undefined : `${wrong[0]} is not ${words[shapes[wrong[0]] ?? 'mapping']}`;
}

const words: Readonly<Record<Shape, string>> = {
  texts: 'a list of names',
  entries: 'a list of entries',
  mapping: 'a mapping',
};

function fits(value: unknown, shape: Shape): boolean {
  if (shape === 'mapping') return typeof value === 'object' && !Array.isArray(value);
  if (!Array.isArray(value)) return false;
  // A number or a truth value among names is read as text; a list or a mapping is not.
  return value.every((item) => (typeof item === 'object' && item !== null) === (shape === 'entries'));
}
