/** An engine for simulations that is none: it keeps what it was asked and answers in promtool's words. */
import { parse } from 'yaml';
import type { RuleEngine } from '../../src/packs/simulate/promtool.ts';

/** A test of promtool's, as far as it is asked here. */
interface AskedTest {
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly promql_expr_test?: readonly { readonly expr: string; readonly eval_time: string }[];
}

interface Asked {
  readonly rules: { readonly groups: readonly { readonly rules: readonly Record<string, unknown>[] }[] };
  readonly test: { readonly evaluation_interval: string; readonly tests: readonly AskedTest[] };
}

/** @param got what it answers; `nil` for nothing, as promtool does */
export function answering(got: (expr: string, seconds: number) => string) {
  const asked: Asked[] = [];
  const engine: RuleEngine = async ({ rules, test }) => {
    const read: Asked['test'] = parse(test);
    asked.push({ rules: parse(rules), test: read });
    const blocks = read.tests.flatMap(({ promql_expr_test = [] }) =>
      promql_expr_test.flatMap(({ expr, eval_time }) => {
        const answer = got(expr, Number.parseInt(eval_time, 10));
        // What is expected is nothing: where that is what there is, it says nothing.
        return answer === 'nil'
          ? []
          : [`    expr: ${JSON.stringify(expr)}, time: 1m,\n        exp: nil\n        got: ${answer}\n`];
      }),
    );
    return `Unit Testing: test.yaml\n  FAILED:\n${blocks.join('\n')}`;
  };
  return { asked, engine };
}
