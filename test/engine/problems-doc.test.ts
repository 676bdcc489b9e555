import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exits } from '../../src/engine/exits.ts';
import { type ProblemEntry, problems } from '../../src/engine/problems.ts';
import { problemsDocument } from '../../src/engine/problems-doc.ts';

const root = join(import.meta.dirname, '..', '..');
const document = readFileSync(join(root, 'docs', 'problems.md'), 'utf8');
const catalogue: Readonly<Record<string, ProblemEntry>> = problems;

/** Codes used in the sources as `new Problem('code'`, with the file. */
function usedCodes(): { readonly code: string; readonly file: string }[] {
  return ['src', 'steps'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => {
        const text = readFileSync(join(root, folder, file), 'utf8');
        return [...text.matchAll(/new Problem\(\s*'([^']+)'/g)].map(([, code = '']) => ({ code, file }));
      }),
  );
}

describe('docs/problems.md', () => {
  it('is what the catalogue makes of it', () => {
    expect(document).toBe(problemsDocument(problems));
  });

  it('has a heading for every code, and every code is kebab-case', () => {
    for (const code of Object.keys(problems)) {
      expect(code).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
      expect(document).toContain(`\n## ${code}\n`);
    }
  });

  it('keeps what looks like markup as text, outside code', () => {
    const text = problemsDocument({ x: { title: 'A <b> *c*', cause: 'See `a < b`.', fix: '', exit: 3 } });

    expect(text).toContain('**A \\<b\\> \\*c\\***');
    expect(text).toContain('See `a < b`.');
  });
});

describe('the catalogue', () => {
  it('holds every code a Problem is made with', () => {
    const unknown = usedCodes().filter(({ code }) => !Object.hasOwn(catalogue, code));

    expect(unknown).toEqual([]);
  });

  it('says in each row what is wrong, why, and what to do, and asks for an exit code that exists', () => {
    for (const [code, { title, cause, fix, exit }] of Object.entries(catalogue)) {
      for (const text of [title, cause, fix]) expect(text, code).toMatch(/^\S.*[.!?:`)]$|^\S.*[.?!]$/);
      expect(Object.values(exits), code).toContain(exit);
    }
  });
});
