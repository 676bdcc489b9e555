/**
 * The six words. A Step is a named fact that will hold; it declares Resources. A Resource knows how to be read, compared,
 * made and removed. plan, apply, verify, uninstall and render are derived from the same resources by the runner
 * (`run.ts`), so they cannot disagree. Nothing here prints, and nothing here knows a client library.
 */
import type { Problem } from './problem.ts';
import type { Right, RightsMode } from './rights.ts';

/** What applying a resource would do. Lines of a diff are masked before they get here. */
export type Change =
  | { readonly kind: 'none' }
  | { readonly kind: 'create'; readonly note?: string }
  | {
      readonly kind: 'update';
      readonly diff: readonly string[];
      readonly note?: string;
      readonly drift?: readonly Drift[];
    }
  | { readonly kind: 'remove'; readonly note?: string }
  | { readonly kind: 'skip'; readonly reason: string; readonly offline?: boolean }
  | {
      readonly kind: 'conflict';
      readonly owner: string;
      readonly fields: readonly string[];
      /** Where it is not a matter of field managers: why it is so, and what helps. */
      readonly told?: { readonly likely: string; readonly fix: string };
    }
  | { readonly kind: 'unknown'; readonly because: string };

/** A field of ours that a person changed by hand. */
export interface Drift {
  readonly field: string;
  /** Field manager: `kubectl-edit`, `oc`, … */
  readonly by: string;
  /** RFC 3339 */
  readonly at?: string;
}

/** Whether what was made has come true yet. */
export type Readiness =
  | { readonly state: 'ready'; readonly note?: string }
  | { readonly state: 'waiting'; readonly message: string }
  | { readonly state: 'failed'; readonly problem: Problem }
  | { readonly state: 'unknown'; readonly because: string };

/**
 * One thing on one cluster. `plan`, `ready`, `planRemoval` and `gone` only read; `apply` and `remove` only write.
 */
export interface Resource {
  /** `Secret open-cluster-management-observability/thanos-object-storage` */
  readonly name: string;
  /** The ManagedCluster it lives on: its lane. */
  readonly cluster: string;
  plan(): Promise<Change>;
  /** Makes it so. Called only with a change that is `create`, `update` or `remove`: the one `plan` has just given. */
  apply(change: Change): Promise<void>;
  ready(): Promise<Readiness>;
  /** What `uninstall` would do: `remove`, `update` (give back), `none` (already gone) or `skip` (kept, and why). */
  planRemoval(): Promise<Change>;
  /** Already gone is success. Called with the change `planRemoval` has just given. */
  remove(change: Change): Promise<void>;
  /** `ready` when it is gone (or given back). */
  gone(): Promise<Readiness>;
  /** What an account must be allowed for it in this mode: exactly what it asks of the API servers, by then. */
  rights(mode: RightsMode): readonly Right[];
  /** Hub-side evidence that it holds, accepted instead of a visit where visits are many. */
  evidence?(): Promise<boolean>;
  /** Shown to people before the plan: what they must know about this one. */
  readonly warnings?: readonly string[];
  /** The objects as files, for `render`. */
  manifests?(): Promise<readonly object[]>;
}

/** A named fact that will hold. One file in `steps/`. `C` is what the resources are built from. */
export interface Step<C = unknown> {
  /** Permanent, kebab-case: `--only`, docs anchor, test name. */
  readonly id: string;
  /** The fact: `Object storage for Thanos`. */
  readonly title: string;
  /** `fleet`: its resources are on the managed clusters; all that an uninstall of some clusters takes back. */
  readonly scope?: 'fleet';
  readonly requires?: readonly Step<C>[];
  /** What must be gone before this step's resources may be removed, besides the reverse of `requires`. */
  readonly removedAfter?: readonly Step<C>[];
  /** A reason, never a bare boolean. Ignored by uninstall. */
  skip?(context: C): string | undefined;
  /** May throw `NotYet` when an input does not exist yet. */
  resources(context: C): Promise<readonly Resource[]> | readonly Resource[];
  /** The step's whole set on the cluster, found by our mark: members no longer declared are removed. */
  owned?(context: C): Promise<readonly Resource[]>;
  /** What `resources` and `owned` themselves read. */
  rights?(context: C, mode: RightsMode): readonly Right[];
}

/** Returns its argument; gives a step file its types. */
export function defineStep<C>(step: Step<C>): Step<C> {
  return step;
}

export type Verdict = 'pass' | 'warn' | 'fail' | 'skip' | 'unknown';

/** The answer to a check. Every answer that is not a pass says why. `ageSeconds` is the age of the newest sample seen. */
export type Finding =
  | { readonly verdict: 'pass'; readonly evidence: string; readonly ageSeconds?: number }
  | { readonly verdict: 'skip'; readonly reason: string; readonly offline?: boolean }
  | {
      readonly verdict: 'warn' | 'fail' | 'unknown';
      readonly problem: Problem;
      readonly evidence?: string;
      readonly ageSeconds?: number;
      /** Waiting will not change it: an offline cluster, a missing right. */
      readonly final?: boolean;
    };

/** A question with a verdict. Hops of `verify` are checks; `needs` names the hops before it. */
export interface Check<C = unknown> {
  /** `arrive`, `addon`, … Permanent. */
  readonly id: string;
  /** The healthy fact: `Metrics arrive at the hub`. */
  readonly title: string;
  readonly needs: readonly string[];
  /** `hub`: asked once. `cluster`: asked for the whole fleet at once, answered per cluster. */
  readonly scope: 'hub' | 'cluster';
  /** What an account must be allowed to ask it. */
  rights(context: C): readonly Right[] | Promise<readonly Right[]>;
  /** Findings by cluster name (the hub's own name for scope `hub`). */
  run(context: C, clusters: readonly string[]): Promise<ReadonlyMap<string, Finding>>;
}
