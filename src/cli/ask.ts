/** Questions to a person. They are asked on standard error, so that standard output stays the answer. */
import { Problem } from '../engine/problem.ts';
import { plainText } from '../render/plain.ts';
import type { GlobalOptions } from './options.ts';
import type { Shell } from './shell.ts';

/**
 * Yes or no. `--yes` answers without asking.
 * @throws Problem `nobody-to-ask` when the answer is needed and nobody is there.
 */
export async function confirm(
  question: string,
  options: Pick<GlobalOptions, 'yes' | 'interactive'>,
  shell: Shell,
): Promise<boolean> {
  if (options.yes) return true;
  if (!options.interactive) throw new Problem('nobody-to-ask', `Nobody can answer: ${question}`);
  const prompts = await import('@inquirer/prompts');
  return prompts.confirm({ message: plainText(question), default: false }, context(shell));
}

/**
 * For what cannot be taken back: the word itself must be typed. `--yes` does not answer this one.
 * @throws Problem `nobody-to-ask` when nobody is there and `given` is not the word.
 */
export async function confirmByTyping(
  question: string,
  word: string,
  options: Pick<GlobalOptions, 'interactive'> & { readonly given?: string },
  shell: Shell,
): Promise<boolean> {
  if (options.given !== undefined) return options.given === word;
  if (!options.interactive) throw new Problem('nobody-to-ask', `Nobody can answer: ${question}`);
  const prompts = await import('@inquirer/prompts');
  const answer = await prompts.input({ message: `${plainText(question)} Type "${word}" to go on:` }, context(shell));
  return answer.trim() === word;
}

function context(shell: Shell) {
  return { input: shell.stdin, output: shell.stderr, signal: shell.signal };
}
