/**
 * Makes the configuration of a run out of flags, variables, the file, names people already export, and defaults, in that
 * order; knows where each value came from; tells everything that is wrong at once.
 */
import { dirname, resolve } from 'node:path';
import { Problem } from '../engine/problem.ts';
import type { Config, PackReference } from './config.ts';
import { type ConfigDocument, parseConfig } from './document.ts';
import { schemaIssues } from './issues.ts';
import { configKeys } from './keys.ts';
import {
  ambientLayer,
  type Environment,
  environmentLayer,
  type FlagValue,
  flagLayer,
  type Given,
  type Layer,
} from './layers.ts';
import { type Issue, issueLine, type Origin } from './origin.ts';
import { collect, readText, Unreadable } from './read.ts';
import { ruleIssues, valueAt, warningsOf } from './rules.ts';
import { type ConfigOutput, configSchema } from './schema.ts';
import { secretIssue, secretLines, secretPaths } from './secrets.ts';
import { isFolder } from './values.ts';

export const defaultFile = 'acm-observability.yaml';

export interface LoadOptions {
  /** `-f`; `-` reads `stdin`. Absent: `acm-observability.yaml` in `cwd` where there is one. */
  readonly file?: string | undefined;
  readonly env: Environment;
  /** Values by key (`storage.bucket`), as given by flags. */
  readonly flags?: Readonly<Record<string, FlagValue | undefined>>;
  readonly cwd: string;
  readonly stdin?: AsyncIterable<string | Uint8Array>;
}

export interface LoadedConfig {
  /** Frozen, all the way down. */
  readonly config: Config;
  /** By key; keys without a value are absent. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** The file, as it was named; absent when there is none. */
  readonly file?: string;
  /** Allowed, and probably not meant. One line each. */
  readonly warnings: readonly string[];
}

/**
 * @throws Problem `configuration-unreadable`, `configuration-invalid` (every fault, a line each), `bucket-name-invalid`
 * (when that is all), `secret-in-configuration` (before anything else).
 */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const { env, cwd } = options;
  const source = await readSource(options);
  const document = parseConfig(source?.text ?? '', source?.name ?? defaultFile);
  const issues: Issue[] = source === undefined ? [] : fileIssues(source, document);
  const layers = [
    flagLayer(options.flags ?? {}, cwd, issues),
    await environmentLayer(env, cwd, issues),
    fileLayer(document),
  ];
  const firm = choose(layers);
  const provider = firm.get('storage.provider')?.value ?? 's3';
  const chosen = provider === 's3' ? choose([...layers, ambientLayer(env, cwd, issues)]) : firm;
  issues.push(
    ...ruleIssues(chosen, (given, path) =>
      given.origin.source === 'file' ? document.place(path, 'value') : given.origin.detail,
    ),
  );
  if (issues.length > 0) throw refusal(issues);
  const result = configSchema.safeParse(assemble(chosen));
  // Each layer is fine by itself: what is left are keys that need another one, as a Secret's key needs its name.
  if (!result.success) throw refusal(schemaIssues(result.error.issues, (path) => nearestPlace(chosen, path)));
  const config = complete(result.data, source?.folder ?? cwd);
  return {
    config,
    origins: originsOf(config, chosen),
    warnings: warningsOf(config, chosen),
    ...(source === undefined ? {} : { file: source.name }),
  };
}

interface Source {
  readonly text: string;
  /** For messages. */
  readonly name: string;
  /** Where relative paths in it start. */
  readonly folder: string;
}

async function readSource({ file, cwd, stdin }: LoadOptions): Promise<Source | undefined> {
  const name = file === '-' ? 'standard input' : (file ?? defaultFile);
  try {
    if (file === '-') {
      if (stdin === undefined) throw new Unreadable('is not there to be read');
      return { text: await collect(stdin), name, folder: cwd };
    }
    const path = resolve(cwd, name);
    return { text: await readText(path), name, folder: dirname(path) };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    if (file === undefined && error.absent) return undefined;
    throw new Problem('configuration-unreadable', `${name} ${error.message}`, { cause: error });
  }
}

/** Secrets first: what has one is not looked at any further, so that nothing of it can be told. */
function fileIssues({ text, name }: Source, document: ConfigDocument): Issue[] {
  const inValues = [...secretPaths(document.value)].map((path) => secretIssue(document.place(path, 'value'), path));
  const lines = new Set(inValues.map(({ place }) => place.slice(0, place.lastIndexOf(':'))));
  const elsewhere = secretLines(text).filter(({ line }) => !lines.has(`${name}:${line}`));
  const secrets = [...inValues, ...elsewhere.map(({ line, column }) => secretIssue(`${name}:${line}:${column}`, []))];
  if (secrets.length > 0) return secrets;
  if (document.issues.length > 0) return [...document.issues];
  const result = configSchema.safeParse(document.value);
  return result.success ? [] : schemaIssues(result.error.issues, document.place);
}

function fileLayer(document: ConfigDocument): Layer {
  const layer = new Map<string, Given>();
  for (const { path } of configKeys) {
    const value = valueAt(document.value, path);
    if (value === undefined) continue;
    layer.set(path, { value, origin: { source: 'file', detail: document.place(path.split('.'), 'key') } });
  }
  return layer;
}

const selectGroup = 'clusters.select.';

/** The first layer that gives a key wins; the ways to select clusters exclude each other, so they win together. */
function choose(layers: readonly Layer[]): Layer {
  const chosen = new Map<string, Given>();
  const selecting = layers.find((layer) => [...layer.keys()].some((path) => path.startsWith(selectGroup)));
  for (const { path } of configKeys) {
    const from = path.startsWith(selectGroup) ? selecting : layers.find((layer) => layer.has(path));
    const given = from?.get(path);
    if (given !== undefined) chosen.set(path, given);
  }
  return chosen;
}

/** A line for each issue; secrets silence the rest. */
function refusal(issues: readonly Issue[]): Problem {
  const secrets = issues.filter(({ code }) => code === 'secret-in-configuration');
  const told = secrets.length > 0 ? secrets : issues;
  const codes = new Set(told.map(({ code }) => code));
  const [only = 'configuration-invalid'] = codes.size === 1 ? codes : [];
  return new Problem(only, told.toSorted(byPlace).map(issueLine).join('\n'));
}

/** Where the value stands that is nearest to a path nobody gave. */
function nearestPlace(chosen: Layer, path: readonly PropertyKey[]): string {
  for (let length = path.length; length > 0; length -= 1) {
    const above = path.slice(0, length).join('.');
    const near = [...chosen].find(([given]) => given === above || given.startsWith(`${above}.`));
    if (near !== undefined) return near[1].origin.detail;
  }
  return defaultFile;
}

/** As one reads the file, from the top; flags and variables after it, as they are. */
function byPlace(left: Issue, right: Issue): number {
  return positionOf(left) - positionOf(right);
}

function positionOf({ place }: Issue): number {
  const [, line, column] = /:(\d+):(\d+)$/.exec(place) ?? [];
  return line === undefined ? Number.MAX_SAFE_INTEGER : Number(line) * 2 ** 21 + Number(column);
}

function assemble(chosen: Layer): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [path, { value }] of chosen) {
    const steps = path.split('.');
    const last = steps.pop() ?? path;
    let inner = root;
    for (const step of steps) {
      const next: Record<string, unknown> = (inner[step] as Record<string, unknown> | undefined) ?? {};
      inner[step] = next;
      inner = next;
    }
    inner[last] = value;
  }
  return root;
}

function complete({ apiVersion: _, packs, ...rest }: ConfigOutput, baseFolder: string): Config {
  return freeze({ ...rest, packs: packs.map(packReference), baseFolder });
}

function packReference(pack: ConfigOutput['packs'][number]): PackReference {
  if (typeof pack !== 'string') return pack;
  return isFolder(pack) ? { path: pack, parameters: {} } : { name: pack, parameters: {} };
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freeze(inner);
  }
  return value;
}

function originsOf(config: Config, chosen: Layer): ReadonlyMap<string, Origin> {
  const origins = new Map<string, Origin>();
  for (const { path } of configKeys) {
    const given = chosen.get(path)?.origin;
    if (given !== undefined) origins.set(path, given);
    else if (valueAt(config, path) !== undefined) origins.set(path, { source: 'default', detail: 'default' });
  }
  return origins;
}
