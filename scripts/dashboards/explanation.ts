/** The parts of one participant’s score. */
import * as common from '@grafana/grafana-foundation-sdk/common';
import { environment, exercise, tags } from './contest.ts';
import { type Board, choice, half, lines, numbers, ranking, third, twoThirds } from './parts.ts';

const user = choice({
  name: 'user',
  label: 'Participant',
  query: 'label_values(opencodequest_leaderboard_score:$environment, user)',
});

const part = (name: 'lifetime_bonus' | 'accelerator' | 'onetime_bonus', legend: string): string =>
  `max by (part) (label_replace({__name__=~"opencodequest_leaderboard_(\${exercise:pipe})_${name}:$environment", user="$user"}, "part", "$1 ${legend}", "__name__", "opencodequest_leaderboard_(.+)_${name}:.+"))`;

const finishedAt = `max by (exercise) (label_replace({__name__=~"opencodequest_leaderboard_(\${exercise:pipe})_first:$environment", user="$user"}, "exercise", "$1", "__name__", "opencodequest_leaderboard_(.+)_first:.+"))`;

export const explanation: Board = {
  uid: 'opencodequest-explanation',
  title: 'Open Code Quest: a score explained',
  description:
    'The parts of one participant’s score: for each exercise a bonus, and what has grown since it was finished.',
  tags,
  from: 'now-3h',
  variables: [environment, exercise, user],
  panels: [
    third(
      numbers({
        title: 'Score of $user',
        unit: 'none',
        decimals: 1,
        asks: [{ expr: 'max(opencodequest_leaderboard_score:$environment{user="$user"})', legend: 'points' }],
      }),
      8,
    ),
    twoThirds(
      numbers({
        title: 'Finished at',
        description: 'The first moment everything the exercise needs was there.',
        unit: 'dateTimeAsIso',
        asks: [{ expr: `1000 * ${finishedAt}`, legend: '{{exercise}}' }],
      }).noValue('not yet'),
      8,
    ),
    twoThirds(
      lines(
        {
          title: 'The parts of the score',
          description:
            'Bonus: the points of the exercise, more when early, less when late. Growth: one point every five minutes since.',
          unit: 'none',
          decimals: 1,
          asks: [
            { expr: part('lifetime_bonus', 'bonus'), legend: '{{part}}' },
            { expr: part('accelerator', 'growth'), legend: '{{part}}' },
          ],
        },
        { stacked: true, wide: true },
      ),
      14,
    ),
    third(
      ranking({
        title: 'The parts now',
        unit: 'none',
        decimals: 1,
        asks: [
          { expr: part('lifetime_bonus', 'bonus'), legend: '{{part}}' },
          { expr: part('accelerator', 'growth'), legend: '{{part}}' },
        ],
      }),
      14,
    ),
    half(
      lines({
        title: 'The bonus, at the moment it is earned',
        unit: 'none',
        decimals: 1,
        asks: [{ expr: part('onetime_bonus', 'bonus'), legend: '{{part}}' }],
      }).drawStyle(common.GraphDrawStyle.Bars),
      10,
    ),
    half(
      lines({
        title: 'What is there',
        description: 'The conditions as the cluster tells them: 1 when met.',
        unit: 'none',
        decimals: 0,
        asks: [
          {
            expr: `max by (condition) (label_replace({__name__=~"opencodequest_(\${exercise:pipe})_(quarkus_pod:$environment|db_pod:$environment|pipeline)", user="$user"}, "condition", "$1 $2", "__name__", "opencodequest_(.+)_(quarkus_pod|db_pod|pipeline).*"))`,
            legend: '{{condition}}',
          },
        ],
      }),
      10,
    ),
  ],
};
