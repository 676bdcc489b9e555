/** One run of the program: its name, what it has asked of the world so far, and what it tells while it goes on. */
import type { RequestCounts } from '../ports.ts';
import type { Report } from '../render/report.ts';
import type { JsonLines } from './json-lines.ts';

export interface ProgramRun {
  /** Four hex digits: the same in every output, and in what the run leaves on the hub for a moment. */
  readonly id: string;
  /** Grows while the run goes on; told even when it ends early. */
  readonly counts: RequestCounts;
  /** Present when JSON lines were asked for. */
  readonly lines?: JsonLines;
  /** Where the steps stand, once they have begun: for the report of a run that is stopped on its way. */
  readonly standing: { report?: () => Report };
}

export function newRun(): ProgramRun {
  // Told apart, not kept secret: loading node:crypto for it would cost `--help` a tenth of its time.
  const id = Math.floor(Math.random() * 0x10000)
    .toString(16)
    .padStart(4, '0');
  return { id, counts: { kubernetes: 0, objectStore: 0, metrics: 0 }, standing: {} };
}
