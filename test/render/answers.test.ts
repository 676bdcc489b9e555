import { describe, expect, it } from 'vitest';
import type { DiffAnswer, GrantAnswer, ImportAnswer, LintAnswer } from '../../src/render/answers/answer.ts';
import { answerJson, answerLines } from '../../src/render/answers/programs.ts';
import { answerText } from '../../src/render/answers/text.ts';
import { resolveStyle } from '../../src/render/style.ts';

const style = (color: 'always' | 'never' = 'never') =>
  resolveStyle({
    flags: { color, ascii: false, accessible: false, quiet: false, verbosity: 0 },
    env: {},
    isTTY: false,
    columns: 80,
  });
const frame = { schemaVersion: 1, verdict: 'unchanged', exitCode: 0 } as const;
const clearing = '\u001b[2J';

const imported: ImportAnswer = {
  ...frame,
  command: 'grafana import',
  dashboards: [{ uid: 'a', title: `A${clearing}\u202e`, folder: 'General', done: 'imported' }],
  findings: [],
};
const diff = (lines: number): DiffAnswer => ({
  ...frame,
  command: 'grafana diff',
  dashboards: [
    {
      uid: 'a',
      title: 'A',
      folder: 'Custom',
      development: { is: 'not-asked', differences: [] },
      production: { is: 'different', differences: Array.from({ length: lines }, (_, number) => `+ x[${number}]: 1`) },
    },
  ],
});

describe('an answer', () => {
  it('has nothing in it that a terminal would obey, and says in JSON what the title is all the same', () => {
    expect(answerText(imported, style())).toBe('imported  A\n');
    expect(answerJson(imported)).not.toContain('\u001b');
    expect(answerJson(imported)).not.toContain('\u202e');
    expect(JSON.parse(answerJson(imported))).toEqual(imported);
    expect(answerLines(imported, { run: '7f3a', now: 0 })).not.toContain('\u202e');
  });

  it('is no text where somebody has declined: they have been told', () => {
    const [one] = imported.dashboards;
    if (one === undefined) throw new Error('there is no dashboard');

    expect(answerText({ ...imported, dashboards: [{ ...one, done: 'declined' }] }, style())).toBe('');
  });

  it('shows a person the first differences, and a program all', () => {
    const text = answerText(diff(50), style());

    expect(text.split('\n')).toHaveLength(2 + 1 + 1 + 20 + 1 + 1);
    expect(text).toContain('There is no development Grafana to compare with.\n\ndiffers  A (a)\n  file → production\n');
    expect(text).toContain('    … and 30 more\n');
    expect(answerText(diff(20), style())).not.toContain('more');
    expect(JSON.parse(answerJson(diff(50))).dashboards[0].production.differences).toHaveLength(50);
  });

  it('is lines that say what they are, and ends with the verdict and what is one value', () => {
    const granted: GrantAnswer = {
      ...frame,
      command: 'grafana grant-admin',
      admins: [{ login: 'anna', done: 'unchanged' }],
      administrators: ['anna', 'bert'],
    };
    const lint: LintAnswer = {
      ...frame,
      command: 'grafana lint',
      dashboards: 7,
      findings: [{ file: 'a.json', severity: 'error', where: 'file', message: 'it cannot be read' }],
    };
    const rows = (answer: GrantAnswer | LintAnswer) =>
      answerLines(answer, { run: '7f3a', now: 0 })
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    const end = { type: 'run_end', ts: '1970-01-01T00:00:00.000Z', run: '7f3a', verdict: 'unchanged', exitCode: 0 };

    expect(rows(granted)).toEqual([
      { type: 'admin', login: 'anna', done: 'unchanged' },
      { ...end, administrators: ['anna', 'bert'] },
    ]);
    expect(rows(lint)).toEqual([
      { type: 'finding', ...lint.findings[0] },
      { ...end, dashboards: 7 },
    ]);
  });

  it('of a lint has its colours where colours are wanted', () => {
    const lint: LintAnswer = {
      ...frame,
      command: 'grafana lint',
      dashboards: 1,
      findings: [{ file: 'a.json', severity: 'error', where: 'file', message: 'x' }],
    };

    expect(answerText(lint, style('always'))).toContain('\u001b[');
    expect(answerText(lint, style())).toBe('a.json: error: file: x\n1 dashboard: 1 error, 0 warnings.\n');
  });
});
