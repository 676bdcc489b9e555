import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { compared, runDemo, transcriptIn } from '../../scripts/transcript.ts';

describe('the demo', () => {
  it('ends well, and shows what the README says it shows', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');

    const { exitCode, output, errors } = await runDemo();

    expect(exitCode, errors.slice(-2_000)).toBe(0);
    expect(compared(output)).toBe(compared(transcriptIn(readme)));
  }, 120_000);
});
