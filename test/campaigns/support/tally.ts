/** What a campaign has tried, and what came of it: one file per campaign, from which `npm run campaigns` writes the table. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seed, stride } from './sample.ts';

export interface Row {
  readonly what: string;
  readonly tried: number;
  /** How many there are, where not all of them were tried. */
  readonly of?: number;
  /** `lost`, `leaked` or `stuck`; 0 wherever the tests pass. */
  readonly bad: Readonly<Record<string, number>>;
  readonly note?: string;
}

/** The file of one campaign. */
export interface Tally {
  readonly campaign: string;
  /** What everything random was drawn from. */
  readonly seed: number;
  /** Whether a mere sample was tried. */
  readonly extent: 'full' | 'sample';
  /** Of a full one, every how manieth was tried. */
  readonly stride: number;
  /** ISO date. */
  readonly day: string;
  readonly rows: readonly Row[];
}

/** Written only where somebody asks for it by `CAMPAIGN_TALLY=FOLDER`. */
export async function tell(campaign: string, rows: readonly Row[]): Promise<void> {
  const folder = process.env.CAMPAIGN_TALLY;
  if (folder === undefined) return;
  const extent = process.env.CAMPAIGN === 'full' ? 'full' : 'sample';
  const tally: Tally = { campaign, seed, extent, stride, day: new Date().toISOString().slice(0, 10), rows };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${campaign}.json`), `${JSON.stringify(tally, undefined, 2)}\n`);
}
