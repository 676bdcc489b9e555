/** How fast a contest is played on the real engine, against the time it takes in life. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { locate } from '../../test/real/servers/locate.ts';
import type { Figure } from './document.ts';
import { bareEnvironment, medianOf, program, timed } from './process.ts';

const contestSeconds = 150 * 60;

/** @throws Error where there is no promtool. */
export async function simulateFigures(): Promise<Figure[]> {
  const promtool = locate('promtool')?.path;
  if (promtool === undefined)
    throw new Error('no promtool: on the PATH, or made by `npm run real-servers -- promtool`');
  const folder = await mkdtemp(join(tmpdir(), 'bench-simulate-'));
  const crowd = join(folder, 'crowd.yaml');
  await writeFile(crowd, JSON.stringify(contestOf(96)));
  const page = join(folder, 'race.html');
  const played = async (what: string, scenario: string, times: number, limit: number): Promise<Figure[]> => {
    const figures: Figure[] = [];
    for (const [how, more] of [
      ['', []],
      [' with its page', ['--report', page]],
    ] as const) {
      const args = ['rules', 'simulate', 'leaderboard', '--scenario', scenario, '--promtool', promtool, ...more];
      const time = await medianOf(times, () => timed(process.execPath, [program, ...args], bareEnvironment()));
      figures.push(figure(`${what}${how}, median of ${times}`, time, limit, [scenario, ...more]));
    }
    return figures;
  };
  try {
    return [...(await played('4 people', 'dry-run', 5, 2)), ...(await played('96 people', crowd, 3, 10))];
  } finally {
    await rm(folder, { recursive: true });
  }
}

function figure(name: string, milliseconds: number, limit: number, how: readonly string[]): Figure {
  const seconds = milliseconds / 1000;
  return {
    name: `\`rules simulate\`, a contest of 2 h 30 min, ${name}`,
    measured: `${seconds.toFixed(2)} s`,
    target: `≤ ${limit} s`,
    met: seconds <= limit,
    alternative: 'the contest itself',
    ratio: `${Math.round(contestSeconds / seconds)} × real time`,
    command: `acm-observability rules simulate leaderboard --scenario ${how.map((one) => basename(one)).join(' ')}`,
  };
}

/** Everybody finishes everything, one after the other, on four clusters. */
function contestOf(count: number): object {
  const people = Array.from({ length: count }, (_, at) => ({ name: `p${at}`, cluster: `quest-${at % 4}`, at }));
  return {
    title: 'A crowd',
    length: `${contestSeconds / 60}m`,
    participants: Object.fromEntries(people.map(({ name, cluster }) => [name, cluster])),
    events: people.flatMap(({ name, at }) => [
      `exercises.hero done at ${30 + (at % 40)}m by ${name}`,
      `exercises.villain done at ${75 + (at % 30)}m by ${name}`,
      `exercises.fight done at ${110 + (at % 38)}m by ${name}`,
    ]),
  };
}
