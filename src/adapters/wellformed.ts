/** Whether what came as an object is one: looked at once, where it enters the program. */
import { object as anyObject, type Form, forms, type Leaf } from './forms.ts';
import { isRecord } from './json.ts';

/**
 * Where an object of a kind is not what it must be: `status.conditions[0].type: a number, not a text`; `undefined` when it
 * is. A field that is `null` is one that is absent, and is taken out.
 */
export function misshapen(kind: string, found: unknown): string | undefined {
  const fault = lookOf(forms[kind] ?? anyObject)(found);
  return fault && `${fault.at === '' ? 'the object' : fault.at.replace(/^\./, '')}: ${fault.said}`;
}

/** What is wrong, and where below the value that was looked at: `.type`, `[0].type`. */
interface Fault {
  readonly at: string;
  readonly said: string;
}

type Look = (value: unknown) => Fault | undefined;

/** Of each form one, made when it is first needed: a list of a fleet is thousands of looks. */
const looks = new Map<Form, Look>();

function lookOf(form: Form): Look {
  const known = looks.get(form);
  if (known !== undefined) return known;
  const made = typeof form === 'string' ? leafLook(form) : isList(form) ? listLook(lookOf(form[0])) : fieldsLook(form);
  looks.set(form, made);
  return made;
}

const words: Readonly<Record<Leaf, string>> = {
  text: 'a text',
  number: 'a number',
  flag: 'true or false',
  texts: 'an object of texts',
  map: 'an object',
  anything: 'anything',
};

function leafLook(leaf: Leaf): Look {
  return (value) => (fits(value, leaf) ? undefined : mistaken(value, words[leaf]));
}

function listLook(look: Look): Look {
  return (value) => {
    if (!Array.isArray(value)) return mistaken(value, 'a list');
    for (const [index, entry] of value.entries()) {
      const fault = look(entry);
      if (fault !== undefined) return { ...fault, at: `[${index}]${fault.at}` };
    }
    return undefined;
  };
}

function fieldsLook(form: Readonly<Record<string, Form>>): Look {
  const fields = Object.entries(form).map(([name, inner]) => {
    return { key: name.replace('?', ''), isOptional: name.endsWith('?'), look: lookOf(inner) };
  });
  return (value) => {
    if (!isRecord(value)) return mistaken(value, 'an object');
    for (const { key, isOptional, look } of fields) {
      // As Go writes what has no value.
      if (value[key] === null) delete value[key];
      const inner = value[key];
      if (inner === undefined && isOptional) continue;
      const fault = look(inner);
      if (fault !== undefined) return { ...fault, at: `.${key}${fault.at}` };
    }
    return undefined;
  };
}

function mistaken(value: unknown, wanted: string): Fault {
  return { at: '', said: `${nameOf(value)}, not ${wanted}` };
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
