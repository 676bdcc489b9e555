/** `docs/lint.md`: everything `rules lint` can find, out of its catalogue. */
import type { LintEntry } from '../src/packs/lint/catalogue.ts';

const intro = `# What \`rules lint\` finds

\`acm-observability rules lint PACK…\` needs no cluster; with \`--live\` it looks at one for its interval, its architecture and what ACM
collects by itself. An error ends in exit code 3, a warning in 4 with \`--strict\`. Each finding is told with file, line and column, as
text, JSON or SARIF (\`-o\`). One that is meant is accepted in the pack, with a reason, and stays visible as a note:

\`\`\`yaml
accept:
  - { code: cluster-lost, about: fleet_total, reason: the fleet as a whole is meant }
\`\`\`

<!-- Made from src/packs/lint/catalogue.ts by \`npm run docs\`. -->
`;

/** The whole document, in the catalogue's order. */
export function lintDocument(catalogue: Readonly<Record<string, LintEntry>>): string {
  const sections = Object.entries(catalogue).map(
    ([code, { severity, why, fix }]) =>
      `## ${code}\n\n${severity === 'error' ? 'Error' : 'Warning'}. ${why}\n\nFix: ${fix}\n`,
  );
  return [intro, ...sections].join('\n');
}
