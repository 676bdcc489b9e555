/** Where nothing is wrong `verify` raises no alarm, whatever the scenario, the version of ACM and the architecture. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/render/report.ts';
import type { SandboxOptions } from '../../src/sandbox/options.ts';
import { createHarness } from '../helpers/harness.ts';

/** What verify complains of after an apply, and how it ended. */
async function complaints(options: SandboxOptions, flags = '') {
  const hub = await createHarness(options);
  try {
    const applied = await hub.run(`apply --yes -o json${flags}`);
    if (applied.exitCode !== 0) return { exitCode: applied.exitCode, bad: badIn(applied.report) };
    const { exitCode, report } = await hub.run(`verify -o json${flags}`);
    return { exitCode, bad: badIn(report) };
  } finally {
    await hub.stop();
  }
}

function badIn({ checks, problem }: Report) {
  const bad = checks.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'skip');
  return [
    ...(problem === undefined ? [] : [problem.what]),
    ...bad.map(({ id, cluster, verdict, code, what }) => `${cluster} ${id}: ${verdict} ${code}: ${what}`),
  ];
}

const well = { exitCode: 0, bad: [] };

describe('verify on a fleet that is well', () => {
  let folder: string;
  let file: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'healthy-'));
    file = join(folder, 'addon.yaml');
    const on = { metrics: { default: { enabled: true } } };
    const spec = { capabilities: { platform: on, userWorkloads: on } };
    await writeFile(file, JSON.stringify({ apiVersion: 'acm-observability/v1', observability: { spec } }));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(['2.11', '2.12', '2.13', '2.14', '2.15', '2.16', '2.17', '5.0'])('is silent on ACM %s', async (acm) => {
    expect(await complaints({ scenario: 'quest', size: 3, acm })).toEqual(well);
  });

  it.each(['2.15', '2.16', '2.17', '5.0'])('is silent under the addon architecture of ACM %s', async (acm) => {
    expect(await complaints({ scenario: 'quest', size: 3, acm, architecture: 'mcoa' }, ` -f ${file}`)).toEqual(well);
  });

  it('is silent about products and versions of all kinds', async () => {
    // These are not well: that is what the scenario has them for.
    expect(await complaints({ scenario: 'mixed' }, ' --exclude offline,hibernating,broken')).toEqual(well);
  });

  it('is silent about a fleet', async () => {
    expect(await complaints({ scenario: 'fleet', size: 24 })).toEqual(well);
  });
});
