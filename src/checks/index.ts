/** The hops of `verify`, in the order a metric travels (cli.md "Steps and hops"). */
import type { Context } from '../context.ts';
import type { Check } from '../engine/step.ts';
import { certificates, hashring, images, scraped } from './belongings.ts';
import { addon, arrive, clocks, collector, configuration, reach, uwm } from './cluster.ts';
import { dashboardsHop, rules } from './content.ts';
import { acm, query, store, workloads } from './hub.ts';
import { inventory } from './inventory.ts';
import { listsHop } from './lists.ts';
import { packs } from './packs.ts';
import { settings } from './settings.ts';
import { loaded, operator, route, ruler } from './upkeep.ts';
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
  hashring,
  query,
  inventory,
  ruler,
  ...proof.slice(proof.indexOf(rules)),
  clocks,
];
