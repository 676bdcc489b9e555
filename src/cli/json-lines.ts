/** `-o jsonl`: every event leaves as a line when it happens, to standard output or a file; the verdict is the last line. */
import { appendFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { RunEvent } from '../engine/events.ts';
import type { Standard } from '../engine/verdict.ts';
import type { Answer } from '../render/answers/answer.ts';
import { answerLines } from '../render/answers/programs.ts';
import { endLines, eventLine, startLine } from '../render/jsonl.ts';
import type { Report } from '../render/report.ts';
import type { OutputTarget } from './options.ts';
import { reportFailed, write, writeReport } from './output.ts';
import type { Shell } from './shell.ts';

export interface JsonLines {
  event(event: RunEvent, standard: Standard): void;
  /**
   * What only the end knows, the verdict last. Resolves when every line has left.
   * @throws Problem `usage` when a file could not be written.
   */
  end(report: Report): Promise<void>;
  /** The same, of a command that makes no report. */
  answer(answer: Answer): Promise<void>;
}

interface Facts {
  readonly command: string;
  readonly run: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

type Write = (text: string) => Promise<void>;

/** Nothing is written before the first event, or the end. */
export function openJsonLines(targets: readonly OutputTarget[], facts: Facts, shell: Shell): JsonLines {
  const writers = targets.map((target) => writerTo(target, shell));
  let begun = false;
  let events = 0;
  let tail = Promise.resolve();
  const send = (lines: string) => {
    const text = begun ? lines : startLine(facts) + lines;
    begun = true;
    tail = tail.then(() => Promise.all(writers.map((to) => to(text)))).then(() => {});
    tail.catch(() => {}); // Told by `end`.
  };
  return {
    event(event, standard) {
      events += 1;
      send(eventLine(event, { standard, now: shell.clock.now() }));
    },
    end(report) {
      send(endLines(report, { streamed: events > 0 }));
      return tail;
    },
    answer(answer) {
      send(answerLines(answer, { run: facts.run, now: shell.clock.now() }));
      return tail;
    },
  };
}

/** To a file: the first line replaces what was there. */
function writerTo({ file }: OutputTarget, { cwd, stdout }: Shell): Write {
  if (file === undefined) return (text) => write(stdout, text);
  const path = resolve(cwd, file);
  let fresh = true;
  return async (text) => {
    if (fresh) await writeReport(path, text);
    else await appendFile(path, text).catch((cause: unknown) => Promise.reject(reportFailed(path, cause)));
    fresh = false;
  };
}
