/**
 * The program as flat, lazy chunks in `dist/`: `--help` loads the command line and nothing else; each client library is a
 * chunk of its own, read when it is needed. The package has no dependency to install.
 */
import { chmod, copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildResult, build, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = join(root, 'dist');

/**
 * CommonJS dependencies ask for `require`, which an ES module does not have. They ask for parts of Node, at times for an
 * optional package; making a real `require` for the former would be a good part of what `--help` costs.
 */
const requireForCommonJs =
  "const require=(id)=>process.getBuiltinModule(id)??process.getBuiltinModule('node:module').createRequire(import.meta.url)(id);";

/**
 * client-node ships a thousand generated models and does not say that loading them has no effect; only its kubeconfig
 * handling is used here. Telling esbuild so lets it drop the rest.
 */
const prunedClientNode: Plugin = {
  name: 'pruned-client-node',
  setup({ onResolve, resolve: ask }) {
    const inside = /[\\/]@kubernetes[\\/]client-node[\\/]dist[\\/]/;
    onResolve({ filter: /^@kubernetes\/client-node$/ }, async ({ path, pluginData, kind, importer, resolveDir }) => {
      if (pluginData === prunedClientNode.name) return undefined;
      const found = await ask(path, { kind, importer, resolveDir, pluginData: prunedClientNode.name });
      return { path: found.path, sideEffects: false, errors: found.errors };
    });
    onResolve({ filter: /^\.{1,2}\// }, ({ path, importer }) => {
      return inside.test(importer) ? { path: resolve(dirname(importer), path), sideEffects: false } : undefined;
    });
  },
};

/** Functions of a part of Node that is only loaded when one of them is called. */
const later = (id: string, ...names: readonly string[]): string[] =>
  names.map((name) => `${name} = (...given) => process.getBuiltinModule('${id}').${name}(...given)`);

/** Loading `node:util` makes all that it can give; of it renderers need two functions, and `--help` none. */
const utilLater: Plugin = {
  name: 'util-later',
  setup({ onResolve, onLoad }) {
    const contents = later('node:util', 'stripVTControlCharacters', 'styleText').map((line) => `export const ${line};`);
    onResolve({ filter: /^node:util$/ }, ({ path, importer }) => {
      return /[\\/]src[\\/]render[\\/]/.test(importer) ? { path, namespace: 'later' } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'later' }, () => ({ contents: contents.join('') }));
  },
};

/**
 * commander as ES modules: as CommonJS it is wrapped, and read twice before it runs. What it asks of Node to find and start
 * programs of its own is loaded when it does, which it never does here; `node:process` as a module opens all three streams.
 */
const commanderUnwrapped: Plugin = {
  name: 'commander-unwrapped',
  setup({ onResolve, onLoad }) {
    const lib = join(dirname(createRequire(import.meta.url).resolve('commander')), 'lib');
    const files = { argument: ['Argument'], command: ['Command'], error: ['CommanderError', 'InvalidArgumentError'] };
    const all = Object.entries({ ...files, option: ['Option'] }).map(
      ([file, names]) => `export { ${names.join(', ')} } from ${JSON.stringify(join(lib, `${file}.js`))};`,
    );
    const ofNode: Readonly<Record<string, string>> = {
      "const EventEmitter = require('node:events').EventEmitter;": "import { EventEmitter } from 'node:events';",
      "const path = require('node:path');": "import * as path from 'node:path';",
      "const childProcess = require('node:child_process');": `const childProcess = {}; childProcess.${later('node:child_process', 'spawn')};`,
      "const fs = require('node:fs');": `const fs = {}; ${later('node:fs', 'existsSync', 'realpathSync')
        .map((line) => `fs.${line};`)
        .join('')}`,
      "const process = require('node:process');": '',
    };
    onResolve({ filter: /^@commander-js\/extra-typings$/ }, ({ path }) => ({ path, namespace: 'commander' }));
    onLoad({ filter: /.*/, namespace: 'commander' }, () => ({ contents: all.join(''), resolveDir: lib }));
    onLoad({ filter: /[\\/]commander[\\/]lib[\\/]\w+\.js$/ }, async ({ path }) => {
      const lines = (await readFile(path, 'utf8')).split('\n').map((line) => ofNode[line] ?? line);
      const contents = lines
        .join('\n')
        .replace(/^const (\{[^}]+\}) = require\('(\.\/\w+)(?:\.js)?'\);$/gm, "import $1 from '$2.js';")
        .replace(/^exports\.(\w+) = \1;.*$/gm, 'export { $1 };');
      if (/\brequire\(|\bexports\b\./.test(contents)) throw new Error(`${path} is not written as it was`);
      return { contents };
    });
  },
};

const ours = (...names: readonly string[]): string[] => names.map((name) => join(root, 'src', `${name}.ts`));
/** What `main.ts` begins with. */
const start = ours('cli/program', 'cli/registry', 'cli/shell');
/** The largest: what it needs, most commands need. */
const most = ours('commands/apply');
const commands = join(root, 'src/commands/');
const store = ours('adapters/object-store/client');

/**
 * Code that differs in who needs it comes in different chunks, and each file costs as much as reading a hundred kilobytes.
 * Whatever is loaded later is told to need all of what is there before it, which makes that one chunk: the start, what most
 * commands share, the store's client.
 */
const inFewPieces: Plugin = {
  name: 'in-few-pieces',
  async setup({ onResolve, onLoad }) {
    const later = await loadedLater();
    const needing = (paths: readonly string[]): string =>
      paths.map((path) => `import ${JSON.stringify(path)};`).join('');
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (!later.has(path)) return undefined;
      const needed = [...start, ...(path.startsWith(commands) ? most : [])];
      return { contents: `${await readFile(path, 'utf8')}\n${needing(needed)}`, loader: 'ts' };
    });
    // What the client itself loads later: ways to credentials.
    onResolve({ filter: /^(@aws-sdk\/|@smithy\/|\.)/ }, ({ path, kind, importer, resolveDir }) => {
      const found = kind === 'dynamic-import' && /[\\/]node_modules[\\/]@(aws-sdk|smithy)[\\/]/.test(importer);
      return found ? { path, namespace: 'beside-store', pluginData: resolveDir } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'beside-store' }, ({ path, pluginData }) => ({
      contents: `export * from ${JSON.stringify(path)};${needing(store)}`,
      resolveDir: pluginData,
    }));
  },
};

/** The files of ours that others load by `import()`. */
async function loadedLater(): Promise<ReadonlySet<string>> {
  const names = await readdir(join(root, 'src'), { recursive: true });
  const found = names
    .filter((name) => name.endsWith('.ts'))
    .map(async (name) => {
      const path = join(root, 'src', name);
      const imports = (await readFile(path, 'utf8')).matchAll(/\bimport\('(\.[^']+)'\)/g);
      return [...imports].map(([, other = '']) => resolve(dirname(path), other));
    });
  return new Set((await Promise.all(found)).flat());
}

async function bundle(version: string): Promise<BuildResult<{ metafile: true }>> {
  return build({
    absWorkingDir: root,
    entryPoints: { main: 'src/main.ts' },
    outdir,
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    // ES modules where a package has them: what is not used can be left out, and nothing is wrapped.
    mainFields: ['module', 'main'],
    target: 'node20',
    minify: true,
    legalComments: 'linked',
    metafile: true,
    logLevel: 'warning',
    banner: { js: requireForCommonJs },
    define: { PROGRAM_VERSION: JSON.stringify(version) },
    plugins: [prunedClientNode, utilLater, commanderUnwrapped, inFewPieces],
  });
}

/** Most chunks hold no CommonJS. */
async function withoutIdleRequire(file: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const code = text.replace(`${requireForCommonJs}\n`, '');
  if (!/\brequire\b/.test(code)) await writeFile(file, code);
}

/** A file that starts with `#!` can be run; the banner above goes into every chunk, so this one is added after. */
async function makeRunnable(file: string): Promise<void> {
  await writeFile(file, `#!/usr/bin/env node\n${await readFile(file, 'utf8')}`);
  await chmod(file, 0o755);
}

async function versionOfPackage(): Promise<string> {
  const text = await readFile(join(root, 'package.json'), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}

/** What the page of a simulation is drawn with; put into the page, so read as it is. */
const chartAssets = ['uPlot.iife.min.js', 'uPlot.min.css'];

async function copyChartAssets(): Promise<void> {
  const { resolve: find } = createRequire(import.meta.url);
  await Promise.all(chartAssets.map((name) => copyFile(find(`uplot/dist/${name}`), join(outdir, name))));
}

/** What an earlier build left. Only now: a build that fails leaves the program as it was. */
async function removeStale(outputs: readonly string[]): Promise<void> {
  const made = new Set([...outputs.map((output) => basename(output)), ...chartAssets]);
  const stale = (await readdir(outdir)).filter((name) => !made.has(name));
  for (const name of stale) await rm(join(outdir, name), { recursive: true });
}

const { metafile } = await bundle(await versionOfPackage());
const scripts = Object.keys(metafile.outputs).filter((path) => path.endsWith('.js'));
await Promise.all(scripts.map((path) => withoutIdleRequire(join(root, path))));
await makeRunnable(join(outdir, 'main.js'));
await copyChartAssets();
await removeStale(Object.keys(metafile.outputs));
const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
console.log(`dist: ${Object.keys(metafile.outputs).length} files, ${(bytes / 1024).toFixed(0)} KiB`);
