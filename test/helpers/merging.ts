/** The two ways to set the key, judged alike: it is on and nothing else has changed, or nothing is written. */
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { isProblem } from '../../src/engine/problem.ts';
import type { KubeObject } from '../../src/kinds.ts';
import { manifest } from '../../src/manifest.ts';
import { mergeDocument, readDocument } from '../../src/resources/document.ts';
import { resolveTemplate } from '../../src/sandbox/controllers/policy/template.ts';
import { TemplateError } from '../../src/sandbox/controllers/policy/template-parse.ts';

interface PolicyManifest extends KubeObject {
  spec: { 'policy-templates': { objectDefinition: { spec: { 'object-templates-raw': string } } }[] };
}

/** The template of the policy that sets the key. */
export const template =
  manifest<PolicyManifest>('user-workload-policy/policy.yaml').spec['policy-templates'][0]?.objectDefinition.spec[
    'object-templates-raw'
  ] ?? '';

/** `kept`: nothing to write. */
export type Merged =
  | { readonly kind: 'written'; readonly text: string }
  | { readonly kind: 'kept' }
  | { readonly kind: 'refused'; readonly why: string };

const flag = 'enableUserWorkload';

/** What the program does with a text. */
export function byProgram(text: string | undefined): Merged {
  try {
    if (readDocument(text, 'here')[flag] === true) return { kind: 'kept' };
    return { kind: 'written', text: mergeDocument(text, () => [{ kind: 'set', key: flag, value: true }], 'here') };
  } catch (error) {
    if (isProblem(error, 'document-invalid')) return { kind: 'refused', why: error.message };
    throw error;
  }
}

/** What the policy's template does with it, as the sandbox carries templates out. */
export async function byTemplate(text: string | undefined): Promise<Merged> {
  const live = text === undefined ? {} : { metadata: { name: 'x' }, data: { 'config.yaml': text } };
  try {
    const [first] = parse(await resolveTemplate(template, async () => live));
    const written: string | undefined = first.objectDefinition.data?.['config.yaml'];
    return written === undefined ? { kind: 'kept' } : { kind: 'written', text: written };
  } catch (error) {
    if (error instanceof TemplateError) return { kind: 'refused', why: error.message };
    throw error;
  }
}

/** What is wrong with an outcome; `undefined`: nothing. Read as YAML 1.1, as the operators on a cluster read. */
export function faultOf(before: string | undefined, merged: Merged): string | undefined {
  if (merged.kind === 'refused') return undefined;
  const meaning = readable(before);
  if (meaning === undefined) return `${merged.kind} although nobody can read it`;
  if (merged.kind === 'kept') return meaning[flag] === true ? undefined : 'left off';
  const after = readable(merged.text);
  if (after === undefined) return 'written so that nobody can read it';
  return isDeepStrictEqual(after, { ...meaning, [flag]: true }) ? undefined : 'changed in meaning';
}

function readable(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    return readDocument(text, 'here');
  } catch (error) {
    if (isProblem(error, 'document-invalid')) return undefined;
    throw error;
  }
}
