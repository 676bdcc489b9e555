/** The steps, in the order they are told. When each runs follows from what it requires. */
import type { Config } from '../src/config/config.ts';
import type { Context } from '../src/context.ts';
import type { Step } from '../src/engine/step.ts';
import { addonMetrics } from './addon-metrics.ts';
import { allowlist } from './allowlist.ts';
import { bucket } from './bucket.ts';
import { dashboards } from './dashboards.ts';
import { grafanaDev } from './grafana-dev.ts';
import { namespace } from './namespace.ts';
import { observability } from './observability.ts';
import { pullSecret } from './pull-secret.ts';
import { rulerRules } from './ruler-rules.ts';
import { thanosSecret } from './thanos-secret.ts';
import { userWorkloadMonitoring } from './user-workload-monitoring.ts';
import { userWorkloadPolicy } from './user-workload-policy.ts';

export const steps: readonly Step<Context>[] = [
  namespace,
  pullSecret,
  bucket,
  thanosSecret,
  allowlist,
  rulerRules,
  dashboards,
  observability,
  userWorkloadPolicy,
  addonMetrics,
  userWorkloadMonitoring,
  grafanaDev,
];

/** What several configurations may bring to one hub, each its own. */
const content: readonly Step<Context>[] = [allowlist, rulerRules, dashboards, addonMetrics];

/** The steps of a configuration: a team's says nothing about the installation. */
export function stepsOf({ team }: Pick<Config, 'team'>): readonly Step<Context>[] {
  return team === undefined ? steps : steps.filter((step) => content.includes(step));
}
