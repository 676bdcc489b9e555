/** The hops of `verify`, in the order a metric travels (cli.md "Steps and hops"). */
import type { Context } from '../context.ts';
import type { Check } from '../engine/step.ts';
import { addon, arrive, collector, configuration, reach, uwm } from './cluster.ts';
import { dashboardsHop, rules } from './content.ts';
import { acm, query, store, workloads } from './hub.ts';
import { packs } from './packs.ts';

export const hops: readonly Check<Context>[] = [
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
