/**
 * What the dashboards of the leaderboard pack share. Exercises and environments are parameters of the pack, so the dashboards
 * learn them from the names of its series: they go on working for a contest of others.
 */
import { choice } from './parts.ts';

const score = '{__name__=~"opencodequest_leaderboard_score:.+"}';
export const environment = choice({
  name: 'environment',
  label: 'Environment',
  query: `label_values(${score}, __name__)`,
  regex: '/^opencodequest_leaderboard_score:(.+)$/',
  // prod, preprod, dev: the last one of a pipeline first.
  sort: 'down',
});
export const exercise = choice({
  name: 'exercise',
  label: 'Exercise',
  query: 'label_values({__name__=~"opencodequest_leaderboard_.+_accelerator:.+"}, __name__)',
  regex: '/^opencodequest_leaderboard_(.+)_accelerator:/',
  several: true,
});
export const tags = ['open-code-quest'];

/** Every series of a pattern, a part of its name as a label. */
export const nameParts = (name: string, label: string, value: string, part: string): string =>
  `label_replace({__name__=~"${name}"}, "${label}", "${value}", "__name__", "${part}")`;
