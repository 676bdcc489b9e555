/** Kubernetes label selectors (`env=prod,tier in (a,b),!legacy`), evaluated here for clusters we already have. */
import { Problem } from '../engine/problem.ts';

export interface Requirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | 'exists' | 'absent';
  readonly values: readonly string[];
}

/** @throws Problem `usage` for what is no selector. */
export function parseSelector(text: string): Requirement[] {
  // Commas inside parentheses belong to a set.
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseRequirement);
}

const key = '[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?';
const set = new RegExp(`^(?<key>${key})\\s+(?<not>not)?in\\s*\\((?<values>[^()]*)\\)$`);
const equality = new RegExp(`^(?<key>${key})\\s*(?<operator>==|=|!=)\\s*(?<value>[-A-Za-z0-9_.]*)$`);
const presence = new RegExp(`^(?<not>!)?\\s*(?<key>${key})$`);

function parseRequirement(part: string): Requirement {
  const inSet = set.exec(part)?.groups;
  if (inSet) {
    const values = (inSet.values ?? '').split(',').map((value) => value.trim());
    return { key: inSet.key ?? '', operator: inSet.not === undefined ? 'in' : 'notin', values };
  }
  const equal = equality.exec(part)?.groups;
  if (equal) {
    return { key: equal.key ?? '', operator: equal.operator === '!=' ? 'notin' : 'in', values: [equal.value ?? ''] };
  }
  const present = presence.exec(part)?.groups;
  if (present) return { key: present.key ?? '', operator: present.not === undefined ? 'exists' : 'absent', values: [] };
  throw new Problem('usage', `"${part}" is not a label selector`, {
    fix: "Write it as kubectl does: -l 'env=prod,tier in (web,db),!legacy'.",
  });
}

export function matchesLabels(labels: Readonly<Record<string, string>>, requirements: readonly Requirement[]): boolean {
  return requirements.every((requirement) => meets(labels[requirement.key], requirement));
}

function meets(value: string | undefined, { operator, values }: Requirement): boolean {
  switch (operator) {
    case 'in':
      return value !== undefined && values.includes(value);
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case 'absent':
      return value === undefined;
  }
}
