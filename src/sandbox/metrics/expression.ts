/** PromQL as far as the small store understands it, and the error for all the rest. */

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'selector'; readonly matchers: readonly Matcher[] }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly given: readonly Expression[] }
  | {
      readonly kind: 'aggregate';
      readonly operator: AggregateOperator;
      readonly grouping: Grouping;
      readonly argument: Expression;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly bool: boolean;
      readonly matching: Grouping | undefined;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'negate'; readonly argument: Expression }
  | {
      /** `min_over_time(selector[range])` and the like. Seconds. */
      readonly kind: 'overTime';
      readonly fold: OverTime;
      readonly matchers: readonly Matcher[];
      readonly range: number;
    }
  | {
      /** `max_over_time(argument[range:step])`: how far back something was last seen. Seconds. */
      readonly kind: 'lookBack';
      readonly argument: Expression;
      readonly range: number;
      readonly step: number;
    };

export const overTimes = [
  'min_over_time',
  'max_over_time',
  'last_over_time',
  'sum_over_time',
  'count_over_time',
] as const;
type OverTime = (typeof overTimes)[number];

export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** `by`/`on`: these labels only; `without`/`ignoring`: all but these. */
export interface Grouping {
  readonly only: boolean;
  readonly labels: readonly string[];
}

/** Each function, with how many arguments it takes. */
export const functionArity = {
  time: 0,
  timestamp: 1,
  absent: 1,
  vector: 1,
  scalar: 1,
  clamp: 3,
  clamp_min: 2,
  clamp_max: 2,
  label_replace: 5,
} as const;
export type FunctionName = keyof typeof functionArity;

export const aggregateOperators = ['sum', 'min', 'max', 'count', 'group', 'avg'] as const;
export type AggregateOperator = (typeof aggregateOperators)[number];

export const arithmetic = ['+', '-', '*', '/', '%', '^'] as const;
export const comparison = ['==', '!=', '>', '<', '>=', '<='] as const;
export const setOperators = ['and', 'or', 'unless'] as const;
export type BinaryOperator = (typeof arithmetic)[number] | (typeof comparison)[number] | (typeof setOperators)[number];

/** An answer is computed at no more instants than this: of a range, or of a subquery. */
export const mostInstants = 1_000;

/** A query that cannot be answered. `bad_data` with 400 is the asker's mistake, with 422 a limit of this store. */
export class QueryError extends Error {
  readonly status: 400 | 422;
  readonly errorType: 'bad_data' | 'execution';

  constructor(message: string, status: 400 | 422 = 422, errorType: 'bad_data' | 'execution' = 'bad_data') {
    super(message);
    this.name = 'QueryError';
    this.status = status;
    this.errorType = errorType;
  }
}

/** The one answer to everything this store leaves to a real Prometheus. */
export function notUnderstood(what: string): QueryError {
  return new QueryError(
    `the sandbox's small store understands selectors, ${Object.keys(functionArity).join(', ')}, ${aggregateOperators.join(', ')} ` +
      `by or without labels, ${overTimes.join(', ')} of a range, max_over_time of a subquery, and arithmetic, comparison and set operators; not ${what}`,
  );
}
