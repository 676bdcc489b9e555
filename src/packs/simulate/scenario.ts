/**
 * A scenario: who takes part where, and what happens when, in sentences of the pack's own words.
 *
 *     exercises.hero done at 50m by batman on cluster quest-1
 *     exercises.hero flaps at 70m for 5m by batman
 *     cluster quest-1 silent at 90m for 20m
 *     ruler stopped at 100m for 10m
 */
import { parse } from 'yaml';
import * as z from 'zod';
import { parseDuration } from '../../config/duration.ts';
import { didYouMean } from '../../config/suggest.ts';
import { Problem } from '../../engine/problem.ts';
import type { SimulationSource } from '../schema.ts';

/** Seconds from the beginning of what is played. */
export interface Span {
  readonly from: number;
  /** Absent: to the end. */
  readonly to?: number;
}

interface Happening extends Span {
  /** The pack's word for it: position in its `events`. */
  readonly event: number;
  /** Name of the member the sentence is about. */
  readonly member: string;
  readonly person: string;
  readonly cluster: string;
}

export interface Scenario {
  readonly title: string;
  /** Seconds. */
  readonly length: number;
  /** Person: the cluster they work on. */
  readonly participants: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly happenings: readonly Happening[];
  readonly silences: readonly (Span & { readonly cluster: string })[];
  /** When the ruler evaluates nothing: it is restarted, or cannot be reached. */
  readonly stops: readonly Span[];
}

const schema = z.strictObject({
  title: z.string().min(1),
  length: z.string(),
  participants: z.record(z.string().min(1), z.string().min(1)),
  parameters: z.record(z.string(), z.unknown()).default({}),
  events: z.array(z.string()).default([]),
});

/** @throws Problem `scenario-invalid`, every sentence that is not understood at once. */
export function readScenario(file: string, text: string, simulation: SimulationSource): Scenario {
  const parsed = schema.safeParse(parse(text));
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
    throw new Problem('scenario-invalid', `${file}: ${lines.join('; ')}`);
  }
  const { title, participants, parameters, events } = parsed.data;
  const wrong: string[] = [];
  const note = <T>(read: () => T): T[] => {
    try {
      return [read()];
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
      wrong.push(error.message);
      return [];
    }
  };
  const [length = 0] = note(() => seconds(parsed.data.length));
  const sentences = events.flatMap((sentence) => note(() => readSentence(sentence, participants, simulation)));
  if (wrong.length > 0) throw new Problem('scenario-invalid', `${file}: ${wrong.join('\n')}`);
  return {
    title,
    length,
    participants,
    parameters,
    happenings: sentences.flatMap((one) => (one.kind === 'happening' ? [one.what] : [])),
    silences: sentences.flatMap((one) => (one.kind === 'silence' ? [one.what] : [])),
    stops: sentences.flatMap((one) => (one.kind === 'stop' ? [one.what] : [])),
  };
}

class NotUnderstood extends Error {}

type Sentence =
  | { readonly kind: 'happening'; readonly what: Happening }
  | { readonly kind: 'silence'; readonly what: Span & { readonly cluster: string } }
  | { readonly kind: 'stop'; readonly what: Span };

const when = 'at (?<at>\\S+)(?: for (?<for>\\S+))?';
const silence = new RegExp(`^cluster (?<cluster>\\S+) silent ${when}$`);
const stop = new RegExp(`^ruler stopped ${when}$`);
const happening = new RegExp(
  `^(?<subject>\\w+)\\.(?<member>[\\w-]+) (?<verb>\\w+) ${when} by (?<person>\\S+)(?: on cluster (?<cluster>\\S+))?$`,
);

function readSentence(
  sentence: string,
  participants: Scenario['participants'],
  simulation: SimulationSource,
): Sentence {
  const text = sentence.trim().replace(/\s+/g, ' ');
  const stopped = stop.exec(text)?.groups;
  if (stopped !== undefined) return { kind: 'stop', what: span(stopped) };
  const silent = silence.exec(text)?.groups;
  if (silent !== undefined) return { kind: 'silence', what: { cluster: silent.cluster ?? '', ...span(silent) } };
  const said = happening.exec(text)?.groups;
  if (said === undefined) throw new NotUnderstood(`"${text}" is no sentence such as "${example(simulation)}"`);
  const { subject = '', member = '', verb = '', person = '' } = said;
  const cluster = said.cluster ?? participants[person];
  if (participants[person] === undefined || cluster === undefined) {
    throw new NotUnderstood(`"${text}": ${person} does not take part${didYouMean(person, Object.keys(participants))}`);
  }
  const event = simulation.events.findIndex((one) => one.subject === subject && one.verb === verb);
  if (event < 0) {
    const known = simulation.events.map((one) => `${one.subject}.NAME ${one.verb}`).join(', ');
    throw new NotUnderstood(`"${text}": the pack's words are ${known}`);
  }
  return { kind: 'happening', what: { event, member, person, cluster, ...span(said) } };
}

function example({ events }: SimulationSource): string {
  const [first] = events;
  return `${first?.subject ?? 'things'}.NAME ${first?.verb ?? 'happen'} at 50m by SOMEBODY on cluster CLUSTER`;
}

function span(groups: Readonly<Record<string, string | undefined>>): Span {
  const from = seconds(groups.at ?? '');
  return groups.for === undefined ? { from } : { from, to: from + seconds(groups.for) };
}

function seconds(text: string): number {
  const milliseconds = text === '0' || text === '0m' ? 0 : parseDuration(text);
  if (milliseconds === undefined) throw new NotUnderstood(`${JSON.stringify(text)} is no duration such as 50m`);
  return milliseconds / 1000;
}
