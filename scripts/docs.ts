/**
 * Writes the documents that are made from code: `npm run docs`. With `--check` writes nothing and fails when one of them
 * is not what it would be.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { problems } from '../src/engine/problems.ts';
import { problemsDocument } from '../src/engine/problems-doc.ts';

const root = join(import.meta.dirname, '..');
const documents: Readonly<Record<string, string>> = { 'docs/problems.md': problemsDocument(problems) };
const check = process.argv.includes('--check');

for (const [path, text] of Object.entries(documents)) {
  const file = join(root, path);
  const live = await readFile(file, 'utf8').catch(() => '');
  if (live === text) console.log(`same     ${path}`);
  else if (check) {
    console.error(`differs  ${path}: run \`npm run docs\``);
    process.exitCode = 1;
  } else {
    await writeFile(file, text);
    console.log(`written  ${path}`);
  }
}
