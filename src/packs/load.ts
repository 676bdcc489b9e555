/** Reads a pack's folder: `pack.yaml` checked and written out, `dashboards/*.json` as they are. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, isAbsolute, join, resolve } from 'node:path';
import type * as z from 'zod';
import type { PackReference } from '../config/config.ts';
import { didYouMean } from '../config/suggest.ts';
import { Problem } from '../engine/problem.ts';
import { manifestsFolder } from '../manifest.ts';
import { checkPack } from './check.ts';
import { type Expansion, expandCollection, expandGroup, expandMatrix, expandProof, type Origin } from './expand.ts';
import { Uninterpolated } from './interpolate.ts';
import type { DashboardFile, Pack } from './pack.ts';
import { type RequiredParameter, readParameters, requiredParameters } from './parameters.ts';
import { type PackSource, packSchema } from './schema.ts';
import { type PackText, type Place, packText, placeText } from './source.ts';

const shipped = join(manifestsFolder, 'packs');

/** A pack with the way back from each of its parts to the file. */
export interface OpenedPack {
  readonly pack: Pack;
  readonly source: PackSource;
  readonly text: PackText;
  /** By the rule, group, collection or proof itself. */
  readonly origins: ReadonlyMap<object, Origin>;
}

/** What keeps a pack from being opened: where, what, and which key of the file it is about. */
export interface PackIssue {
  readonly place: Place;
  readonly message: string;
  readonly path: readonly PropertyKey[];
}

export type Opened = { readonly opened: OpenedPack } | { readonly name: string; readonly issues: readonly PackIssue[] };

/**
 * @param where a shipped pack's name, or a folder (anything with a slash in it, or `.`)
 * @throws Problem `pack-invalid`: all that is wrong at once, with file, line and column where there is one
 */
export async function loadPack(where: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<Pack> {
  const found = await openPack(where, parameters);
  if ('issues' in found) {
    throw invalid(
      found.name,
      found.issues.map(({ place, message }) => `${placeText(place)}: ${message}`),
    );
  }
  const { pack } = found.opened;
  const issues = checkPack(pack);
  if (issues.length > 0) throw invalid(pack.name, issues);
  return pack;
}

/**
 * A pack as far as it can be read; expressions and names in it are not looked at yet.
 *
 * @param examples what stands in for a required parameter that nobody gives: its `example`
 * @throws Problem `pack-invalid` for parameters that are wrong, and for a file that cannot be read
 */
export async function openPack(
  where: string,
  parameters: Readonly<Record<string, unknown>> = {},
  { examples = false } = {},
): Promise<Opened> {
  const folder = /[/\\]|^\.+$/.test(where) ? resolve(where) : join(shipped, where);
  const file = join(folder, 'pack.yaml');
  const text = packText(file, await readPackFile(where, file));
  const parsed = parsePack(text);
  if ('issues' in parsed) return { name: basename(folder), issues: parsed.issues };
  const { source } = parsed;
  const declared = examples ? withExamples(source.parameters) : source.parameters;
  return writtenOut({ source, text, folder, dashboards: await readDashboards(source, folder) }, declared, parameters);
}

/**
 * An opened pack with other parameters. Its files are not read again.
 *
 * @throws Problem `pack-invalid` for parameters that are wrong
 */
export function withParameters(
  { pack, source, text }: OpenedPack,
  parameters: Readonly<Record<string, unknown>>,
): Opened {
  const { folder, dashboards } = pack;
  return writtenOut({ source, text, folder, dashboards }, source.parameters, parameters);
}

interface ReadPack {
  readonly source: PackSource;
  readonly text: PackText;
  readonly folder: string;
  readonly dashboards: readonly DashboardFile[];
}

function writtenOut(
  { source, text, folder, dashboards }: ReadPack,
  declared: PackSource['parameters'],
  parameters: Readonly<Record<string, unknown>>,
): Opened {
  const { values, wrong } = readParameters(declared, parameters);
  if (wrong.length > 0)
    throw invalid(
      source.name,
      wrong.map((line) => `parameter ${line}`),
    );
  const origins = new Map<object, Origin>();
  try {
    const expanded = expand(source, values, folder, (made, origin) => void origins.set(made, origin));
    return { opened: { pack: { ...expanded, dashboards }, source, text, origins } };
  } catch (error) {
    if (!(error instanceof Uninterpolated)) throw error;
    return { name: source.name, issues: [{ place: text.placeOf([]), message: error.message, path: [] }] };
  }
}

function withExamples(declared: PackSource['parameters']): PackSource['parameters'] {
  return Object.fromEntries(
    Object.entries(declared).map(([name, one]) => [name, { ...one, default: one.default ?? one.example }]),
  );
}

/** The packs of a configuration, in its order. Folders are relative to the configuration file. */
export async function loadPacks(references: readonly PackReference[], baseFolder: string): Promise<Pack[]> {
  return Promise.all(
    references.map(({ name, path, parameters }) =>
      loadPack(
        path === undefined ? (name ?? '') : isAbsolute(path) ? path : join(resolve(baseFolder), path),
        parameters,
      ),
    ),
  );
}

export interface ShippedPack {
  readonly name: string;
  readonly title: string;
  /** What must be given to use it. */
  readonly required: readonly RequiredParameter[];
}

/** Every pack this program brings. */
export async function shippedPacks(): Promise<ShippedPack[]> {
  const names = (await filesIn(shipped)).sort();
  return Promise.all(
    names.map(async (folder) => {
      const file = join(shipped, folder, 'pack.yaml');
      const parsed = parsePack(packText(file, await readPackFile(folder, file)));
      if ('issues' in parsed)
        throw invalid(
          folder,
          parsed.issues.map(({ message }) => message),
        );
      const { name, title, parameters } = parsed.source;
      return { name, title, required: requiredParameters(parameters) };
    }),
  );
}

async function readPackFile(where: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const known = await filesIn(shipped);
    const hint = where.includes('/') ? '' : `; shipped packs: ${known.join(', ')}${didYouMean(where, known)}`;
    throw new Problem('pack-invalid', `Pack ${where}: ${file} cannot be read${hint}.`, { cause });
  }
}

function parsePack(text: PackText): { source: PackSource } | { issues: PackIssue[] } {
  if (text.errors.length > 0) return { issues: text.errors.map((error) => ({ ...error, path: [] })) };
  const parsed = packSchema.safeParse(text.value);
  if (parsed.success) return { source: parsed.data };
  return {
    issues: parsed.error.issues.flatMap(innermost).map(({ path, message, key }) => ({
      place: key === undefined ? text.placeOf(path) : text.keyPlace([...path, key]),
      message: `${path.join('.') || 'the file'}: ${message}`,
      path,
    })),
  };
}

type ZodIssue = z.core.$ZodIssue;

/** Of a choice that fits nowhere, what is wrong with the alternative that came nearest. */
function innermost(issue: ZodIssue): { path: PropertyKey[]; message: string; key?: string }[] {
  const { path, message } = issue;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path, message: `no such key: ${key}`, key }));
  if (issue.code !== 'invalid_union') return [{ path, message }];
  const nearest = issue.errors.toSorted((a, b) => score(a) - score(b))[0] ?? [];
  if (nearest.length === 0) return [{ path, message }];
  return nearest.flatMap((one) => innermost({ ...one, path: [...path, ...one.path] }));
}

/** Few complaints, and none about keys that should not be there. */
function score(issues: readonly ZodIssue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? 10 : 1), 0);
}

function expand(
  source: PackSource,
  parameters: Record<string, unknown>,
  folder: string,
  trace: Expansion['trace'],
): Omit<Pack, 'dashboards'> {
  const expansion = expandMatrix(source.matrix, parameters, trace);
  const { platform, userWorkload } = source.collect;
  return {
    name: source.name,
    title: source.title,
    folder,
    parameters,
    collect: {
      platform: expandCollection(platform, expansion, ['collect', 'platform']),
      userWorkload: expandCollection(userWorkload, expansion, ['collect', 'userWorkload']),
    },
    hub: { groups: source.hub.groups.map((group, at) => expandGroup(group, expansion, ['hub', 'groups', at])) },
    verify: source.verify.map((proof, at) => expandProof(proof, expansion, ['verify', at])),
  };
}

async function readDashboards(source: PackSource, folder: string): Promise<DashboardFile[]> {
  const files = await filesIn(join(folder, 'dashboards'));
  const wanted = files.filter((file) => file.endsWith('.json')).sort();
  return Promise.all(
    wanted.map(async (file) => {
      const path = join(folder, 'dashboards', file);
      return { file, path, folder: source.dashboards.folder ?? source.title, text: await readFile(path, 'utf8') };
    }),
  );
}

/** Names in a folder; none when there is no such folder. */
async function filesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function invalid(pack: string, issues: readonly string[]): Problem {
  const [first = '', ...more] = issues;
  return new Problem('pack-invalid', `Pack ${pack}: ${[first, ...more].join('\n')}`, { proof: first });
}
