/** Label and field selectors, in the syntax of `kubectl -l` and `--field-selector`. */
import type { KubeObject } from '../../kinds.ts';
import type { ResourceType } from './kinds.ts';
import { isFields } from './objects.ts';
import { badRequest } from './status.ts';

export type Matcher = (object: KubeObject) => boolean;
type LabelMatcher = (labels: Readonly<Record<string, string>>) => boolean;

const everything: LabelMatcher = () => true;
const key = `[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?`;
const value = `[-A-Za-z0-9_.]*`;
const setBased = new RegExp(String.raw`^(${key})\s+(in|notin)\s*\(([^()]*)\)$`);
const equality = new RegExp(String.raw`^(${key})\s*(==|=|!=)\s*(${value})$`);
const ordered = new RegExp(String.raw`^(${key})\s*([<>])\s*(-?\d+)$`);
const existence = new RegExp(String.raw`^(!?)\s*(${key})$`);

/** Both selectors of a list or watch. 400 for one that does not parse or asks for a field nobody can select by. */
export function matcher(type: ResourceType, labelSelector?: string | null, fieldSelector?: string | null): Matcher {
  const labels = parseLabelSelector(labelSelector ?? '');
  const fields = parseFieldSelector(type, fieldSelector ?? '');
  return (object) => labels(object.metadata.labels ?? {}) && fields(object);
}

function parseLabelSelector(selector: string): LabelMatcher {
  if (selector.trim() === '') return everything;
  // Commas inside parentheses belong to a set.
  const requirements = selector.split(/,(?![^(]*\))/).map((part) => requirement(part.trim(), selector));
  return (labels) => requirements.every((matches) => matches(labels));
}

function requirement(part: string, whole: string): LabelMatcher {
  const [, setKey, operator, list] = setBased.exec(part) ?? [];
  if (setKey !== undefined && list !== undefined) {
    const values = list.split(',').map((item) => item.trim());
    const isIn: LabelMatcher = (labels) => values.includes(labels[setKey] ?? '\0');
    return operator === 'in' ? isIn : (labels) => !isIn(labels);
  }
  const [, equalKey, sign, wanted] = equality.exec(part) ?? [];
  if (equalKey !== undefined) {
    return sign === '!=' ? (labels) => labels[equalKey] !== wanted : (labels) => labels[equalKey] === wanted;
  }
  const [, orderedKey, order, bound] = ordered.exec(part) ?? [];
  if (orderedKey !== undefined) {
    return (labels) => {
      const actual = Number(labels[orderedKey] ?? Number.NaN);
      return order === '<' ? actual < Number(bound) : actual > Number(bound);
    };
  }
  const [, negated, existingKey] = existence.exec(part) ?? [];
  if (existingKey === undefined) throw badRequest(`unable to parse requirement: ${JSON.stringify(whole)}`);
  return (labels) => Object.hasOwn(labels, existingKey) !== (negated === '!');
}

/** What can be selected by, beside name and namespace; custom kinds have nothing more. */
const selectable: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec.nodeName', 'spec.restartPolicy', 'spec.serviceAccountName', 'status.phase', 'status.podIP'],
  Namespace: ['status.phase'],
  Secret: ['type'],
  Node: ['spec.unschedulable'],
  Event: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
};

function parseFieldSelector(type: ResourceType, selector: string): Matcher {
  const known = ['metadata.name', 'metadata.namespace', ...(type.custom ? [] : (selectable[type.kind] ?? []))];
  const requirements = selector.split(',').filter((part) => part.trim() !== '');
  const matchers = requirements.map((part): Matcher => {
    const [, field, sign, wanted] = /^\s*([^=!\s]+)\s*(==|=|!=)(.*)$/.exec(part) ?? [];
    if (field === undefined || wanted === undefined) {
      throw badRequest(`invalid selector: '${selector}'; can't understand '${part}'`);
    }
    if (!known.includes(field)) throw badRequest(`field label not supported: ${field}`);
    return (object) => (fieldValue(object, field) === wanted) === (sign !== '!=');
  });
  return (object) => matchers.every((matches) => matches(object));
}

/** Missing fields are empty strings. */
function fieldValue(object: KubeObject, path: string): string {
  let value: unknown = object;
  for (const name of path.split('.')) value = isFields(value) ? value[name] : undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
