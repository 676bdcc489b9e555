/** The template of our policy beside the program's own merge: never a change of meaning, and never less careful. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byProgram, byTemplate, faultOf } from '../../helpers/merging.ts';
import { monitoringConfiguration, namedConfigurations } from '../../helpers/monitoring-configurations.ts';

describe('the policy’s template', () => {
  it.each(namedConfigurations)('sets our key and nothing else, or leaves it: %s', async (_, text) => {
    const merged = await byTemplate(text);

    expect(faultOf(text, merged)).toBeUndefined();
    expect(faultOf(text, byProgram(text))).toBeUndefined();
  });

  it('leaves what the program leaves, and only a few layouts besides', async () => {
    const only: string[] = [];
    for (const [name, text] of namedConfigurations) {
      const [template, program] = [await byTemplate(text), byProgram(text)];
      if (program.kind === 'refused') expect([name, template.kind]).toEqual([name, 'refused']);
      else if (template.kind === 'refused') only.push(name);
    }

    // The program refuses the wrong case too, one level above the merge.
    expect(only).toEqual(['null', 'our value by an alias', 'our key by a merge', 'with an end marker', 'wrong case']);
  });

  it('keeps comments, order and line ends', async () => {
    const text = '# head\r\nb: yes # why\r\na: 0644\r\n';

    expect(await byTemplate(text)).toEqual({ kind: 'written', text: `${text}enableUserWorkload: true\r\n` });
  });

  it('holds for any document', async () => {
    await fc.assert(
      fc.asyncProperty(monitoringConfiguration, async (text) => {
        expect(faultOf(text, await byTemplate(text))).toBeUndefined();
        expect(faultOf(text, byProgram(text))).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});
