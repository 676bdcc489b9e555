/** Whether what came as an object is one: looked at once, where it enters the program. */
import { object as anyObject, type Form, forms, type Leaf } from './forms.ts';
import { isRecord } from './json.ts';

/**
 * Where an object of a kind is not what it must be: `status.conditions[0].type: a number, not a text`; `undefined` when it
 * is. A field that is `null` is one that is absent, and is taken out.
 */
export function misshapen(kind: string, found: unknown): string | undefined {
  return wrong(found, forms[kind] ?? anyObject, '');
}

const words: Readonly<Record<Leaf, string>> = {
  text: 'a text',
  number: 'a number',
  flag: 'true or false',
  texts: 'an object of texts',
  map: 'an object',
  anything: 'anything',
};

function wrong(value: unknown, form: Form, at: string): string | undefined {
  if (typeof form === 'string') return fits(value, form) ? undefined : `${at}: ${nameOf(value)}, not ${words[form]}`;
  if (isList(form)) {
    if (!Array.isArray(value)) return `${at}: ${nameOf(value)}, not a list`;
    return first(value.map((entry, index) => () => wrong(entry, form[0], `${at}[${index}]`)));
  }
  if (!isRecord(value)) return `${at === '' ? 'the object' : at}: ${nameOf(value)}, not an object`;
  return first(
    Object.entries(form).map(
      ([name, inner]) =>
        () =>
          wrongField(value, name, inner, at),
    ),
  );
}

function wrongField(owner: Record<string, unknown>, name: string, form: Form, at: string): string | undefined {
  const key = name.replace('?', '');
  // As Go writes what has no value.
  if (owner[key] === null) delete owner[key];
  if (owner[key] === undefined && name.endsWith('?')) return undefined;
  return wrong(owner[key], form, at === '' ? key : `${at}.${key}`);
}

function first(looks: readonly (() => string | undefined)[]): string | undefined {
  for (const look of looks) {
    const found = look();
    if (found !== undefined) return found;
  }
  return undefined;
}

function fits(value: unknown, form: Leaf): boolean {
  switch (form) {
    case 'text':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number';
    case 'flag':
      return typeof value === 'boolean';
    case 'map':
      return isRecord(value);
    case 'texts':
      return isRecord(value) && Object.values(value).every((entry) => typeof entry === 'string');
    case 'anything':
      return true;
  }
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'string' ? 'a text' : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}

function isList(form: Form): form is readonly [Form] {
  return Array.isArray(form);
}
