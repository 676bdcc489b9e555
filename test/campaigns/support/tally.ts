/** What a campaign has tried, and what came of it: one file per campaign, from which `npm run campaigns` writes the table. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Row {
  readonly what: string;
  readonly tried: number;
  /** `lost`, `leaked` or `stuck`; 0 wherever the tests pass. */
  readonly bad: Readonly<Record<string, number>>;
  readonly note?: string;
}

/** Written only where somebody asks for it by `CAMPAIGN_TALLY=FOLDER`. */
export async function tell(campaign: string, rows: readonly Row[]): Promise<void> {
  const folder = process.env.CAMPAIGN_TALLY;
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${campaign}.json`), `${JSON.stringify(rows, undefined, 2)}\n`);
}
