/** Findings about files, as text, JSON and SARIF 2.1.0. */
import { relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { paint, type Style } from './style.ts';

/** One finding with its place. */
export interface FileFinding {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'note';
  readonly pack: string;
  /** Absolute. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly why: string;
  readonly fix: string;
}

export function findingsText(
  findings: readonly FileFinding[],
  packs: readonly string[],
  { here, style }: { readonly here: string; readonly style: Style },
): string {
  const blocks = findings.map((one) => {
    const word = paint(style, tones[one.severity], one.severity);
    const head = `${shown(one.file, here)}:${one.line}:${one.column}: ${word} ${one.code}: ${one.message}`;
    return `${head}\n    ${one.why}\n    Fix: ${one.fix}\n`;
  });
  return `${[...blocks, summary(findings, packs)].join('\n')}\n`;
}

const tones = { error: 'bad', warning: 'attention', note: 'neutral' } as const;

function summary(findings: readonly FileFinding[], packs: readonly string[]): string {
  const count = (severity: string) => findings.filter((one) => one.severity === severity).length;
  const [errors, warnings, notes] = [count('error'), count('warning'), count('note')];
  const accepted = notes === 0 ? '' : `, ${notes} accepted`;
  const many = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
  return `${packs.join(', ')}: ${many(errors, 'error')}, ${many(warnings, 'warning')}${accepted}.`;
}

export function findingsJson(findings: readonly FileFinding[], packs: readonly string[], here: string): string {
  const listed = findings.map((one) => ({ ...one, file: shown(one.file, here) }));
  return `${JSON.stringify({ schemaVersion: 1, command: 'rules lint', packs, findings: listed }, undefined, 2)}\n`;
}

interface Catalogue {
  readonly [code: string]: { readonly severity: 'error' | 'warning'; readonly why: string; readonly fix: string };
}

/** For code-scanning services. Paths are relative to where the command runs, as those services want them. */
export function findingsSarif(
  findings: readonly FileFinding[],
  catalogue: Catalogue,
  { here, version }: { readonly here: string; readonly version: string },
): string {
  const codes = Object.keys(catalogue);
  const rules = Object.entries(catalogue).map(([id, { severity, why, fix }]) => ({
    id,
    shortDescription: { text: why },
    help: { text: fix },
    defaultConfiguration: { level: severity },
  }));
  const results = findings.map((one) => ({
    ruleId: one.code,
    ruleIndex: codes.indexOf(one.code),
    level: one.severity,
    message: { text: `${one.message}. ${one.why} Fix: ${one.fix}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(one.file, here) },
          region: { startLine: one.line, startColumn: one.column },
        },
      },
    ],
  }));
  const driver = { name: 'acm-observability', version, rules };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

/** Relative where it lies below, as compilers write it. */
function shown(file: string, here: string): string {
  const path = relative(here, file);
  return path === '' || path.startsWith('..') ? file : path;
}

function uriOf(file: string, here: string): string {
  const path = shown(file, here);
  return path === file ? pathToFileURL(file).href : path.split(sep).map(encodeURIComponent).join('/');
}
