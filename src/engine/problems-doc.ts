/** `docs/problems.md` out of the catalogue: a heading for each code, so that no link from a message leads nowhere. */
import type { ProblemEntry } from './problems.ts';

const intro = `# Problems

Everything this program can tell you is wrong, by its code. \`acm-observability explain CODE\` prints the same without a
network. The exit code is that of a run which ends in the problem; a finding on one managed cluster of many ends in 5.

<!-- Made from src/engine/problems by \`npm run docs\`. -->
`;

/** The whole document; codes in alphabetical order. */
export function problemsDocument(catalogue: Readonly<Record<string, ProblemEntry>>): string {
  const sections = Object.entries(catalogue)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([code, entry]) => section(code, entry));
  return [intro, ...sections].join('\n');
}

function section(code: string, { title, cause, fix, exit }: ProblemEntry): string {
  return `## ${code}

**${prose(title)}**

- Likely: ${prose(cause)}
- Fix: ${prose(fix)}
- Exit code: ${exit}
`;
}

/** What Markdown would take as markup outside code spans: angle brackets and underscores and asterisks. */
function prose(text: string): string {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/[<>*]/g, '\\$&')))
    .join('`');
}
