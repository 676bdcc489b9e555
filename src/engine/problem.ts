/**
 * A Problem is an error a person can act on: a stable code, what happened here, a likely cause, a fix and a heading in
 * `docs/problems.md`. Anything else that is thrown is our bug, and is said to be.
 */
import { type ProblemCode, problems } from './problems.ts';

export interface ProblemOptions {
  readonly cause?: unknown;
  /** The very line, value or event that proves it. Never a secret. */
  readonly proof?: string;
  /** A more exact cause than the catalogue's. */
  readonly likely?: string;
  /** A more exact fix than the catalogue's: a command that can be pasted. */
  readonly fix?: string;
  /** The managed cluster concerned. */
  readonly cluster?: string;
}

export class Problem extends Error {
  readonly code: ProblemCode;
  readonly proof: string | undefined;
  readonly likely: string;
  readonly fix: string;
  readonly cluster: string | undefined;

  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.proof = options.proof;
    this.likely = options.likely ?? problems[code].cause;
    const fix = options.fix ?? problems[code].fix;
    // The catalogue writes CLUSTER where the name belongs: a fix is to be pasted.
    this.fix = options.cluster === undefined ? fix : fix.replaceAll('CLUSTER', options.cluster);
    this.cluster = options.cluster;
  }

  /** The exit code this Problem asks for, by its family (cli.md "Exit codes"). */
  get exitCode(): number {
    return problems[this.code].exit;
  }

  /** Where the docs explain it. */
  get docs(): string {
    return `docs/problems.md#${this.code}`;
  }
}

export function isProblem(error: unknown, code?: ProblemCode): error is Problem {
  return error instanceof Problem && (code === undefined || error.code === code);
}

/** An input that does not exist *yet*: `unknown, because …` in a plan; awaited in an apply. Not a failure. */
export class NotYet extends Error {
  constructor(because: string) {
    super(because);
    this.name = 'NotYet';
  }
}
