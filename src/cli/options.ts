/** The global flags of cli.md, parsed: what every command gets besides its own. */
import type { OutputFormat } from '../render/formats.ts';

/** One `-o FORMAT[=FILE]`; without a file it goes to standard output. */
export interface OutputTarget {
  readonly format: OutputFormat;
  readonly file?: string;
}

export interface GlobalOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** `--as`: the user to impersonate. */
  readonly as?: string;
  /** `-f`: the configuration file; `-` is standard input. */
  readonly file?: string;
  /** `--set KEY=VALUE`, as given. */
  readonly set: readonly string[];
  /** `--clusters a,b`; absent means what the configuration selects. */
  readonly clusters?: readonly string[];
  readonly exclude: readonly string[];
  /** `-l`: a label selector for managed clusters. */
  readonly selector?: string;
  /** At least one, and at most one without a file. */
  readonly output: readonly OutputTarget[];
  readonly yes: boolean;
  /** Somebody can be asked: stdin and stdout are terminals, no CI, no `--no-input`. */
  readonly interactive: boolean;
  readonly wait: boolean;
  /** Milliseconds for each wait. */
  readonly timeout: number;
  /** Milliseconds for one try of one request to an API server. */
  readonly requestTimeout: number;
  /** Milliseconds for the whole run. */
  readonly deadline: number;
  readonly forceConflicts: boolean;
  /** Managed clusters worked on at the same time. */
  readonly parallel: number;
  readonly failFast: boolean;
  /** Step ids. */
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly detailedExitcode: boolean;
  readonly strict: boolean;
  /** Absent: nobody asked by flag. */
  readonly color?: 'auto' | 'always' | 'never';
  readonly ascii: boolean;
  readonly accessible: boolean;
  readonly quiet: boolean;
  /** 0, 1 with `-v`, 2 with `-vv`. */
  readonly verbosity: number;
}
