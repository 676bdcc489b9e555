/** Who leads, and by what. */
import * as grafana from '@grafana/grafana-foundation-sdk/dashboard';
import { environment, exercise, nameParts, tags } from './contest.ts';
import { type Board, columns, lines, ranking, rows, sortedBy, third, twoThirds, whole } from './parts.ts';

const scoreNow = 'max by (user) (opencodequest_leaderboard_score:$environment)';
/** How many are called to the stage. */
const winners = 30;

const done = { type: grafana.MappingType.ValueToText, options: { 0: { text: '·' }, 1: { text: '✔', color: 'green' } } };

const progress = rows({
  title: 'Progress per exercise and environment',
  description: '✔ once everything the exercise needs is there in that environment.',
  unit: 'none',
  asks: [
    {
      expr: `max by (user, step) (${nameParts(`opencodequest_leaderboard_(\${exercise:pipe}):.+`, 'step', '$1 $2', 'opencodequest_leaderboard_(.+):(.+)')})`,
    },
  ],
})
  .mappings([done as grafana.ValueMapping])
  .withTransformation({
    id: 'groupingToMatrix',
    options: { columnField: 'step', rowField: 'user', valueField: 'Value', emptyValue: 'null' },
  });

const finalRanking = rows({
  title: 'Final ranking',
  description: 'At the end of the time shown: set it to the end of the contest.',
  unit: 'none',
  decimals: 2,
  asks: [{ expr: `topk(${winners}, max by (user, cluster) (opencodequest_leaderboard_score:$environment))` }],
})
  .withTransformation(sortedBy('Value'))
  .withTransformation({
    id: 'calculateField',
    options: { mode: 'index', alias: 'Rank', index: { asPercentile: false } },
  })
  .withTransformation(columns({ Rank: 'Rank', user: 'Participant', cluster: 'Cluster', Value: 'Points' }))
  .overrideByName('Rank', [
    { id: 'decimals', value: 0 },
    { id: 'custom.width', value: 70 },
  ]);

export const leaderboard: Board = {
  uid: 'opencodequest-leaderboard',
  title: 'Open Code Quest leaderboard',
  description: 'Who leads, and by what.',
  tags,
  from: 'now-3h',
  variables: [environment, exercise],
  panels: [
    third(
      ranking({
        title: 'Ranking',
        unit: 'none',
        decimals: 1,
        asks: [{ expr: `sort_desc(topk(${winners}, ${scoreNow}))`, legend: '{{user}}' }],
      }),
      18,
    ),
    twoThirds(
      lines(
        { title: 'Points over time', unit: 'none', decimals: 1, asks: [{ expr: scoreNow, legend: '{{user}}' }] },
        { wide: true },
      ),
      18,
    ),
    twoThirds(progress, 16),
    third(finalRanking, 16),
    whole(
      lines({
        title: 'How many have finished',
        unit: 'none',
        decimals: 0,
        asks: [
          {
            expr: `sum by (exercise) (${nameParts(`opencodequest_leaderboard_(\${exercise:pipe}):$environment`, 'exercise', '$1', 'opencodequest_leaderboard_(.+):.+')})`,
            legend: '{{exercise}}',
          },
        ],
      }),
      8,
    ),
  ],
};
