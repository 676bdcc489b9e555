/** The shape of `pack.yaml`. Unknown keys are errors: a misspelt one would be a rule that silently is not there. */
import * as z from 'zod';
import { parseDuration } from '../config/duration.ts';

/** A duration, or a parameter that will be one. */
const duration = z
  .string()
  .refine((text) => text.includes('${{') || (parseDuration(text) ?? 0) > 0, 'must be a duration such as 5m');

const parameter = z.strictObject({
  type: z.enum(['string', 'number', 'integer', 'boolean', 'duration', 'timestamp', 'list']),
  description: z.string().min(1),
  default: z.unknown().optional(),
  /** A value to lint, test and simulate with where nobody gives one. */
  example: z.unknown().optional(),
  /** A regular expression the whole value must match. */
  pattern: z.string().optional(),
  required: z.boolean().default(false),
});

/** Which axes of the matrix a rule is written once for, and for which of their members. */
const spread = {
  each: z.array(z.string()).default([]),
  when: z.record(z.string(), z.unknown()).default({}),
};

const expression = z.union([
  z.string().min(1),
  z.strictObject({ ...spread, join: z.string(), expr: z.string().min(1) }),
]);

const recording = z.strictObject({
  ...spread,
  record: z.string(),
  expr: expression,
  labels: z.record(z.string(), z.string()).optional(),
});

/** An address, or a parameter that will be one. */
const link = z
  .string()
  .refine(
    (text) => text.includes('${{') || URL.canParse(text),
    'must be an address such as https://example.com/runbook',
  );

/** Every alert says how bad it is and what to do (peers.md U29). */
const alerting = z.strictObject({
  ...spread,
  alert: z.string(),
  expr: expression,
  for: duration.optional(),
  labels: z.looseObject({ severity: z.enum(['critical', 'warning', 'info']) }).catchall(z.string()),
  annotations: z.looseObject({ summary: z.string(), runbook_url: link }).catchall(z.string()),
});

const collection = z
  .strictObject({
    names: z.array(z.string()).default([]),
    matches: z.array(z.string()).default([]),
    recordingRules: z.array(recording.omit({ labels: true })).default([]),
  })
  .prefault({});

const group = z.strictObject({
  name: z.string().min(1),
  interval: duration,
  rules: z.array(z.union([recording, alerting])).min(1),
});

const proof = z.strictObject({
  title: z.string().min(1),
  expr: expression,
  expect: z.enum(['some', 'none']).default('some'),
  within: duration,
  per: z.enum(['cluster', 'hub']).default('hub'),
});

const playedSeries = z.strictObject({
  ...spread,
  series: z.string().min(1),
  /** While it holds; the event's value unless told. `null`: there is no such series. */
  value: z.number().nullable().optional(),
  /** A counter, which grows by this while it holds and stands otherwise. */
  perSecond: z.number().nonnegative().optional(),
});

/** The words a scenario is told in, and the series of a cluster each stands for; `person` is whom a sentence is about. */
const simulation = z.strictObject({
  /** The timestamp parameter that becomes the scenario's zero. */
  start: z.string().optional(),
  /** What everybody who takes part has from the beginning. */
  always: z.array(playedSeries).default([]),
  events: z.array(
    z.strictObject({
      /** A list parameter: `exercises` makes the sentence `exercises.hero …`. Where there is none, any name may follow. */
      subject: z.string().regex(/^\w+$/),
      verb: z.string().regex(/^\w+$/),
      /** What the member is called in the series. */
      as: z.string().regex(/^\w+$/),
      value: z.union([z.literal(0), z.literal(1)]).default(1),
      series: z.array(playedSeries).min(1),
    }),
  ),
  /** The recorded series the final table ranks. */
  table: z.string().min(1),
});

export const packSchema = z.strictObject({
  apiVersion: z.literal('acm-observability/pack-v1'),
  name: z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'must be lower-case letters, digits and hyphens'),
  title: z.string().min(1),
  parameters: z.record(z.string().regex(/^[a-zA-Z]\w*$/), parameter).default({}),
  /** Axis name: its members, or a list parameter. */
  matrix: z.record(z.string(), z.union([z.array(z.unknown()), z.string()])).default({}),
  collect: z.strictObject({ platform: collection, userWorkload: collection }).prefault({}),
  hub: z.strictObject({ groups: z.array(group).default([]) }).prefault({}),
  verify: z.array(proof).default([]),
  simulation: simulation.optional(),
  /** Findings of `rules lint` that are meant: told, and no failure. `about` is a part of the finding's words. */
  accept: z
    .array(z.strictObject({ code: z.string(), about: z.string().min(1).optional(), reason: z.string().min(1) }))
    .default([]),
  dashboards: z.strictObject({ folder: z.string().min(1).optional() }).prefault({}),
});

export type PackSource = z.output<typeof packSchema>;
export type ParameterSource = z.output<typeof parameter>;
export type ExpressionSource = z.output<typeof expression>;
export type RecordingSource = z.output<typeof recording>;
export type AlertingSource = z.output<typeof alerting>;
export type SpreadSource = Pick<RecordingSource, 'each' | 'when'>;
export type SimulationSource = z.output<typeof simulation>;
export type PlayedSeriesSource = z.output<typeof playedSeries>;
