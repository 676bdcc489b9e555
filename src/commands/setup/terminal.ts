/** The port of the wizard on a terminal. The prompts are loaded with the first question. */
import type { Ask } from './ask.ts';

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  /** Standard error, as a rule: standard output stays the answer. */
  readonly output: NodeJS.WritableStream;
  readonly signal?: AbortSignal;
}

export function terminalAsk({ input, output, signal }: Terminal): Ask {
  const context = { input, output, ...(signal === undefined ? {} : { signal }) };
  const prompts = () => import('@inquirer/prompts');
  return {
    say: (text) => {
      output.write(`${text}\n`);
    },
    text: async ({ message, default: byDefault, fault }) => {
      const answer = await (await prompts()).input(
        {
          message,
          ...(byDefault === undefined ? {} : { default: byDefault }),
          validate: (text) => fault?.(text.trim()) ?? true,
        },
        context,
      );
      return answer.trim();
    },
    secret: async (message) => (await (await prompts()).password({ message }, context)).trim(),
    yesNo: async (message, byDefault) => (await prompts()).confirm({ message, default: byDefault }, context),
    // Numbers, not arrows: a screen reader and a person on a bad line get the same list.
    choose: async (message, choices, byDefault) =>
      (await prompts()).rawlist({ message, choices: [...choices], default: byDefault }, context),
    pick: async (message, choices) =>
      (await prompts()).checkbox({ message, choices: [...choices], required: true }, context),
  };
}
