/** The layers a configuration is made of besides the file: flags, our variables, and names people already export. */
import { resolve } from 'node:path';
import { isMapping } from './document.ts';
import { ambientKeys, prefix, type Variable, variables } from './environment.ts';
import { flagOf } from './flags.ts';
import { schemaIssues, unknownKey } from './issues.ts';
import { type ConfigKey, configKey } from './keys.ts';
import { type Issue, type Origin, shown } from './origin.ts';
import { readText, Unreadable } from './read.ts';
import { secretIssue, secretPaths } from './secrets.ts';
import { didYouMean } from './suggest.ts';
import { isFolder, normalEndpoint } from './values.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A value for a key, and where it came from. */
export interface Given {
  readonly value: unknown;
  readonly origin: Origin;
}

/** Values by key. */
export type Layer = ReadonlyMap<string, Given>;

/** Text as it comes from a shell, or a value already parsed. */
export type FlagValue = string | number | boolean | readonly string[];

/** Flags by key (`storage.bucket`); the flag's own name where it has one, else `--set KEY`. */
export function flagLayer(flags: Readonly<Record<string, FlagValue | undefined>>, cwd: string, issues: Issue[]): Layer {
  const layer = new Map<string, Given>();
  for (const [path, value] of Object.entries(flags)) {
    if (value === undefined) continue;
    const key = configKey(path);
    const detail = flagOf(path);
    if (key === undefined) issues.push({ ...fault(detail), path: shown(path), message: unknownKey(path) });
    else
      add(
        layer,
        key,
        typeof value === 'string' ? fromText(key, value) : value,
        { source: 'flag', detail },
        cwd,
        issues,
      );
  }
  return layer;
}

/** `ACM_OBSERVABILITY_*`: one nobody knows is an issue, and so is one of the wrong form. */
export async function environmentLayer(env: Environment, cwd: string, issues: Issue[]): Promise<Layer> {
  const layer = new Map<string, Given>();
  for (const variable of variables) {
    const key = variable.path === undefined ? undefined : configKey(variable.path);
    const given = key === undefined ? undefined : await readVariable(variable, env, cwd, issues);
    if (key === undefined || given === undefined) continue;
    add(layer, key, fromText(key, given.text), { source: 'environment', detail: given.name }, cwd, issues);
  }
  const known = variables.flatMap(({ name, fileForm }) => (fileForm ? [name, `${name}_FILE`] : [name]));
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith(prefix) && env[name] !== undefined && !known.includes(name),
  );
  for (const name of unknown.toSorted()) {
    const near = didYouMean(
      name.slice(prefix.length),
      known.map((other) => other.slice(prefix.length)),
    );
    const hint = near.replace('did you mean ', `did you mean ${prefix}`);
    issues.push({ ...fault(shown(name)), message: `unknown variable${hint}` });
  }
  return layer;
}

/** Names people already export: only for S3, and never over anything said to us. */
export function ambientLayer(env: Environment, cwd: string, issues: Issue[]): Layer {
  const layer = new Map<string, Given>();
  for (const { path, names } of ambientKeys) {
    const name = names.find((candidate) => (env[candidate] ?? '') !== '');
    const key = configKey(path);
    if (name === undefined || key === undefined) continue;
    add(layer, key, env[name], { source: 'ambient', detail: name }, cwd, issues);
  }
  return layer;
}

/**
 * The text of a variable or of the file its `_FILE` form names (one newline at the end belongs to the file, not to the
 * value); `undefined` when neither is set. Empty is not set.
 */
export async function readVariable(
  variable: Pick<Variable, 'name' | 'path' | 'fileForm'>,
  env: Environment,
  cwd: string,
  issues: Issue[],
): Promise<{ readonly text: string; readonly name: string } | undefined> {
  const { name } = variable;
  const fileName = `${name}_FILE`;
  const direct = env[name] ?? '';
  const file = variable.fileForm ? (env[fileName] ?? '') : '';
  if (direct !== '' && file !== '') {
    issues.push({ ...fault(fileName), message: `is set together with ${name}; keep one` });
    return undefined;
  }
  if (direct !== '') return { text: direct, name };
  if (file === '') return undefined;
  try {
    return { text: (await readText(resolve(cwd, file))).replace(/\r?\n$/, ''), name: fileName };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    issues.push({ ...fault(fileName), message: `the file it names ${error.message}` });
    return undefined;
  }
}

/** Text in the form of its key: lists by comma or as JSON, maps as JSON. What does not fit is left to the schema. */
function fromText({ form }: ConfigKey, text: string): unknown {
  if (form === 'number') return /^-?\d+$/.test(text.trim()) ? Number(text) : text;
  if (form === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (form === 'map') return fromJson(text);
  if (form !== 'list') return text;
  if (text.trimStart().startsWith('[')) return fromJson(text);
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text; // not JSON: the schema says what it must be
  }
}

function add(
  layer: Map<string, Given>,
  key: ConfigKey,
  raw: unknown,
  origin: Origin,
  cwd: string,
  issues: Issue[],
): void {
  const base = key.path.split('.');
  const place = (): string => origin.detail;
  const secrets = [...secretPaths(raw, base)];
  if (secrets.length > 0) {
    issues.push(...secrets.map((path) => secretIssue(origin.detail, path)));
    return;
  }
  const result = key.schema.safeParse(raw);
  if (!result.success) {
    issues.push(...schemaIssues(result.error.issues, place, base).map((issue) => hinted(issue, key)));
    return;
  }
  layer.set(key.path, { value: fromHere(key.path, raw, cwd), origin });
}

/** A map or list given as text that is no JSON is told in its own words. */
function hinted(issue: Issue, { form, path }: ConfigKey): Issue {
  return form === 'map' && issue.path === path ? { ...issue, message: 'must be a mapping, written as JSON' } : issue;
}

/** Relative paths given on the spot start where the person stands, not where the file lies. */
function fromHere(path: string, raw: unknown, cwd: string): unknown {
  if (path === 'storage.caFile' && typeof raw === 'string') return resolve(cwd, raw);
  if (path === 'storage.endpoint' && typeof raw === 'string') return normalEndpoint(raw);
  if (!Array.isArray(raw)) return raw;
  if (path === 'dashboards') return raw.map((item: unknown) => itemFromHere(item, cwd, () => true));
  if (path === 'packs') return raw.map((item: unknown) => itemFromHere(item, cwd, isFolder));
  return raw;
}

/** Of a list: text that is a path, or a mapping with one. */
function itemFromHere(item: unknown, cwd: string, isPath: (text: string) => boolean): unknown {
  if (typeof item === 'string') return isPath(item) ? resolve(cwd, item) : item;
  return isMapping(item) && typeof item.path === 'string' ? { ...item, path: resolve(cwd, item.path) } : item;
}

function fault(place: string): Pick<Issue, 'code' | 'place'> {
  return { code: 'configuration-invalid', place };
}
