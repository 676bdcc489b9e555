/** What went wrong, in five lines a person can act on: what, proof, likely cause, one fix, where to read on. */
import { wrap } from '../layout.ts';
import type { Report, ReportProblem } from '../report.ts';
import { paint, type Style, type Tone } from '../style.ts';

/** One thing that is not well, on one cluster or on many alike. */
export interface Trouble {
  readonly word: string;
  readonly tone: Tone;
  readonly title: string;
  readonly what?: string;
  readonly proofs: readonly string[];
  readonly likely?: string;
  readonly fix?: string;
  readonly code?: string;
  readonly docs?: string;
}

/** Proofs shown of many that are alike. */
const proofsShown = 3;

export function troubleText(trouble: Trouble, style: Style): string[] {
  const part = (label: string, text: string | undefined) =>
    text === undefined ? [] : wrap(text, style.columns, `  ${label.padEnd(8)}`, ' '.repeat(10));
  const proofs = trouble.proofs.slice(0, proofsShown);
  const hidden = trouble.proofs.length - proofs.length;
  return [
    ...wrap(trouble.title, style.columns, `${paint(style, trouble.tone, trouble.word)}  `, '      '),
    ...part('What', trouble.what),
    ...proofs.flatMap((proof, index) => quoted(proof, index === 0 ? '  Proof   ' : ' '.repeat(10), style)),
    ...(hidden > 0 ? [`${' '.repeat(10)}and ${hidden} more like it`] : []),
    ...part('Likely', trouble.likely),
    ...part('Fix', trouble.fix),
    ...(trouble.code === undefined ? [] : [`  More    acm-observability explain ${trouble.code}`]),
    ...(trouble.docs === undefined ? [] : [`          ${trouble.docs}`]),
  ];
}

/** The error that ended a run. */
export function problemText(problem: ReportProblem, style: Style): string[] {
  const where = problem.cluster === undefined ? '' : `${problem.cluster}: `;
  return troubleText(
    {
      word: 'FAIL',
      tone: 'bad',
      title: `${where}${problem.title}`,
      what: problem.what,
      proofs: problem.proof === undefined ? [] : [problem.proof],
      likely: problem.likely,
      fix: problem.fix,
      code: problem.code,
      docs: problem.docs,
    },
    style,
  );
}

/** The problems of steps; those that differ only in the cluster are told once. */
export function stepTroubles(report: Report): Trouble[] {
  const alike = new Map<string, { first: Report['problems'][number]; clusters: Set<string>; proofs: string[] }>();
  for (const problem of report.problems) {
    const key = [problem.step, problem.code, problem.likely, problem.fix.replaceAll(problem.cluster, '')].join('\n');
    const known = alike.get(key) ?? { first: problem, clusters: new Set<string>(), proofs: [] };
    known.clusters.add(problem.cluster);
    known.proofs.push(...(problem.proof === undefined ? [] : [problem.proof]));
    alike.set(key, known);
  }
  return [...alike.values()].map(({ first, clusters, proofs }) => ({
    word: first.code === 'timed-out' ? 'wait' : 'FAIL',
    tone: first.code === 'timed-out' ? 'attention' : 'bad',
    title: [names([...clusters]), first.step, first.title].filter((part) => part !== undefined).join(': '),
    what: first.what,
    proofs: [...new Set(proofs)],
    likely: first.likely,
    fix: first.fix,
    code: first.code,
    docs: first.docs,
  }));
}

/** `edge-07`, `edge-07, edge-08`, or the first few of many. */
export function names(clusters: readonly string[]): string {
  if (clusters.length <= 4) return clusters.join(', ');
  return `${clusters.slice(0, 3).join(', ')} and ${clusters.length - 3} more`;
}

/** Foreign lines begin with `| `, so that no log can take them for its own commands. */
function quoted(text: string, lead: string, style: Style): string[] {
  const indent = ' '.repeat(10);
  return text
    .split('\n')
    .flatMap((line, index) => wrap(line, style.columns, `${index === 0 ? lead : indent}| `, `${indent}| `));
}
