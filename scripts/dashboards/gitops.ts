/** The dashboard of the gitops pack. */
import { type Board, choice, columns, half, lines, numbers, ranking, rows, third, twoThirds, whole } from './parts.ts';

const cluster = choice({
  name: 'cluster',
  label: 'Cluster',
  query: 'label_values(gitops:applications:count, cluster)',
  several: true,
});
const chosen = 'cluster=~"$cluster"';

export const gitops: Board = {
  uid: 'acm-gitops',
  title: 'GitOps across the fleet',
  description: 'Argo CD applications: which are not healthy, which are not what Git says.',
  tags: ['gitops'],
  from: 'now-24h',
  variables: [cluster],
  panels: [
    third(
      numbers({
        title: 'Applications',
        unit: 'none',
        asks: [{ expr: `sum by (health_status) (gitops:applications:count{${chosen}})`, legend: '{{health_status}}' }],
      }),
      9,
    ),
    twoThirds(
      ranking({
        title: 'Healthy and in sync, by cluster (worst first)',
        unit: 'percentunit',
        decimals: 0,
        asks: [{ expr: `bottomk(20, gitops:applications_healthy:ratio{${chosen}})`, legend: '{{cluster}}' }],
      }).max(1),
      9,
    ),
    half(
      lines(
        {
          title: 'Health over time',
          unit: 'none',
          decimals: 0,
          asks: [
            { expr: `sum by (health_status) (gitops:applications:count{${chosen}})`, legend: '{{health_status}}' },
          ],
        },
        { stacked: true },
      ),
      10,
    ),
    half(
      lines(
        {
          title: 'Sync over time',
          unit: 'none',
          decimals: 0,
          asks: [{ expr: `sum by (sync_status) (gitops:applications:count{${chosen}})`, legend: '{{sync_status}}' }],
        },
        { stacked: true },
      ),
      10,
    ),
    whole(
      rows({
        title: 'Applications that need somebody',
        unit: 'none',
        asks: [
          {
            expr: `max by (cluster, namespace, name, health_status, sync_status) (argocd_app_info{${chosen}, health_status!="Healthy"} or argocd_app_info{${chosen}, sync_status!="Synced"})`,
          },
        ],
      })
        .withTransformation(
          columns(
            {
              cluster: 'Cluster',
              namespace: 'Namespace',
              name: 'Application',
              health_status: 'Health',
              sync_status: 'Sync',
            },
            ['Value'],
          ),
        )
        .noValue('None: everything is healthy and in sync.'),
      12,
    ),
  ],
};
