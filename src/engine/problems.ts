/**
 * The catalogue: every Problem a person can meet, once. The key is the code; `docs/problems.md` and `explain` are made
 * from this table. Codes are permanent. `exit` is the family of cli.md "Exit codes".
 */
import { clusterProblems } from './problems/cluster.ts';
import { configurationProblems } from './problems/configuration.ts';
import { grafanaProblems } from './problems/grafana.ts';
import { hubProblems } from './problems/hub.ts';
import { metricsProblems } from './problems/metrics.ts';
import { storeProblems } from './problems/store.ts';
import { upkeepProblems } from './problems/upkeep.ts';

/** One row. Strings are shown as they are: no secrets, no markup. */
export interface ProblemEntry {
  /** What is wrong, as a headline; no details of the case. */
  readonly title: string;
  /** The likely cause. */
  readonly cause: string;
  /** The one thing to do: an instruction, with a command where there is one. */
  readonly fix: string;
  /** Exit code of a run that ends in this. */
  readonly exit: number;
}

export const problems = {
  ...configurationProblems,
  ...clusterProblems,
  ...hubProblems,
  ...storeProblems,
  ...metricsProblems,
  ...grafanaProblems,
  ...upkeepProblems,
} as const satisfies Record<string, ProblemEntry>;

export type ProblemCode = keyof typeof problems;
