/** The hops of `verify`, in the order a metric travels (cli.md "Steps and hops"). */
import type { Context } from '../context.ts';
import type { Check } from '../engine/step.ts';
import { addon } from './addon.ts';
import { alerts } from './alerts.ts';
import { arrive, clocks } from './arrival.ts';
import { certificates, hashring, images, scraped } from './belongings.ts';
import { collector, configuration, reach, uwm } from './cluster.ts';
import { dashboardsHop, rules } from './content.ts';
import { acm, query, workloads } from './hub.ts';
import { inventory } from './inventory.ts';
import { listsHop } from './lists.ts';
import { packs } from './packs.ts';
import { settings } from './settings.ts';
import { signed } from './signing.ts';
import { stack } from './stack.ts';
import { loaded, store } from './store.ts';
import { operator, route, ruler } from './upkeep.ts';
import { wiring } from './wiring.ts';

/** What has to hold for metrics to arrive: `apply` ends with these, `wait` waits for them. */
export const proof: readonly Check<Context>[] = [
  acm,
  store,
  workloads,
  query,
  rules,
  dashboardsHop,
  packs,
  reach,
  addon,
  collector,
  uwm,
  configuration,
  arrive,
];

/** The step that brings a hop about: with the step left out of a run, the run does not wait for the hop. */
export const broughtBy: Readonly<Record<string, string>> = {
  acm: 'observability',
  store: 'thanos-secret',
  rules: 'ruler-rules',
  dashboards: 'dashboards',
  packs: 'allowlist',
  uwm: 'user-workload-monitoring',
};

/** All of them: also what will not last, and what is wrong beside the way. */
export const hops: readonly Check<Context>[] = [
  acm,
  operator,
  settings,
  images,
  certificates,
  scraped,
  wiring,
  store,
  loaded,
  listsHop,
  workloads,
  route,
  alerts,
  hashring,
  query,
  inventory,
  ruler,
  ...proof.slice(proof.indexOf(rules)).flatMap((hop) => (hop === addon ? [signed, hop] : [hop])),
  clocks,
  stack,
];
