/**
 * The failure catalogue: an installed sandbox is brought into each broken state, and `verify` is to name the first broken hop
 * by its code, and to raise no alarm where nothing is broken. `docs/verify.md` is made from what is seen here.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hops } from '../../src/checks/index.ts';
import type { ProblemCode } from '../../src/engine/problems.ts';
import type { Report } from '../../src/render/report.ts';
import { states } from '../../src/sandbox/states/index.ts';
import { createHarness } from '../helpers/harness.ts';
import { type WrittenConfiguration, writeConfiguration } from './support/configuration.ts';
import { rewrite } from './support/page.ts';
import { tell } from './support/tally.ts';

/** The code of the first broken hop; where somebody has chosen it, the skip that tells so. */
const expected: Readonly<Record<string, ProblemCode | `skip: ${string}`>> = {
  'acm-upgrading': 'acm-not-running',
  'acm-degraded': 'acm-not-running',
  'acm-gone': 'acm-missing',
  'observability-twice': 'observability-twice',
  'observability-paused': 'observability-paused',
  'observability-gone': 'observability-absent',
  'observability-terminating': 'observability-terminating',
  'collection-off': 'collection-off',
  'operator-down': 'operator-down',
  'route-refused': 'route-not-admitted',
  'query-crashing': 'workload-not-ready',
  'gateway-crashing': 'workload-not-ready',
  'receive-crashing': 'workload-not-ready',
  'store-shard-crashing': 'workload-not-ready',
  'cache-crashing': 'workload-not-ready',
  'compactor-crashing': 'workload-not-ready',
  'grafana-crashing': 'workload-not-ready',
  'query-proxy-crashing': 'workload-not-ready',
  'alertmanager-crashing': 'workload-not-ready',
  'store-key-revoked': 'store-key-unknown',
  'store-key-changed': 'store-key-refused',
  'store-key-narrowed': 'store-denied',
  'bucket-gone': 'bucket-missing',
  'bucket-taken': 'bucket-foreign',
  'store-overloaded': 'store-refused',
  'thanos-secret-gone': 'thanos-secret-missing',
  'thanos-secret-renamed-key': 'secret-key-missing',
  'thanos-yaml-unreadable': 'thanos-yaml-invalid',
  'thanos-yaml-untyped': 'thanos-yaml-invalid',
  'thanos-yaml-bucketless': 'thanos-yaml-invalid',
  'thanos-endpoint-url': 'thanos-yaml-invalid',
  'thanos-yaml-odd-key': 'thanos-yaml-invalid',
  'thanos-store-moved': 'bucket-missing',
  'cluster-offline': 'cluster-unreachable',
  'cluster-opted-out': 'skip: label observability=disabled',
  'cluster-unlabelled': 'cluster-undetected',
  'addon-installing': 'addon-installing',
  'addon-unsupported': 'addon-unsupported',
  'addon-update-failed': 'addon-update-failed',
  'cannot-send': 'collector-cannot-send',
  'cannot-retrieve': 'collector-cannot-read',
  'cannot-record': 'collector-rules-failing',
  'samples-lost': 'metrics-stale',
  'work-not-applied': 'config-pending',
  'work-behind': 'config-pending',
  'monitoring-fight': 'monitoring-contended',
  'monitoring-unreadable': 'monitoring-config-refused',
  'user-workload-off': 'uwm-off',
  'allowlist-mistyped': 'allowlist-invalid',
  'allowlist-unreadable': 'allowlist-invalid',
  'rules-unreadable': 'rules-invalid',
  'label-list-missing': 'label-list-missing',
  'bucket-shared': 'bucket-shared',
  'compactor-halted': 'compactor-halted',
  'remote-write-failing': 'remote-write-failing',
  'volume-filling': 'volume-filling',
  'cluster-not-accepted': 'cluster-not-accepted',
  'cluster-versionless': 'cluster-undetected',
  'cluster-by-hand': 'skip: annotation disable-automatic-installation',
  'addon-silent': 'addon-silent',
  'addon-degraded': 'addon-degraded',
  'addon-terminating': 'addon-terminating',
  'cluster-collection-off': 'collection-off',
  'user-collector-failing': 'uwm-collector-failing',
  'clock-ahead': 'clock-ahead',
  'thanos-endpoint-dead': 'store-unreachable',
  'thanos-secret-rotated': 'store-config-not-loaded',
  'bucket-elsewhere': 'bucket-region',
  'rules-emptied': 'rules-missing',
  'rule-failing': 'ruler-failing',
  'dashboard-deleted': 'dashboard-missing',
  'dashboard-unlabelled': 'dashboard-missing',
  'pack-unproven': 'pack-unproven',
  'metrics-lost': 'metrics-empty',
  'interval-short': 'interval-short',
  'retention-short': 'retention-short',
  'addon-crds-missing': 'addon-crds-missing',
  'pull-secret-rotated': 'pull-secret-stale',
  'pull-secret-gone': 'pull-secret-gone',
  'image-refused': 'image-not-pulled',
  'volume-unprovided': 'volume-pending',
  'hashring-stale': 'hashring-incomplete',
  'namespace-unlabelled': 'namespace-unmonitored',
  'certificate-ending': 'certificate-ending',
  'certificate-ended': 'certificate-ending',
  'addon-entry-left': 'architecture-leftovers',
  'certificate-unsigned': 'csr-not-approved',
  'proxy-unused': 'proxy-in-the-way',
  'alerts-refused': 'alerts-not-forwarded',
};

interface Seen {
  readonly name: string;
  readonly found: readonly string[];
}

/** The confusion table: every state, where the field met it, and what `verify` said. */
async function record(seen: readonly Seen[]): Promise<void> {
  const rows = seen.map(({ name, found: [first = '', ...more] }) => {
    const { meaning = '', source = '' } = states[name] ?? {};
    const also = [...new Set(more)].map((code) => `\`${code}\``).join(', ');
    return `| \`${name}\` | ${meaning} | ${source} | \`${first}\` | ${also} |`;
  });
  const head = '| state | what has happened | met in | first broken hop | also said |\n|---|---|---|---|---|';
  const count = `${rows.length} states, each brought about in a sandbox of its own.`;
  await rewrite('states', `${count}\n\n${head}\n${rows.join('\n')}`);
}

const bad = new Set(['fail', 'warn', 'unknown']);
const only = process.env.CATALOGUE?.split(',');
/** A few by default; all of them with `CAMPAIGN=full`. */
const sample = (at: number): boolean => process.env.CAMPAIGN === 'full' || at % 8 === 0;
const chosen = Object.entries(states).filter(([name], at) => only?.includes(name) ?? sample(at));

/** The hops in their order, with what is bad in each. */
function broken({ checks, problem }: Report): { code: string; cluster: string }[] {
  if (problem !== undefined) return [{ code: problem.code, cluster: 'the run' }];
  return hops.flatMap(({ id }) =>
    checks
      // What a step declares can have the name of a hop: that is told as drift.
      .filter((check) => check.id === id && bad.has(check.verdict) && check.code !== 'drifted')
      .map(({ code = 'no code', cluster }) => ({ code, cluster })),
  );
}

function skips({ checks }: Report): string[] {
  return [...new Set(checks.filter(({ verdict }) => verdict === 'skip').map(({ evidence }) => `skip: ${evidence}`))];
}

describe('the failure catalogue', () => {
  const seen: Seen[] = [];
  let ours: WrittenConfiguration;
  beforeAll(async () => {
    ours = await writeConfiguration();
  });
  afterAll(async () => {
    await ours.remove();
    const wrong = chosen.length - seen.length;
    const row = {
      what: 'broken states',
      tried: chosen.length,
      of: Object.keys(states).length,
      bad: { misnamed: wrong },
    };
    await tell('catalogue', [row]);
    if (chosen.length === Object.keys(states).length && wrong === 0) await record(seen);
  });

  it('has an expectation for every state, and none for another', () => {
    expect(Object.keys(expected).sort()).toEqual(Object.keys(states).sort());
  });

  it.each(chosen)(
    '%s',
    async (name, state) => {
      const hub = await createHarness({ scenario: 'quest', size: 3 });
      try {
        const flags = state.configured ? ` -f ${ours.file}` : '';
        expect((await hub.run(`apply --yes -o json${flags}`)).exitCode).toBe(0);
        await hub.sandbox.bring(name);
        await hub.pass(state.settle);

        const { report } = await hub.run(`verify -o json${flags}`);

        const found = broken(report);
        const code = expected[name] ?? '';
        const codes = found.map((one) => one.code);
        const said = code.startsWith('skip: ') ? [...codes, ...skips(report).filter((skip) => skip === code)] : codes;
        expect(said[0], JSON.stringify(found)).toBe(code);
        // What is broken on one cluster raises no alarm on another.
        expect(new Set(found.map(({ cluster }) => cluster)).size, JSON.stringify(found)).toBeLessThanOrEqual(1);
        seen.push({ name, found: said });
      } finally {
        await hub.stop();
      }
    },
    240_000,
  );
});
