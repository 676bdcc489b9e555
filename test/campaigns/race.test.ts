/**
 * Other people write while we do. Whenever somebody edits the documents we share, between any read and any write, their
 * edit and ours are both there in the end; and of two runs at once one works and the other says who does.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type ConfigMap, ConfigMapKind, type Key, LeaseKind } from '../../src/kinds.ts';
import { createHarness, type Harness, type Ran } from '../helpers/harness.ts';
import { type WrittenConfiguration, writeConfiguration } from './support/configuration.ts';
import { allowlist, monitoringConfig, rulerRules, settleOthers } from './support/others.ts';
import { editedBefore, editingEverything } from './support/rival.ts';
import { often, patience, random, sampled, seed, upTo } from './support/sample.ts';
import { type Row, tell } from './support/tally.ts';

const small = { scenario: 'quest', size: 3, speed: 60 } as const;
const rows: Row[] = [];

let ours: WrittenConfiguration;
let apply: string;

beforeAll(async () => {
  ours = await writeConfiguration();
  apply = `apply --yes -f ${ours.file} -o json --no-wait`;
});

afterAll(async () => {
  await tell('race', rows);
  await ours?.remove();
});

describe('somebody who edits every shared document', () => {
  it('before any request of an apply finds the edit and our part in the end', { timeout: patience }, async () => {
    const requests = await inSandbox((it3) => requestsOf(it3, apply));
    const moments = sampled(upTo(requests), 10);

    const wrong: string[] = [];
    for (const moment of moments) {
      wrong.push(
        ...(
          await inSandbox(async (it3) => {
            const rival = editingEverything(it3);
            const { exitCode } = await it3.run(apply, { wires: editedBefore((at) => at === moment, rival.edit) });
            const text = exitCode === 0 ? [] : [`exit ${exitCode}`];
            return rival.edits === 0 ? [] : [...text, ...missing(it3), ...missingOurs(it3)];
          })
        ).map((text) => `before request ${moment}: ${text}`),
      );
    }

    expect(requests).toBeGreaterThan(50);
    expect(wrong).toEqual([]);
    rows.push({
      what: 'edit of four documents before a request of apply',
      tried: moments.length,
      of: requests,
      bad: { lost: 0, stuck: 0 },
    });
  });

  it('before any request of an uninstall finds the edit, and nothing of ours', { timeout: patience }, async () => {
    const uninstall = 'uninstall --yes -o json';
    const tried = await inSandbox(async (it3) => {
      await it3.run(apply);
      await it3.pass(6);
      const requests = await requestsOf(it3, uninstall);
      const moments = sampled(upTo(requests), 5);
      const wrong: string[] = [];
      for (const moment of moments) {
        await it3.run(apply);
        await it3.pass(6);
        const rival = editingEverything(it3);
        const { exitCode } = await it3.run(uninstall, { wires: editedBefore((at) => at === moment, rival.edit) });
        if (rival.edits === 0) continue;
        const text = exitCode === 0 ? [] : [`exit ${exitCode}`];
        wrong.push(...[...text, ...missing(it3), ...leftOfOurs(it3)].map((one) => `before ${moment}: ${one}`));
      }
      return { requests, moments, wrong };
    });

    expect(tried.wrong).toEqual([]);
    rows.push({
      what: 'edit of four documents before a request of uninstall',
      tried: tried.moments.length,
      of: tried.requests,
      bad: { lost: 0, stuck: 0 },
    });
  });

  it('before every single write is told, loses nothing, and does not stop the next run', {
    timeout: patience,
  }, async () => {
    await inSandbox(async (it3) => {
      const wires = editedBefore(
        (_, request) => /configmaps|managedclusteractions/.test(request.path) && request.method !== 'GET',
        editingEverything(it3).edit,
      );

      const contended = await it3.run(apply, { wires });
      const again = await it3.run(apply);

      expect(contended.report.problems.map(({ code }) => code)).toContain('document-contended');
      expect([5, 6]).toContain(contended.exitCode);
      expect(again.exitCode).toBe(0);
      expect([...missing(it3), ...missingOurs(it3)]).toEqual([]);
    });
  });
});

describe('two applies started together', () => {
  it('do the work once: the other names who does it, or finds nothing to do', { timeout: patience }, async () => {
    const next = random(seed);
    const pairs = upTo(often(3, 10)).map((pair) => {
      // Slow enough to be seen alive; or done so soon that the other goes on with what it saw before.
      const speed = pair % 2 === 0 ? 1 : 60;
      return { speed, lateMs: Math.floor(next() * (speed === 1 ? 3000 : 900)) };
    });

    const wrong: string[] = [];
    for (const { speed, lateMs } of pairs) {
      const { first, second, leases } = await together(speed, lateMs);
      const what = `at speed ${speed}, ${lateMs} ms later`;
      const working = [first, second].filter(({ report }) => report.verdict === 'changed');
      if (working.length !== 1) wrong.push(`${what}: ${working.map(doneBy).join('; ') || 'nobody'} did the work`);
      for (const [run, holder] of [
        [first, 'berta'],
        [second, 'anna'],
      ] as const) {
        if (!isFit(run, holder)) wrong.push(`${what}: exit ${run.exitCode} ${reasonOf(run)}`);
      }
      if (leases > 0) wrong.push(`${what}: the lease is still there`);
    }

    expect(wrong).toEqual([]);
    rows.push({ what: 'pairs of applies', tried: pairs.length, bad: { lost: 0, stuck: 0 } });
  });
});

function reasonOf({ report, stderr }: Ran): string {
  const failed = report.checks.filter(({ verdict }) => verdict === 'fail');
  const checks = failed.map(({ id, cluster, evidence }) => `${id} ${cluster} ${evidence}`);
  return `${JSON.stringify(report.problem ?? report.problems)} ${checks.join('; ')} ${stderr}`;
}

function doneBy({ report }: Ran): string {
  const done = report.changes.filter(({ applied }) => applied);
  return done
    .map(({ cluster, resource, change, diff }) => `${cluster} ${resource} ${change} ${diff.join(' ')}`)
    .join(', ');
}

/** Did it, found nothing to do, or named holder, host and start of the other. */
function isFit({ exitCode, report }: Ran, holder: string): boolean {
  if (exitCode === 0) return report.verdict === 'changed' || report.verdict === 'unchanged';
  const { code, what = '' } = report.problem ?? {};
  return exitCode === 8 && code === 'locked' && new RegExp(`^${holder}@\\S+ .*since \\d{4}-\\d\\d-\\d\\dT`).test(what);
}

async function together(speed: number, lateMs: number): Promise<{ first: Ran; second: Ran; leases: number }> {
  const it3 = await createHarness({ ...small, speed });
  try {
    const line = `apply --yes -f ${ours.file} -o json`;
    const late = async () => {
      await it3.clock.sleep(lateMs);
      return it3.run(line, { env: { USER: 'berta' } });
    };
    const [first, second] = await Promise.all([it3.run(line), late()]);
    const leases = it3.sandbox.hub
      .list(LeaseKind)
      .filter(({ metadata }) => metadata.name === 'acm-observability').length;
    return { first, second, leases };
  } finally {
    await it3.stop();
  }
}

async function requestsOf(it3: Harness, line: string): Promise<number> {
  let sent = 0;
  const wires = editedBefore(
    () => {
      sent += 1;
      return false;
    },
    async () => {},
  );
  const { exitCode } = await it3.run(line, { wires });
  if (exitCode !== 0) throw new Error(`an undisturbed run ended with ${exitCode}`);
  return sent;
}

/** Every document we share, on every cluster. */
function documents(it3: Harness): readonly { cluster: string; key: Key; dataKey: string }[] {
  const hub = it3.sandbox.hub.name;
  return [
    ...[hub, ...it3.sandbox.clusters].map((cluster) => ({ cluster, key: monitoringConfig, dataKey: 'config.yaml' })),
    { cluster: hub, key: allowlist, dataKey: 'metrics_list.yaml' },
    { cluster: hub, key: rulerRules, dataKey: 'custom_rules.yaml' },
  ];
}

/** Edits of theirs that are gone. */
function missing(it3: Harness): string[] {
  return documents(it3).flatMap(({ cluster, key, dataKey }) => {
    const text = textOf(it3, cluster, key, dataKey);
    const theirs = /theirs/.test(text) && (key === monitoringConfig || /theirs_\d+/.test(text));
    const comment = key === monitoringConfig || /before you touch it|night shift/.test(text);
    return theirs && comment ? [] : [`${cluster} ${key.name} lost what others wrote: ${text}`];
  });
}

function missingOurs(it3: Harness): string[] {
  return documents(it3).flatMap(({ cluster, key, dataKey }) => {
    const text = textOf(it3, cluster, key, dataKey);
    const there =
      key === monitoringConfig ? parse(text)?.enableUserWorkload === true : /sandbox_load|small:up:sum/.test(text);
    return there ? [] : [`${cluster} ${key.name} lacks our part: ${text}`];
  });
}

function leftOfOurs(it3: Harness): string[] {
  return documents(it3).flatMap(({ cluster, key, dataKey }) => {
    const map = it3.sandbox.managed(cluster).get<ConfigMap>(ConfigMapKind, key);
    const marked = JSON.stringify(map?.metadata.annotations ?? {}).includes('acm-observability/');
    const part = /sandbox_load|small:up:sum/.test(textOf(it3, cluster, key, dataKey));
    return marked || part ? [`${cluster} ${key.name} still holds our part`] : [];
  });
}

function textOf(it3: Harness, cluster: string, key: Key, dataKey: string): string {
  const map = it3.sandbox.managed(cluster).get<ConfigMap>(ConfigMapKind, key);
  return map?.data?.[dataKey] ?? '';
}

async function inSandbox<T>(work: (it3: Harness) => Promise<T>): Promise<T> {
  const it3 = await createHarness(small);
  try {
    await settleOthers(it3);
    return await work(it3);
  } finally {
    await it3.stop();
  }
}
