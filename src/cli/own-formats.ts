/** Which formats a command has: what it cannot answer in is refused before it does anything. */
import { Problem } from '../engine/problem.ts';
import { answerFormats } from '../render/answers/answer.ts';
import type { OutputFormat } from '../render/formats.ts';
import type { GlobalOptions } from './options.ts';

/** Commands that make no report but an answer of their own; `rules lint` sees to itself. */
const withAnswers: ReadonlySet<string> = new Set([
  'grafana import',
  'grafana export',
  'grafana diff',
  'grafana promote',
  'grafana grant-admin',
  'grafana lint',
]);

/** @throws Problem `usage` naming the formats that are possible. */
export function refuseFormats(command: string, { output }: GlobalOptions): void {
  for (const { format } of output) {
    if (withAnswers.has(command) && !isForAnswers(format)) {
      throw new Problem('usage', `${command} has no format ${format}: it has text, json and jsonl.`, {
        fix: `Leave out \`-o ${format}\`, or say one of ${answerFormats.join(', ')}.`,
      });
    }
    // Only findings about files have places in files.
    if (format === 'sarif' && command !== 'rules lint') {
      throw new Problem('usage', `${command} has no format sarif: it is for \`rules lint\`.`);
    }
  }
}

function isForAnswers(format: OutputFormat): boolean {
  return answerFormats.some((one) => one === format);
}
