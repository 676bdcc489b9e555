/**
 * The program dies right after any single write. Run again it comes to the same end, object by object, as if nothing had
 * happened; nothing that was meant for a moment stays. In the process and in virtual time, so that every moment is met.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { markerKey } from '../../src/resources/bucket.ts';
import { createHarness, type Harness, killed } from '../helpers/harness.ts';
import { type WrittenConfiguration, writeConfiguration } from './support/configuration.ts';
import { type Deadly, dyingAfter, dyingWhen } from './support/death.ts';
import { patience, sampled, upTo } from './support/sample.ts';
import { differences, orphansIn, type State, stateOf } from './support/state.ts';
import { type Row, tell } from './support/tally.ts';

/** The hub, a cluster with a monitoring configuration, and one without. */
const small = { scenario: 'quest', size: 3, speed: 60 } as const;
const rows: Row[] = [];

let ours: WrittenConfiguration;

beforeAll(async () => {
  ours = await writeConfiguration();
});

afterAll(async () => {
  await tell('kill', rows);
  await ours?.remove();
});

describe('an apply that dies right after one of its writes', () => {
  it('is finished by the next, which leaves what an undisturbed one leaves', { timeout: patience }, async () => {
    const apply = `apply --yes -f ${ours.file} -o json`;
    const undisturbed = await inSandbox(async (it3) => {
      const counting = dyingAfter(Number.POSITIVE_INFINITY, it3.clock);
      const { exitCode } = await it3.run(apply, { wires: counting });
      return { exitCode, writes: counting.writes.length, state: await settled(it3) };
    });
    const moments = sampled(upTo(undisturbed.writes), 5);

    const ends: End[] = [];
    for (const moment of moments) {
      ends.push(await inSandbox((it3) => dieAndGoOn(it3, apply, dyingAfter(moment, it3.clock), undisturbed.state)));
    }
    // What nobody else would ever tidy up: tried in every run.
    const probing = (what: string) => /^s3 write .*\/probe\//.test(what);
    ends.push(await inSandbox((it3) => dieAndGoOn(it3, apply, dyingWhen(probing, it3.clock), undisturbed.state)));

    expect(undisturbed.exitCode).toBe(0);
    expect(undisturbed.writes).toBeGreaterThan(30);
    expect(undisturbed.state[`s3 ${markerKey}`]).toContain('clusterID');
    expect(ends.flatMap(({ wrong }) => wrong)).toEqual([]);
    rows.push(deathsRow('apply', ends));
  });
});

describe('an uninstall that dies right after one of its writes', () => {
  it('is finished by the next, which leaves what an undisturbed one leaves', { timeout: patience }, async () => {
    const apply = `apply --yes -f ${ours.file} -o json`;
    const uninstall = 'uninstall --yes -o json';
    const tried = await inSandbox(async (it3) => {
      // From the second time on the namespace, which stays, is one that was there before.
      for (const line of [apply, uninstall, apply]) await it3.run(line);
      const counting = dyingAfter(Number.POSITIVE_INFINITY, it3.clock);
      const { exitCode } = await it3.run(uninstall, { wires: counting });
      const state = await settled(it3);
      const ends: End[] = [];
      for (const moment of sampled(upTo(counting.writes.length), 4)) {
        await it3.run(apply);
        ends.push(await dieAndGoOn(it3, uninstall, dyingAfter(moment, it3.clock), state));
      }
      return { exitCode, ends };
    });

    expect(tried.exitCode).toBe(0);
    expect(deaths(tried.ends)).toBeGreaterThan(2);
    expect(tried.ends.flatMap(({ wrong }) => wrong)).toEqual([]);
    rows.push(deathsRow('uninstall', tried.ends));
  });
});

interface End {
  /** Not every run writes equally often: how often it asks a cluster is a matter of time. */
  readonly died: boolean;
  /** What is not as it should be after a death and a second run. */
  readonly wrong: readonly string[];
}

/** A moment beyond the end of its run has killed nobody: then every write of that run has had its turn. */
function deathsRow(command: string, ends: readonly End[]): Row {
  const beyond = ends.length - deaths(ends);
  const note = beyond === 0 ? {} : { note: `and ${beyond} times beyond the last write` };
  return { what: `${command} killed after a write`, tried: deaths(ends), bad: { lost: 0, stuck: 0 }, ...note };
}

function deaths(ends: readonly End[]): number {
  return ends.filter(({ died }) => died).length;
}

async function dieAndGoOn(it3: Harness, line: string, wires: Deadly, wanted: State): Promise<End> {
  const first = await it3.run(line, { wires });
  const second = await it3.run(line);

  const problems = second.report.problems.map(({ code, what }) => `${code}: ${what}`);
  const wrong = [
    ...(second.exitCode === 0 ? [] : [`run again: exit ${second.exitCode} ${second.stderr}`]),
    ...problems,
    ...orphansIn(it3.sandbox).map((name) => `orphan: ${name}`),
    ...differences(wanted, await settled(it3)),
  ];
  const where = `after write ${wires.writes.length} (${wires.writes.at(-1)})`;
  return { died: first.exitCode === killed, wrong: wrong.map((text) => `${where}: ${text}`) };
}

/** What is there when the controllers have come to rest. */
async function settled(it3: Harness): Promise<State> {
  await it3.pass(20);
  return stateOf(it3.sandbox);
}

async function inSandbox<T>(work: (it3: Harness) => Promise<T>): Promise<T> {
  const it3 = await createHarness(small);
  try {
    return await work(it3);
  } finally {
    await it3.stop();
  }
}
