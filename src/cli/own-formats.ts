/** Which formats a command has: what it cannot answer in is refused before it does anything. */
import { Problem } from '../engine/problem.ts';
import { answerFormats } from '../render/answers/answer.ts';
import type { OutputFormat } from '../render/formats.ts';
import type { GlobalOptions } from './options.ts';

const textAlone = ['text'] as const;
const textAndJson = ['text', 'json'] as const;

/** Of commands that make no report. What is about the command line itself (`help`, `completion`) always answers. */
const ownFormats: Readonly<Record<string, readonly OutputFormat[]>> = {
  'grafana import': answerFormats,
  'grafana export': answerFormats,
  'grafana diff': answerFormats,
  'grafana promote': answerFormats,
  'grafana grant-admin': answerFormats,
  'grafana lint': answerFormats,
  'rules lint': ['text', 'json', 'sarif'],
  'rules test': textAndJson,
  'rules simulate': textAndJson,
  'config show': textAndJson,
  explain: textAndJson,
  // Their text is YAML or JSON already, or for a person at a terminal.
  'rules render': textAlone,
  'config schema': textAlone,
  'config import': textAlone,
  rbac: textAlone,
  bundle: textAlone,
  sandbox: textAlone,
  demo: textAlone,
  status: textAlone,
};

/** @throws Problem `usage` naming the formats that are possible. */
export function refuseFormats(command: string, { output }: GlobalOptions): void {
  const own = ownFormats[command];
  for (const { format } of output) {
    if (own !== undefined && !own.includes(format)) {
      throw new Problem('usage', `${command} has no format ${format}: it has ${listed(own)}.`, {
        fix: `Leave out \`-o ${format}\`, or say one of ${own.join(', ')}.`,
      });
    }
    // Only findings about files have places in files.
    if (own === undefined && format === 'sarif') {
      throw new Problem('usage', `${command} has no format sarif: it is for \`rules lint\`.`);
    }
  }
}

/** `text, json and jsonl` */
function listed(formats: readonly string[]): string {
  return formats.join(', ').replace(/, ([^,]*)$/, ' and $1');
}
