/** Finds the real programs: named by a variable, in KUBEBUILDER_ASSETS, on PATH, or built before. Builds nothing. */
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheRoot, type ProgramName, programs, projectRoot, variableOf } from './programs.ts';

export interface Located {
  readonly path: string;
  /** How it was found, in words. */
  readonly origin: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `undefined` where it is neither given nor built yet. Throws an Error for a variable that names no program. */
export function locate(name: ProgramName, env: Environment = process.env): Located | undefined {
  const named = env[variableOf(name)];
  if (named !== undefined && named !== '') {
    if (!isExecutable(named)) throw new Error(`${variableOf(name)} names ${named}, which cannot be run`);
    return { path: named, origin: variableOf(name) };
  }
  const assets = env.KUBEBUILDER_ASSETS ? [join(env.KUBEBUILDER_ASSETS, name)] : [];
  // A kubectl on PATH is as old as the machine; the tests want one of the servers' age.
  const folders = name === 'kubectl' ? [] : (env.PATH ?? '').split(delimiter);
  const onPath = folders.map((folder) => join(folder, name));
  const given = [
    ...assets.map((path) => ({ path, origin: 'KUBEBUILDER_ASSETS' })),
    ...onPath.map((path) => ({ path, origin: 'PATH' })),
  ].find(({ path }) => isExecutable(path));
  if (given !== undefined) return given;
  const path = builtPath(name);
  return isExecutable(path) && isFresh(name) ? { path, origin: 'built before' } : undefined;
}

/** Where {@link locate} looks for what was built. */
export function builtPath(name: ProgramName): string {
  return join(cacheRoot, 'bin', name);
}

/** Beside the binary: what it was built from. */
export function pinsPath(name: ProgramName): string {
  return `${builtPath(name)}.pins`;
}

/** Changes whenever the program has to be built again. */
export function pinsOf(name: ProgramName): string {
  const source = programs[name];
  if (source.by === 'debian') return source.package;
  const folder = join(projectRoot, 'test/real/modules', source.module);
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(folder, file)));
  return hash.digest('hex');
}

function isFresh(name: ProgramName): boolean {
  return existsSync(pinsPath(name)) && readFileSync(pinsPath(name), 'utf8').trim() === pinsOf(name);
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not ours to run: the next place is looked at.
    return false;
  }
}

/** What a suite runs on: the paths, or what is missing. In CI nothing may be missing: throws an Error. */
export type Needed<Name extends ProgramName> =
  | { readonly have: true; readonly paths: Readonly<Record<Name, string>>; readonly note: '' }
  | { readonly have: false; readonly note: string };

export function need<Name extends ProgramName>(...names: readonly Name[]): Needed<Name> {
  const found = names.map((name) => [name, locate(name)?.path] as const);
  const missing = found.filter(([, path]) => path === undefined).map(([name]) => name);
  if (missing.length === 0) {
    return { have: true, paths: Object.fromEntries(found) as Record<Name, string>, note: '' };
  }
  const note = ` (skipped: no ${missing.join(', ')}; see \`npm run real-servers\`)`;
  if (process.env.CI) throw new Error(`in CI nothing may be skipped: no ${missing.join(', ')}`);
  return { have: false, note };
}
