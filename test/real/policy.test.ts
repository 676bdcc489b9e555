/** Our policy's template on ACM's own policy engine, beside the program's merge and the sandbox's engine. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byProgram, byTemplate, faultOf, type Merged } from '../helpers/merging.ts';
import { monitoringConfiguration, namedConfigurations } from '../helpers/monitoring-configurations.ts';
import { need } from './servers/locate.ts';
import { evaluated } from './servers/policy-engine.ts';

const needed = need('policy-engine');
const old = need('policy-engine-0.16');
const together = 25;
const patience = 900_000;

interface Tried {
  readonly text: string | undefined;
  readonly real: Merged;
  readonly sandbox: Merged;
}

/** Texts that the sandbox says are refused alone, for one fails its whole policy; the others in batches. */
async function tryAll(engine: string, texts: readonly (string | undefined)[]): Promise<Tried[]> {
  const tried: Tried[] = [];
  const batch: Omit<Tried, 'real'>[] = [];
  const alone = async ({ text, sandbox }: Omit<Tried, 'real'>): Promise<void> => {
    const answer = await evaluated(engine, [text]);
    const [first] = 'outcomes' in answer ? answer.outcomes : [];
    const why = 'failed' in answer ? answer.failed.slice(-300) : 'no outcome';
    tried.push({ text, sandbox, real: first ?? { kind: 'refused', why } });
  };
  const flush = async (): Promise<void> => {
    const some = batch.splice(0);
    const answer = await evaluated(
      engine,
      some.map(({ text }) => text),
    );
    if ('failed' in answer) for (const one of some) await alone(one);
    else tried.push(...some.map((one, at) => ({ ...one, real: answer.outcomes[at] ?? { kind: 'kept' as const } })));
  };
  for (const text of texts) {
    const sandbox = await byTemplate(text);
    if (sandbox.kind === 'refused') await alone({ text, sandbox });
    else batch.push({ text, sandbox });
    if (batch.length === together) await flush();
  }
  if (batch.length > 0) await flush();
  return tried;
}

const wrongIn = (tried: readonly Tried[]) =>
  tried.flatMap(({ text, real }) => {
    const fault = faultOf(text, real);
    return fault === undefined ? [] : [{ text, fault, real }];
  });
const outcome = (merged: Merged) => (merged.kind === 'written' ? merged.text : merged.kind);
const differing = (tried: readonly Tried[]) =>
  tried
    .filter(({ real, sandbox }) => outcome(real) !== outcome(sandbox))
    .map(({ text, real, sandbox }) => ({ text, real, sandbox }));

describe.skipIf(!needed.have)(`ACM's policy engine${needed.note}`, () => {
  const engine = needed.have ? needed.paths['policy-engine'] : '';

  it('does with every named document as the sandbox: sets our key and nothing else, or leaves it', {
    timeout: patience,
  }, async () => {
    const tried = await tryAll(
      engine,
      namedConfigurations.map(([, text]) => text),
    );

    expect(tried).toHaveLength(namedConfigurations.length);
    expect(wrongIn(tried)).toEqual([]);
    expect(differing(tried)).toEqual([]);
  });

  it('changes the meaning of no generated document that can be read', { timeout: patience }, async () => {
    // The engine's reader takes a quoted text that goes on in the first column, which ours refuses: docs/sandbox.md tells of it.
    const texts = fc
      .sample(monitoringConfiguration, { numRuns: 500, seed: 20261122 })
      .filter((text) => byProgram(text).kind !== 'refused');

    const tried = await tryAll(engine, texts);

    expect(tried.length).toBeGreaterThan(300);
    expect(tried.filter(({ real }) => real.kind === 'written').length).toBeGreaterThan(200);
    expect(wrongIn(tried)).toEqual([]);
  });

  it('says why it refuses', { timeout: patience }, async () => {
    const answer = await evaluated(engine, ['- a\n']);

    expect(answer).toEqual({ failed: expect.stringContaining('config.yaml is left untouched: not a mapping of keys') });
  });
});

describe.skipIf(!old.have)(`the engine of before ACM 2.14${old.note}`, () => {
  it('refuses the whole policy, and names the function it does not know', { timeout: patience }, async () => {
    const answer = await evaluated(old.have ? old.paths['policy-engine-0.16'] : '', ['enableUserWorkload: false\n']);

    expect(answer).toEqual({ failed: expect.stringMatching(/function "(from|to)YAML" not defined/) });
  });
});
