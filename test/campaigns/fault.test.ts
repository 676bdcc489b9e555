/**
 * Every fault at every call: the run converges all the same, or ends with a Problem and an exit code that say why and
 * converges when the fault is gone. What is there in the end is what an undisturbed run leaves, other people's parts too.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHarness, type Harness, type Ran, type Wires } from '../helpers/harness.ts';
import { type WrittenConfiguration, writeConfiguration } from './support/configuration.ts';
import { concerns, mixture, type RequestFault, requestFaults, type Site, struckAt } from './support/faults.ts';
import { settleOthers } from './support/others.ts';
import { often, patience, random, sampled, seed, upTo } from './support/sample.ts';
import { differences, orphansIn, type State, stateOf } from './support/state.ts';
import { type Row, tell } from './support/tally.ts';

const small = { scenario: 'quest', size: 3 } as const;
const rows: Row[] = [];

type Sayable = RequestFault | 'mixture' | 'nothing';

/** What a run that a fault has ended may say: the code, and the exit code of the run. */
const sayings: Readonly<Record<Sayable, { codes: RegExp; exits: readonly number[] }>> = {
  latency: { codes: /^$/, exits: [] },
  'slow-webhook': { codes: /^$/, exits: [] },
  conflict: { codes: /^(document-contended|api-refused|lock-lost|cluster-unreachable)$/, exits: [5, 6, 8] },
  throttled: { codes: /^(api-refused|unreachable|lock-lost|timed-out)$/, exits: [5, 6, 7, 8, 69] },
  'server-error': { codes: /^(api-refused|unreachable|lock-lost|timed-out)$/, exits: [5, 6, 7, 8, 69] },
  reset: { codes: /^(unreachable|lock-lost|timed-out)$/, exits: [5, 6, 7, 8, 69] },
  refused: { codes: /^(unreachable|lock-lost|timed-out)$/, exits: [5, 6, 7, 8, 69] },
  'expired-token': { codes: /^(not-logged-in|lock-lost)$/, exits: [5, 6, 8, 77] },
  /** One failure of one request is no reason to end. */
  nothing: { codes: /^$/, exits: [] },
  mixture: { codes: /./, exits: [5, 6, 7, 8, 69] },
};

let ours: WrittenConfiguration;
let quick: string;
let whole: string;
/** After an undisturbed `apply --no-wait`, and after one that waits. */
let calm: { readonly quick: Calm; readonly whole: Calm };

interface Calm {
  readonly state: State;
  readonly sent: readonly Site[];
}

beforeAll(async () => {
  ours = await writeConfiguration();
  whole = `apply --yes -f ${ours.file} -o json`;
  quick = `${whole} --no-wait`;
  calm = { quick: await undisturbed(quick), whole: await undisturbed(whole) };
}, patience);

afterAll(async () => {
  await tell('fault', rows);
  await ours?.remove();
});

describe('a fault', () => {
  it('on one request of an apply is got over; a token that is refused is told', { timeout: patience }, async () => {
    const sites = requestFaults.flatMap((fault) =>
      distinct(calm.quick.sent, 2)
        .filter((site) => concerns(fault, site))
        .map((site) => ({ fault, site })),
    );
    const chosen = [...new Set([...sites.filter(isDelicate), ...sampled(sites, 6)])];

    const wrong: string[] = [];
    for (const { fault, site } of chosen) {
      const same = ({ call, time }: Site) => call === site.call && time === site.time;
      const wires = (it3: Harness) => struckAt(fault, same, it3.clock);
      const what = `${fault} on ${site.call} for the ${site.time}. time`;
      const sayable = fault === 'expired-token' ? fault : 'nothing';
      wrong.push(...(await getOver(quick, wires, calm.quick.state, sayable, what)));
    }

    expect(calm.quick.sent.length).toBeGreaterThan(50);
    expect(wrong).toEqual([]);
    rows.push({ what: 'fault × call of apply', tried: chosen.length, of: sites.length, bad: { lost: 0, stuck: 0 } });
  });

  it.each(['reset', 'conflict'] as const)(
    '%s on the first renewal of the lock does not lose it',
    { timeout: patience },
    async (fault) => {
      // In true time, so that an apply is long enough for a renewal.
      const ran = await inSandbox(async (it3) => {
        const renewal = ({ call, time }: Site) => call.startsWith('PUT') && call.includes('/leases/') && time === 1;
        const wires = struckAt(fault, renewal, it3.clock);
        const { exitCode, report } = await it3.run(whole, { wires });
        return { exitCode, problems: report.problems, struck: wires.sent.some(renewal), left: orphansIn(it3.sandbox) };
      }, 1);

      expect(ran).toEqual({ exitCode: 0, problems: [], struck: true, left: [] });
      rows.push({ what: `${fault} on a renewal of the lock`, tried: 1, bad: { lost: 0, stuck: 0 } });
    },
  );

  it('that stays ends the run with its reason; when it has gone, the next run does it', {
    timeout: patience,
  }, async () => {
    const lasting = requestFaults.filter((fault) => fault !== 'latency' && fault !== 'slow-webhook');
    const sites = lasting.flatMap((fault) => distinct(calm.quick.sent, 1).map((site) => ({ fault, site })));
    const chosen = sampled(sites, 4);

    const wrong: string[] = [];
    for (const { fault, site } of chosen) {
      const number = calm.quick.sent.indexOf(site) + 1;
      const wires = (it3: Harness) => struckAt(fault, (_, at) => at >= number, it3.clock);
      const what = `${fault} from request ${number} on (${site.call})`;
      wrong.push(...(await getOver(quick, wires, calm.quick.state, fault, what)));
    }

    expect(wrong).toEqual([]);
    rows.push({
      what: 'fault that stays × call of apply',
      tried: chosen.length,
      of: sites.length,
      bad: { lost: 0, stuck: 0 },
    });
  });
});

describe('a mixture of faults', () => {
  it.each([0.05, 0.2])(
    'on %d of all requests is got over, or told and then got over',
    { timeout: patience },
    async (share) => {
      const next = random(seed);
      const seeds = upTo(often(1, 25)).map(() => Math.floor(next() * 1e9));

      const wrong: string[] = [];
      for (const one of seeds) {
        const wires = (it3: Harness) => mixture(share, one, it3.clock);
        wrong.push(...(await getOver(whole, wires, calm.whole.state, 'mixture', `mixture ${share} by seed ${one}`)));
      }

      expect(wrong).toEqual([]);
      rows.push({ what: `mixture of ${share * 100} %`, tried: seeds.length, bad: { lost: 0, stuck: 0 } });
    },
  );
});

/** What is not as it should be after a run with a fault and, where that has not done it all, one without. */
async function getOver(
  line: string,
  wires: (it3: Harness) => Wires,
  wanted: State,
  fault: Sayable,
  what: string,
): Promise<string[]> {
  return inSandbox(async (it3) => {
    const first = await it3.run(line, { wires: wires(it3) });
    const told = first.exitCode === 0 ? [] : unfit(first, fault);
    const again = first.exitCode === 0 ? first : await it3.run(line);
    await it3.pass(6);

    const wrong = [
      ...told,
      ...(again.exitCode === 0 ? [] : [`without the fault: exit ${again.exitCode} ${again.stdout} ${again.stderr}`]),
      ...(first.exitCode === 0 ? [] : orphansIn(it3.sandbox).map((name) => `orphan: ${name}`)),
      ...differences(wanted, stateOf(it3.sandbox)),
    ];
    return wrong.map((text) => `${what}: ${text}`);
  });
}

/** Why the end of a run is not one a person can act on. */
function unfit({ exitCode, report, stderr }: Ran, fault: Sayable): string[] {
  const { codes, exits } = sayings[fault];
  const problems = report.problem === undefined ? report.problems : [report.problem];
  const strange = problems.filter(({ code }) => !codes.test(code)).map(({ code, what }) => `${code}: ${what}`);
  return [
    ...(exits.includes(exitCode) ? [] : [`exit ${exitCode} ${problems.map(({ code }) => code).join(' ')} ${stderr}`]),
    ...(problems.length === 0 && exitCode !== 7 ? ['ended without a reason'] : []),
    ...strange,
  ];
}

/** Each call, as often as told: what a run asks again and again while it waits is no new place to fail at. */
function distinct(sent: readonly Site[], times: number): readonly Site[] {
  return sent.filter(({ time }) => time <= times);
}

/** Tried in every run: the answer of a first write is lost, and a first create ends in an error of the server. */
function isDelicate({ fault, site }: { readonly fault: RequestFault; readonly site: Site }): boolean {
  const { call, time } = site;
  if (time > 1 || call.includes('selfsubject') || call.includes('dry run')) return false;
  if (fault === 'server-error') return call.startsWith('POST');
  return fault === 'reset' ? /^(POST|PUT|PATCH)/.test(call) : fault === 'conflict' && call.startsWith('PATCH');
}

async function undisturbed(line: string): Promise<Calm> {
  return inSandbox(async (it3) => {
    const counting = struckAt('latency', () => false, it3.clock);
    const { exitCode } = await it3.run(line, { wires: counting });
    if (exitCode !== 0) throw new Error(`an undisturbed run ended with ${exitCode}`);
    await it3.pass(6);
    return { state: stateOf(it3.sandbox), sent: counting.sent };
  });
}

async function inSandbox<T>(work: (it3: Harness) => Promise<T>, speed = 60): Promise<T> {
  const it3 = await createHarness({ ...small, speed });
  try {
    await settleOthers(it3);
    return await work(it3);
  } finally {
    await it3.stop();
  }
}
