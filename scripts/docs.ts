/**
 * Writes the documents that are made from code: `npm run docs`. With `--check` writes nothing and fails when one of them
 * is not what it would be. With `--demo` also runs the (built) demo, for the transcript in the README.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { problems } from '../src/engine/problems.ts';
import { problemsDocument } from '../src/engine/problems-doc.ts';
import { lintCatalogue } from '../src/packs/lint/catalogue.ts';
import { reportJsonSchema } from '../src/render/report-schema.ts';
import { dashboardDocuments } from './dashboards/index.ts';
import { lintDocument } from './lint-document.ts';
import { normalised, runDemo, withTranscript } from './transcript.ts';

const root = join(import.meta.dirname, '..');
const documents: Record<string, string> = {
  'docs/problems.md': problemsDocument(problems),
  'docs/lint.md': lintDocument(lintCatalogue),
  'docs/report.schema.json': reportJsonSchema(),
  ...dashboardDocuments(),
};
if (process.argv.includes('--demo')) documents['README.md'] = await readmeWithDemo();
const check = process.argv.includes('--check');

for (const [path, text] of Object.entries(documents)) {
  const file = join(root, path);
  const live = await readFile(file, 'utf8').catch(() => '');
  if (live === text) console.log(`same     ${path}`);
  else if (check) {
    console.error(`differs  ${path}: run \`npm run docs\``);
    process.exitCode = 1;
  } else {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    console.log(`written  ${path}`);
  }
}

async function readmeWithDemo(): Promise<string> {
  const { exitCode, output, errors } = await runDemo();
  if (exitCode !== 0) throw new Error(`the demo ended with ${exitCode}\n${output}\n${errors}`);
  return withTranscript(await readFile(join(root, 'README.md'), 'utf8'), normalised(output));
}
