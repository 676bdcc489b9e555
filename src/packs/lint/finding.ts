/** What `rules lint` says, and what its rules work on. */
import type { OpenedPack } from '../load.ts';
import type { Place } from '../source.ts';
import type { LintCode } from './catalogue.ts';

export interface LintFinding extends Place {
  readonly code: LintCode;
  /** `note`: accepted in the pack, with a reason. */
  readonly severity: 'error' | 'warning' | 'note';
  readonly pack: string;
  readonly message: string;
  readonly why: string;
  readonly fix: string;
}

/** What is known of the hub the packs are meant for. */
export interface LintFacts {
  /** Seconds between two pushes of a collector. */
  readonly collectionSeconds: number;
  readonly architecture: 'legacy' | 'mcoa';
  /** What ACM collects by itself, where it was looked at; otherwise nobody knows. */
  readonly collectedByDefault?: ReadonlySet<string>;
  /** Series of one cluster all packs together may add. */
  readonly maxSeries: number;
  /** Bytes all packs together may add to a ManifestWork. */
  readonly maxManifestBytes: number;
}

export const defaultFacts: LintFacts = {
  collectionSeconds: 300,
  architecture: 'legacy',
  maxSeries: 10_000,
  // A tenth of what a ManifestWork holds: it is not ours alone (measured.md section 3).
  maxManifestBytes: 50_000,
};

/** One thing found, before its place and its words are looked up. */
export interface Found {
  readonly code: LintCode;
  readonly by: OpenedPack;
  /** The rule, group, collection or proof it is about. */
  readonly subject: object;
  /** Offset in its expression. */
  readonly offset?: number;
  /** Keys below the subject, where it has no expression. */
  readonly below?: readonly (string | number)[];
  readonly message: string;
}

/** One thing found, before its words are looked up. */
export interface PlacedFinding extends Place {
  readonly code: LintCode;
  readonly by: OpenedPack;
  readonly message: string;
}

export interface Scene {
  readonly packs: readonly OpenedPack[];
  readonly facts: LintFacts;
}

export type LintRule = (scene: Scene) => Found[];
