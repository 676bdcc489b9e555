/** The hop at the end of the way: what each pack itself says proves that it works. */
import type { Context } from '../context.ts';
import { Problem } from '../engine/problem.ts';
import type { Check, Finding } from '../engine/step.ts';
import type { Pack, ProofQuery } from '../packs/pack.ts';
import { oneLine } from '../packs/promql.ts';
import type { Sample } from '../ports.ts';
import { metricsRights } from './looking.ts';

export const packs: Check<Context> = {
  id: 'packs',
  title: 'The packs’ own queries hold',
  // Not the rules: a pack may have none, and one that is broken is found by its queries too.
  needs: ['query'],
  scope: 'hub',
  rights: async (context) => (proofsOf(await context.packs()).length === 0 ? [] : metricsRights(context)),
  run: async (context) => new Map([[context.hub.name, await prove(context)]]),
};

interface Proof {
  readonly pack: string;
  readonly proof: ProofQuery;
}

function proofsOf(all: readonly Pack[]): Proof[] {
  return all.flatMap(({ name, verify }) => verify.map((proof) => ({ pack: name, proof })));
}

async function prove(context: Context): Promise<Finding> {
  const proofs = proofsOf(await context.packs());
  if (proofs.length === 0) return { verdict: 'skip', reason: 'no pack has queries of its own' };
  const clusters = context.members.filter(({ offline, skip }) => offline === undefined && skip === undefined);
  const names = clusters.map(({ name }) => name);
  if (names.length === 0 && proofs.every(({ proof }) => proof.per === 'cluster'))
    return { verdict: 'skip', reason: 'no cluster that is asked about sends what packs count' };
  const answers = await Promise.all(
    proofs.map(async ({ pack, proof }) => {
      const wrong = judge(proof, await context.metrics.query(oneLine(proof.expr)), names);
      return wrong === undefined ? [] : [`${pack}: ${proof.title}: ${wrong} (may take ${proof.within} after an apply)`];
    }),
  );
  const failed = answers.flat();
  if (failed.length === 0) return { verdict: 'pass', evidence: `${proofs.length} queries of ${packCount(proofs)}` };
  return { verdict: 'fail', problem: new Problem('pack-unproven', failed.join('; ')) };
}

/** What is wrong with an answer; `undefined` when it is what the pack expects. */
function judge(
  { expect, per }: ProofQuery,
  samples: readonly Sample[],
  clusters: readonly string[],
): string | undefined {
  if (per === 'hub') {
    if (expect === 'some') return samples.length > 0 ? undefined : 'no series';
    return samples.length === 0 ? undefined : `${samples.length} series, and there should be none`;
  }
  const seen = new Set(samples.map(({ labels }) => labels.cluster ?? ''));
  const wrong = clusters.filter((name) => seen.has(name) !== (expect === 'some'));
  if (wrong.length === 0) return undefined;
  return `${expect === 'some' ? 'nothing from' : 'series from'} ${wrong.join(', ')}`;
}

function packCount(proofs: readonly Proof[]): string {
  const names = [...new Set(proofs.map(({ pack }) => pack))];
  return names.join(', ');
}
