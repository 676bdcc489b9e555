/** The parts of docs/verify.md that campaigns write. */
import { readFile, writeFile } from 'node:fs/promises';

const page = new URL('../../../docs/verify.md', import.meta.url);

/** Each part, and the campaign it is written by. */
const parts = { states: 'catalogue', repairs: 'repairs' } as const;

/** Everything between the marks of a part. */
export async function rewrite(part: keyof typeof parts, content: string): Promise<void> {
  const begin = `<!-- ${part}: written by \`npm run campaigns -- ${parts[part]}\` -->`;
  const end = `<!-- /${part} -->`;
  const text = await readFile(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < 0) throw new Error(`docs/verify.md has no place for ${part}`);
  await writeFile(page, `${text.slice(0, from)}${begin}\n\n${content}\n\n${text.slice(to)}`);
}
