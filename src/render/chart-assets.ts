/** uPlot's script and style, to be put into a page: beside the program where it is bundled, else from its package. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export interface ChartAssets {
  readonly script: string;
  readonly style: string;
}

export async function chartAssets(): Promise<ChartAssets> {
  const [script, style] = await Promise.all([asset('uPlot.iife.min.js'), asset('uPlot.min.css')]);
  return { script, style };
}

async function asset(name: string): Promise<string> {
  try {
    return await readFile(fileURLToPath(new URL(`./${name}`, import.meta.url)), 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    return readFile(createRequire(import.meta.url).resolve(`uplot/dist/${name}`), 'utf8');
  }
}
