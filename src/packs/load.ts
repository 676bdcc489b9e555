/** Reads a pack's folder: `pack.yaml` checked and written out, `dashboards/*.json` as they are. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { isCollection, isNode, LineCounter, type Node, parseDocument } from 'yaml';
import type { PackReference } from '../config/config.ts';
import { didYouMean } from '../config/suggest.ts';
import { Problem } from '../engine/problem.ts';
import { manifestsFolder } from '../manifest.ts';
import { checkPack } from './check.ts';
import { type Expansion, expandCollection, expandGroup, expandMatrix, expandProof } from './expand.ts';
import { Uninterpolated } from './interpolate.ts';
import type { DashboardFile, Pack } from './pack.ts';
import { type RequiredParameter, readParameters, requiredParameters } from './parameters.ts';
import { type PackSource, packSchema } from './schema.ts';

const shipped = join(manifestsFolder, 'packs');

/**
 * @param where a shipped pack's name, or a folder (anything with a slash in it, or `.`)
 * @throws Problem `pack-invalid`: all that is wrong at once, with file, line and column where there is one
 */
export async function loadPack(where: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<Pack> {
  const folder = /[/\\]|^\.+$/.test(where) ? resolve(where) : join(shipped, where);
  const file = join(folder, 'pack.yaml');
  const source = parsePack(await readPackFile(where, file), file);
  const { values, wrong } = readParameters(source.parameters, parameters);
  if (wrong.length > 0)
    throw invalid(
      source.name,
      wrong.map((line) => `parameter ${line}`),
    );
  const pack = { ...expand(source, values, folder, file), dashboards: await readDashboards(source, folder) };
  const issues = checkPack(pack);
  if (issues.length > 0) throw invalid(source.name, issues);
  return pack;
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
      const { name, title, parameters } = parsePack(await readPackFile(folder, file), file);
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

function parsePack(text: string, file: string): PackSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => `${file}:${lines.linePos(offset).line}:${lines.linePos(offset).col}`;
  if (document.errors.length > 0) {
    throw invalid(
      basename(file),
      document.errors.map((error) => `${at(error.pos[0])}: ${error.message}`),
    );
  }
  const parsed = packSchema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => {
    const place = at(offsetOf(document.contents, issue.path));
    return `${place}: ${issue.path.join('.') || 'the file'}: ${issue.message}`;
  });
  throw invalid(basename(file), issues);
}

/** Where the deepest node of a path that exists begins. */
function offsetOf(root: Node | null, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = isCollection(root) ? root.getIn(path.slice(0, length), true) : undefined;
    if (isNode(node) && node.range) return node.range[0];
  }
  return root?.range?.[0] ?? 0;
}

function expand(
  source: PackSource,
  parameters: Record<string, unknown>,
  folder: string,
  file: string,
): Omit<Pack, 'dashboards'> {
  try {
    const expansion: Expansion = expandMatrix(source.matrix, parameters);
    return {
      name: source.name,
      title: source.title,
      folder,
      parameters,
      collect: {
        platform: expandCollection(source.collect.platform, expansion),
        userWorkload: expandCollection(source.collect.userWorkload, expansion),
      },
      hub: { groups: source.hub.groups.map((group) => expandGroup(group, expansion)) },
      verify: source.verify.map((proof) => expandProof(proof, expansion)),
    };
  } catch (error) {
    if (error instanceof Uninterpolated) throw invalid(source.name, [`${file}: ${error.message}`]);
    throw error;
  }
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
