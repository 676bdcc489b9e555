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

/** CommonJS dependencies ask for `require`, which an ES module does not have. */
const requireForCommonJs =
  "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);";

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

/** commander starts no program of ours: what it would need for that is loaded when it asks, and never with `--help`. */
const lazyChildProcess: Plugin = {
  name: 'lazy-child-process',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) => {
      return /[\\/]commander[\\/]/.test(importer) ? { path: 'child_process', namespace: 'lazy' } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'lazy' }, () => ({
      contents: "exports.spawn = (...given) => require('node:child_process').spawn(...given);",
    }));
  },
};

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
    plugins: [prunedClientNode, lazyChildProcess],
  });
}

/** Most chunks hold no CommonJS; making a `require` in each would be a good part of what `--help` costs. */
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
