/**
 * promtool's unit tests as an engine to be played: series in, and every value of an expression out. An expectation that
 * cannot hold makes it print what it got instead, in full precision (measured.md section 8).
 */
import { createPool } from '../../engine/pool.ts';
import { Problem } from '../../engine/problem.ts';

/** Runs one test file beside one rule file; gives back everything said. */
export type RuleEngine = (files: { readonly rules: string; readonly test: string }) => Promise<string>;

export interface EngineSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Question {
  /** Comes back with the answer. */
  readonly id: string;
  readonly expr: string;
  /** Seconds. */
  readonly at: number;
}

/** `undefined`: no sample. `stale`: the marker of a scrape that no longer finds the series. */
export type Value = number | 'stale' | undefined;

export interface EngineTest {
  readonly series: readonly { readonly series: string; readonly values: readonly Value[] }[];
  readonly questions: readonly Question[];
}

export interface EngineRun {
  readonly rules: string;
  /** Seconds between two evaluations of every group. */
  readonly evaluationSeconds: number;
  /** Seconds between two values of a series. */
  readonly stepSeconds: number;
  readonly groupOrder?: readonly string[];
  readonly tests: readonly EngineTest[];
}

export type Answers = ReadonlyMap<string, readonly EngineSample[]>;

/**
 * The answers of all runs by the id of their question; none for one that is empty. An engine works on one core: so many play
 * a part of the tests each, at once.
 *
 * @throws Problem `engine-refused` with its words, when it says anything but values
 */
export async function askEngines(runs: readonly EngineRun[], engine: RuleEngine, cores: number): Promise<Answers> {
  // What is left over of three parts on two cores is shared between them.
  const pool = createPool(2 * cores);
  const parts = runs.flatMap((run) => {
    const share = Math.ceil(run.tests.length / cores);
    return Array.from({ length: Math.ceil(run.tests.length / share) }, (_, at) => ({
      ...run,
      tests: run.tests.slice(at * share, (at + 1) * share),
    }));
  });
  const answers = await Promise.all(parts.map((part) => pool(() => askEngine(part, engine))));
  return new Map(answers.flatMap((some) => [...some]));
}

async function askEngine(run: EngineRun, engine: RuleEngine): Promise<Answers> {
  // JSON, which is YAML: written in a fraction of the time.
  const test = JSON.stringify({
    rule_files: ['rules.yaml'],
    evaluation_interval: `${run.evaluationSeconds}s`,
    ...(run.groupOrder === undefined ? {} : { group_eval_order: run.groupOrder }),
    tests: run.tests.map(({ series, questions }) => ({
      interval: `${run.stepSeconds}s`,
      input_series: series.map((one) => ({ series: one.series, values: notation(one.values) })),
      promql_expr_test: questions.map(({ id, expr, at }) => ({
        // A comment of its own line: the expression is printed with it.
        expr: `${expr}\n# id=${id}`,
        eval_time: `${at}s`,
        exp_samples: [],
      })),
    })),
  });
  return answersIn(await engine({ rules: run.rules, test }));
}

/** promtool's short form: `1x3` repeats a value three times more, `_x4` is four missing ones. */
function notation(values: readonly Value[]): string {
  const parts: string[] = [];
  for (let at = 0; at < values.length; ) {
    let end = at + 1;
    while (end < values.length && values[end] === values[at]) end += 1;
    const count = end - at;
    const value = values[at];
    if (value === undefined) parts.push(`_x${count}`);
    else parts.push(count === 1 ? `${value}` : `${value}x${count - 1}`);
    at = end;
  }
  return parts.join(' ');
}

const answer = /^ {4}expr: ("(?:\\.|[^"\\])*"), time: [^,]+,\n {8}exp: \S+\n {8}got: (.*)$/gm;

function answersIn(output: string): Answers {
  const answers = new Map<string, readonly EngineSample[]>();
  const labels = labelReader();
  const rest: string[] = [];
  let read = 0;
  for (const { index, 0: all, 1: expr = '', 2: got = '' } of output.matchAll(answer)) {
    rest.push(output.slice(read, index));
    read = index + all.length;
    const id = /# id=(\S+)"$/.exec(expr)?.[1];
    if (id !== undefined) answers.set(id, samplesIn(got, labels));
  }
  const said = [...rest, output.slice(read)].join('');
  if (/error|parse|invalid|unmarshal|cannot|no such/i.test(said)) {
    throw new Problem('engine-refused', said.trim().split('\n').slice(0, 20).join('\n'));
  }
  return answers;
}

const sample = /\{((?:[a-zA-Z_]\w*="(?:\\.|[^"\\])*"(?:, )?)*)\} ([^\s,]+)(?:, |$)/y;
const label = /([a-zA-Z_]\w*)="((?:\\.|[^"\\])*)"/g;

type Labels = EngineSample['labels'];

function samplesIn(got: string, labelsIn: (text: string) => Labels): EngineSample[] {
  const samples: EngineSample[] = [];
  sample.lastIndex = 0;
  for (let match = sample.exec(got); match !== null; match = sample.exec(got)) {
    const [, labels = '', value = ''] = match;
    samples.push({ labels: labelsIn(labels), value: numberOf(value) });
  }
  return samples;
}

/** The same series come at every point of time: each is read once. */
function labelReader(): (text: string) => Labels {
  const known = new Map<string, Labels>();
  return (text) => {
    const read = known.get(text) ?? readLabels(text);
    known.set(text, read);
    return read;
  };
}

function readLabels(text: string): Labels {
  const pairs = [...text.matchAll(label)].map(([, name = '', value = '']) => [name, value.replace(/\\(.)/g, '$1')]);
  return Object.fromEntries(pairs);
}

function numberOf(text: string): number {
  return text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);
}
