/** For whoever runs the contest: whether its data arrives. */
import * as grafana from '@grafana/grafana-foundation-sdk/dashboard';
import { environment, exercise, nameParts, tags } from './contest.ts';
import { type Board, choice, half, limits, lines, numbers, ranking, third } from './parts.ts';

/** One series of each participant on each cluster, sent with every push. */
const probe = choice({
  name: 'probe',
  label: 'Probe',
  query: 'label_values({__name__=~"opencodequest_.+_pipeline"}, __name__)',
  hidden: true,
});
/** Of the last hour: a cluster that fell silent stays on the page, and ages. */
const dataAge = 'time() - max by (cluster) (max_over_time(timestamp($probe)[1h:1m]))';

export const operator: Board = {
  uid: 'opencodequest-operator',
  title: 'Open Code Quest: operator',
  description: 'Whether the data of the contest arrives: look here before anybody complains about a score.',
  tags,
  from: 'now-1h',
  variables: [environment, exercise, probe],
  panels: [
    half(
      ranking({
        title: 'Age of the data, by cluster',
        description:
          'Pushes are five minutes apart unless the interval was changed; beyond two of them a score is late.',
        unit: 's',
        decimals: 0,
        asks: [{ expr: dataAge, legend: '{{cluster}}' }],
      })
        .colorScheme(new grafana.FieldColorBuilder().mode(grafana.FieldColorModeId.Thresholds))
        .thresholds(limits(420, 660)),
      10,
    ),
    half(
      lines({ title: 'Age of the data', unit: 's', decimals: 0, asks: [{ expr: dataAge, legend: '{{cluster}}' }] }),
      10,
    ),
    third(
      numbers({
        title: 'Participants seen',
        unit: 'none',
        asks: [{ expr: 'count by (cluster) (group by (cluster, user) ($probe))', legend: '{{cluster}}' }],
      }),
      8,
    ),
    third(
      numbers({
        title: 'Scores computed',
        description: 'As many as participants: fewer means that somebody was never seen in that environment.',
        unit: 'none',
        asks: [
          {
            expr: `count by (environment) (${nameParts('opencodequest_leaderboard_score:.+', 'environment', '$1', 'opencodequest_leaderboard_score:(.+)')})`,
            legend: '{{environment}}',
          },
        ],
      }),
      8,
    ),
    third(
      numbers({
        title: 'Age of the scores',
        description: 'Older than two intervals of the group: the ruler does not evaluate.',
        unit: 's',
        decimals: 0,
        asks: [
          {
            expr: 'time() - max(max_over_time(timestamp(opencodequest_leaderboard_score:$environment)[1h:1m]))',
            legend: 'scores',
          },
        ],
      }),
      8,
    ),
    half(
      lines({
        title: 'Conditions met',
        unit: 'none',
        decimals: 0,
        asks: [
          {
            expr: `sum by (condition) (${nameParts(`opencodequest_(\${exercise:pipe})_(quarkus_pod:$environment|db_pod:$environment|pipeline)`, 'condition', '$1 $2', 'opencodequest_(.+)_(quarkus_pod|db_pod|pipeline).*')})`,
            legend: '{{condition}}',
          },
        ],
      }),
      10,
    ),
    half(
      lines({
        title: 'Series sent, by cluster',
        unit: 'none',
        decimals: 0,
        asks: [
          {
            expr: 'count by (cluster) ({__name__=~"opencodequest_.+_(quarkus_pod:.+|db_pod:.+|pipeline)"})',
            legend: '{{cluster}}',
          },
        ],
      }),
      10,
    ),
  ],
};
