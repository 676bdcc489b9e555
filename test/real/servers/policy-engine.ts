/** ACM's own policy engine as a command: evaluates a ConfigurationPolicy on objects in files, and writes nothing (measured.md §6). */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Merged } from '../../helpers/merging.ts';
import { template } from '../../helpers/merging.ts';

const namespace = 'docs';

/** What the template does with each text, all in one run; `failed` when one of them fails the whole policy. */
export async function evaluated(
  engine: string,
  texts: readonly (string | undefined)[],
): Promise<{ readonly outcomes: readonly Merged[] } | { readonly failed: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'policy-engine-'));
  try {
    const [policy, objects] = [join(folder, 'policy.yaml'), join(folder, 'objects.yaml')];
    await writeFile(policy, stringify(policyFor(texts.length), { lineWidth: 0 }));
    await writeFile(
      objects,
      texts
        .flatMap(objectsOf)
        .map((object) => stringify(object))
        .join('---\n'),
    );
    const flags = engine.endsWith('0.16') ? [] : ['--full-diffs'];
    const { stdout, stderr } = await run(engine, ['-p', policy, '--no-colors', ...flags, objects]);
    if (!stdout.includes('# Compliance messages:')) return { failed: stderr };
    const diffs = stdout.split('# Compliance messages:')[0] ?? '';
    return { outcomes: texts.map((_, at) => outcomeIn(diffs, at)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The very template once for each text: it reads `doc-N`, and what it would write is the change of `out-N`. */
function policyFor(count: number): object {
  const copies = Array.from({ length: count }, (_, at) =>
    template
      .replace('"openshift-monitoring" "cluster-monitoring-config"', `"${namespace}" "doc-${at}"`)
      .replace('name: cluster-monitoring-config', `name: out-${at}`)
      .replace('namespace: openshift-monitoring', `namespace: ${namespace}`)
      // What would change is to be seen here; on a cluster it is nobody's business.
      .replace('recordDiff: None', 'recordDiff: InStatus'),
  );
  return {
    apiVersion: 'policy.open-cluster-management.io/v1',
    kind: 'ConfigurationPolicy',
    metadata: { name: 'on', namespace: 'managed' },
    spec: { remediationAction: 'inform', severity: 'low', 'object-templates-raw': copies.join('') },
  };
}

function objectsOf(text: string | undefined, at: number): object[] {
  const map = (name: string, data: object) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `${name}-${at}`, namespace },
    data,
  });
  const out = map('out', { 'config.yaml': '' });
  return text === undefined ? [out] : [map('doc', { 'config.yaml': text }), out];
}

/** The object as it would be, put together from the lines of a diff that shows all of it. */
function outcomeIn(diffs: string, at: number): Merged {
  const [, rest = ''] = diffs.split(`v1 ConfigMap ${namespace}/out-${at}:\n`);
  const own = rest.split(/^v1 ConfigMap /m)[0] ?? '';
  const lines = own.split('\n').filter((line) => /^[ +]/.test(line) && !line.startsWith('+++'));
  const after: unknown = parse(lines.map((line) => line.slice(1)).join('\n'));
  if (typeof after !== 'object' || after === null || !('data' in after)) return { kind: 'kept' };
  const { data } = after as { data?: Record<string, string> };
  return { kind: 'written', text: data?.['config.yaml'] ?? '' };
}

/** Exits with a code of its own for each verdict: what it says counts. */
function run(engine: string, argv: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const env = { PATH: process.env.PATH, OSDK_FORCE_RUN_MODE: 'local', OPERATOR_NAME: 'config-policy-controller' };
  return new Promise((resolve, reject) => {
    const child = execFile(engine, [...argv], { env, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ stdout, stderr });
    });
    // It reads objects from there too, and would wait for them.
    child.stdin?.end();
  });
}
