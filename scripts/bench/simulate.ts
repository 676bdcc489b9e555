/** How fast a contest is played on the real engine, against the time it takes in life. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  const play = (scenario: string) => {
    const args = ['rules', 'simulate', 'leaderboard', '--scenario', scenario, '--promtool', promtool];
    return timed(process.execPath, [program, ...args], bareEnvironment());
  };
  try {
    const four = await medianOf(5, () => play('dry-run'));
    const many = await medianOf(3, () => play(crowd));
    return [figure('4 people, median of 5', four, 2), figure('96 people, median of 3', many, 10)];
  } finally {
    await rm(folder, { recursive: true });
  }
}

function figure(name: string, milliseconds: number, limit: number): Figure {
  const seconds = milliseconds / 1000;
  return {
    name: `\`rules simulate\`, a contest of 2 h 30 min, ${name}`,
    measured: `${seconds.toFixed(2)} s`,
    target: `≤ ${limit} s`,
    met: seconds <= limit,
    alternative: 'the contest itself',
    ratio: `${Math.round(contestSeconds / seconds)} × real time`,
    command: 'acm-observability rules simulate leaderboard --scenario dry-run',
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
