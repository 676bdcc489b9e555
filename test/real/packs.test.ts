/** Packs on the real Prometheus engine: their own tests, the rehearsal's story, and scores against plain arithmetic. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { registry } from '../../src/cli/registry.ts';
import { type OpenedPack, openPack, shippedPacks } from '../../src/packs/load.ts';
import { leadSeconds } from '../../src/packs/simulate/chain.ts';
import { type Played, play } from '../../src/packs/simulate/play.ts';
import type { RuleEngine } from '../../src/packs/simulate/promtool.ts';
import { readScenario } from '../../src/packs/simulate/scenario.ts';
import { playedText } from '../../src/render/simulation.ts';
import { testShell } from '../cli/shell.ts';
import { need } from './servers/locate.ts';

const needed = need('promtool');
const promtool = needed.have ? needed.paths.promtool : '';

async function run(line: string) {
  const shell = testShell({ cwd: process.cwd(), env: { PATH: process.env.PATH ?? '' } });
  const exitCode = await runProgram([...line.split(' '), '--promtool', promtool], registry, shell);
  return { exitCode, ...shell.told };
}

const engine: RuleEngine = async ({ rules, test }) => {
  const folder = await mkdtemp(join(tmpdir(), 'simulate-'));
  await writeFile(join(folder, 'rules.yaml'), rules);
  await writeFile(join(folder, 'test.yaml'), test);
  const output = await new Promise<string>((done) => {
    const how = { maxBuffer: 1 << 30, env: { ...process.env, GOGC: '400' } };
    execFile(promtool, ['test', 'rules', join(folder, 'test.yaml')], how, (_, stdout, stderr) => done(stdout + stderr));
  });
  await rm(folder, { recursive: true });
  return output;
};

async function open(parameters: Record<string, unknown> = {}): Promise<OpenedPack> {
  const found = await openPack('leaderboard', { start: leadSeconds, ...parameters });
  if ('issues' in found) throw new Error('the leaderboard does not open');
  return found.opened;
}

/** What somebody is told in the scenarios of the packs. */
const expectedAlerts: Readonly<Record<string, readonly string[]>> = {
  energy: ['EnergyBudgetExceeded paris'],
  gitops: ['ApplicationDegraded paris', 'ApplicationOutOfSync rome'],
  'golden-signals': ['GoldenErrorsHigh paris', 'GoldenLatencyHigh paris', 'GoldenSaturated paris'],
  leaderboard: [],
};

/** Which alerts fired, on which cluster. */
function alerts({ series }: Played): string[] {
  const fired = series.filter(({ name, labels }) => name === 'ALERTS' && labels.alertstate === 'firing');
  return [...new Set(fired.map(({ labels }) => `${labels.alertname} ${labels.cluster}`))].sort();
}

/** Who leads at a minute, by the score in prod. */
function leaderAt(played: Played, minute: number): string | undefined {
  const scores = played.series
    .filter(({ name }) => name === 'opencodequest_leaderboard_score:prod')
    .map(({ labels, points }) => ({
      user: labels.user,
      score: points.find(([time]) => time === minute * 60)?.[1] ?? 0,
    }))
    .sort((a, b) => b.score - a.score);
  return scores[0]?.user;
}

describe.skipIf(!needed.have)(`packs on the real engine${needed.note}`, () => {
  it('every pack that is shipped passes its own tests', async () => {
    const packs = (await shippedPacks()).map(({ name }) => name);

    const { exitCode, stdout } = await run(`rules test ${packs.join(' ')}`);

    expect(stdout).toMatch(/, 0 failed\.|passed, 0 failed/);
    expect(exitCode).toBe(0);
  });

  it('every scenario of every pack that is shipped is played, and the table alone says what the whole play says', async () => {
    for (const { name } of await shippedPacks()) {
      const found = await openPack(name, {}, { examples: true });
      const folder = 'opened' in found ? found.opened.pack.folder : '';
      for (const file of await readdir(join(folder, 'scenarios'))) {
        const line = `rules simulate ${name} --scenario ${file.replace('.yaml', '')}`;
        const { exitCode, stdout } = await run(`${line} -o json`);
        const alone = await run(line);

        const played: Played = JSON.parse(stdout);
        expect(exitCode, line).toBe(0);
        expect(played.table.length, line).toBeGreaterThan(1);
        expect(alerts(played), line).toEqual(expectedAlerts[name]);
        expect(alone.stdout).toBe(playedText(played));
      }
    }
  });

  it('the rehearsal tells its story: Catwoman leads, Batman overtakes, Catwoman comes back, Batman wins', async () => {
    const opened = await open();
    const file = join(opened.pack.folder, 'scenarios/dry-run.yaml');
    const scenario = readScenario(
      file,
      await readFile(file, 'utf8'),
      opened.source.simulation ?? { always: [], events: [], table: '' },
    );

    const [played] = await play(opened, [scenario], { collectionSeconds: 300, stepSeconds: 300, engine, cores: 2 });

    expect([60, 80, 95, 145].map((minute) => leaderAt(played as Played, minute))).toEqual([
      'catwoman',
      'batman',
      'catwoman',
      'batman',
    ]);
    expect(played?.table.map(({ labels }) => labels.user)).toEqual(['batman', 'catwoman', 'superman', 'invisibleman']);
  });

  it.each([
    { days: 4, collection: 300, evaluation: 300 },
    { days: 1, collection: 120, evaluation: 60 },
  ])(
    'scores of $days × 50 generated contests are those of plain arithmetic, whatever flaps, is silent or stands: pushes every $collection s, groups every $evaluation s',
    async (pace) => {
      const { collection, evaluation } = pace;
      const environments = [{ name: 'prod', sharedDatabase: true }];
      const opened = await open({ environments, interval: `${evaluation}s` });
      const days = fc.sample(day, { numRuns: pace.days, seed: 6 });
      const words = opened.source.simulation ?? { always: [], events: [], table: '' };
      const scenarios = days.map((one) => readScenario('generated', JSON.stringify(told(one)), words));

      const how = { collectionSeconds: collection, stepSeconds: length * 60, engine, cores: 2 };
      const played = await play(opened, scenarios, how);

      const simulated = played.map(({ table }) =>
        Object.fromEntries(table.map(({ labels, value }) => [labels.user, rounded(value)])),
      );
      const computed = days.map((one) =>
        Object.fromEntries(peopleOf(one).map(({ name, person }) => [name, rounded(scoreOf(one, person, pace))])),
      );
      expect(days.flatMap(({ contests }) => contests)).toHaveLength(50 * pace.days);
      expect(simulated).toEqual(computed);
    },
  );

  it('rules simulate prints the table and writes a page without any address in it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'report-'));

    const { exitCode, stdout } = await run(
      `rules simulate leaderboard --scenario dry-run --report ${join(folder, 'race.html')} --csv ${join(folder, 'race.csv')}`,
    );

    const page = await readFile(join(folder, 'race.html'), 'utf8');
    const csv = await readFile(join(folder, 'race.csv'), 'utf8');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/1\s+quest-1\s+batman/);
    expect(page).toContain('uPlot');
    expect(page.replace(/http:\/\/www\.w3\.org\/\S*/g, '')).not.toMatch(
      /(?:src|href)=["']https?:|@import|fetch\(|XMLHttp/,
    );
    expect(csv).toContain('opencodequest_leaderboard_score:prod');
    await rm(folder, { recursive: true });
  });
});

/** Minutes. */
const length = 150;
/** Seconds between two pushes, and between two evaluations. */
interface Pace {
  readonly collection: number;
  readonly evaluation: number;
}
const exercises = [
  { name: 'hero', points: 55, due: 55 },
  { name: 'villain', points: 25, due: 85 },
  { name: 'fight', points: 29, due: 130 },
] as const;

interface Person {
  /** Minute of finishing each exercise, and how long after that its program is away for how long. */
  readonly done: readonly ({ readonly at: number; readonly flapAfter: number; readonly flapFor: number } | null)[];
  readonly cluster: number;
}

/** Fifty contests on the same clusters, under the same ruler. */
interface Day {
  readonly contests: readonly (readonly Person[])[];
  readonly silences: readonly { readonly cluster: number; readonly at: number; readonly for: number }[];
  readonly stops: readonly { readonly at: number; readonly for: number }[];
}

const moment = fc.integer({ min: 1, max: length - 5 });
const briefly = fc.integer({ min: 1, max: 25 });
const cluster = fc.integer({ min: 0, max: 3 });
const person: fc.Arbitrary<Person> = fc.record({
  done: fc.tuple(...exercises.map(() => fc.option(fc.record({ at: moment, flapAfter: briefly, flapFor: briefly })))),
  cluster,
});
const day: fc.Arbitrary<Day> = fc.record({
  contests: fc.array(fc.array(person, { minLength: 1, maxLength: 3 }), { minLength: 50, maxLength: 50, size: 'max' }),
  silences: fc.array(fc.record({ cluster, at: moment, for: briefly }), { minLength: 3, maxLength: 6 }),
  // Over before the end: while the ruler stands there is no score to compare.
  stops: fc.array(fc.record({ at: fc.integer({ min: 1, max: 120 }), for: briefly }), { minLength: 1, maxLength: 3 }),
});

function peopleOf({ contests }: Day): { readonly name: string; readonly person: Person }[] {
  return contests.flatMap((people, contest) => people.map((one, at) => ({ name: `c${contest}p${at}`, person: one })));
}

function told(one: Day): object {
  const people = peopleOf(one);
  return {
    title: 'Generated',
    length: `${length}m`,
    participants: Object.fromEntries(people.map(({ name, person }) => [name, `c${person.cluster}`])),
    events: [
      ...people.flatMap(({ name, person }) =>
        person.done.flatMap((done, which) =>
          done === null
            ? []
            : [
                `exercises.${exercises[which]?.name} done at ${done.at}m by ${name}`,
                `exercises.${exercises[which]?.name} flaps at ${done.at + done.flapAfter}m for ${done.flapFor}m by ${name}`,
              ],
        ),
      ),
      ...one.silences.map((span) => `cluster c${span.cluster} silent at ${span.at}m for ${span.for}m`),
      ...one.stops.map((span) => `ruler stopped at ${span.at}m for ${span.for}m`),
    ],
  };
}

/** The score at the end, without any PromQL: when the hub first sees each exercise finished, and what that is worth. */
function scoreOf(all: Day, one: Person, { collection, evaluation }: Pace): number {
  const { silences, stops } = all;
  const clusters = [...new Set(peopleOf(all).map(({ person }) => person.cluster))];
  const phase = (clusters.indexOf(one.cluster) * 60) % collection;
  const lookback = Math.max(2 * collection, 300);
  const end = length * 60;
  const inSpan = (time: number, span: { at: number; for: number }) =>
    time >= span.at * 60 && time < (span.at + span.for) * 60;
  const arrived = (time: number) => !silences.some((span) => span.cluster === one.cluster && inSpan(time, span));
  const finished = (which: number, time: number) => {
    const done = one.done[which];
    return done != null && time >= done.at * 60 && !inSpan(time, { at: done.at + done.flapAfter, for: done.flapFor });
  };
  const first = (which: number): number | undefined => {
    for (let time = 0; time <= end; time += evaluation) {
      if (stops.some((span) => inSpan(time, span))) continue;
      // What the hub sees: the latest push that arrived, for two intervals and at least five minutes.
      let push = Math.floor((time - phase) / collection) * collection + phase;
      while (time - push <= lookback && !arrived(push)) push -= collection;
      if (time - push <= lookback && finished(which, push)) return time;
    }
    return undefined;
  };
  return exercises.reduce((sum, { points, due }, which) => {
    const at = first(which);
    return at === undefined ? sum : sum + points + (due * 60 - at) / 300 + (end - at) / 300;
  }, 0);
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
