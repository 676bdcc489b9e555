/** The report as a schema: what `docs/report.schema.json` is made from. The compiler holds it to the type. */
import { z } from 'zod';
import type { Report } from './report.ts';

const verdict = z.enum(['pass', 'warn', 'fail', 'skip', 'unknown']);
const text = z.string();
const count = z.int().min(0);

const problem = z.object({
  code: text.describe('Permanent; `explain CODE` tells more'),
  title: text,
  what: text,
  proof: text.exactOptional(),
  likely: text,
  fix: text,
  docs: text,
  cluster: text.exactOptional(),
});

const drift = z.object({ field: text, by: text, at: text.exactOptional() });

const change = z.object({
  step: text,
  cluster: text,
  resource: text,
  change: z.enum(['none', 'create', 'update', 'remove', 'skip', 'conflict', 'unknown']),
  diff: z.array(text).describe('Lines; secrets are masked'),
  applied: z.boolean(),
  code: text.exactOptional(),
  reason: text.exactOptional(),
  drift: z.array(drift).exactOptional(),
});

const check = z.object({
  id: text.describe('Of a hop or a step'),
  cluster: text,
  title: text,
  verdict,
  code: text.exactOptional().describe('Present unless the verdict is pass or skip'),
  evidence: text.describe('What was seen; for a skip, why'),
  what: text.exactOptional(),
  likely: text.exactOptional(),
  fix: text.exactOptional(),
  acceptedUntil: text.exactOptional().describe('ISO date an accepted finding is accepted until'),
  acceptedReason: text.exactOptional(),
});

const cluster = z.object({
  name: text,
  verdict,
  unchanged: count,
  changed: count,
  failed: count,
  newestSampleAgeSeconds: z.number().exactOptional(),
  reason: text.exactOptional(),
  freshness: z
    .array(z.number().nullable())
    .exactOptional()
    .describe('Age of the newest sample at each moment looked back at, in seconds, the oldest first; null: none'),
});

const hub = z.object({
  name: text,
  api: text,
  acmVersion: text,
  architecture: z.enum(['legacy', 'mcoa']),
  clusterID: text.exactOptional(),
});

const reportSchema = z.object({
  schemaVersion: z.literal(1),
  command: text,
  run: text.describe('Four hex digits'),
  startedAt: text.describe('RFC 3339'),
  finishedAt: text.describe('RFC 3339'),
  verdict: z.enum([
    'pass',
    'changed',
    'unchanged',
    'differences',
    'fail',
    'warn',
    'partial',
    'error',
    'timeout',
    'locked',
    'interrupted',
  ]),
  exitCode: z.int().describe('The exit code of the program'),
  hub: hub.exactOptional(),
  notes: z.array(text),
  steps: z.array(
    z.object({
      id: text,
      outcome: z.enum(['done', 'failed', 'skipped', 'waiting', 'conflict']),
      reason: text.exactOptional(),
    }),
  ),
  changes: z.array(change),
  checks: z.array(check),
  clusters: z.array(cluster),
  problems: z.array(problem.extend({ step: text.exactOptional(), cluster: text })),
  problem: problem.exactOptional().describe('Present when the run ended early'),
  requests: z.object({ kubernetes: count, objectStore: count, metrics: count }),
  freshness: z
    .object({ sinceSeconds: z.number(), stepSeconds: z.number(), fineSeconds: z.number() })
    .exactOptional()
    .describe('Present when it was looked back'),
});

/** Neither may know a field the other does not. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
const same: Same<Required<z.infer<typeof reportSchema>>, Required<Report>> = true;

/** The published text. Draft 7; fields may be added, so a reader must bear those it does not know. */
export function reportJsonSchema(): string {
  const schema = z.toJSONSchema(reportSchema, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ title: 'acm-observability report', ...schema, ...(same && {}) }, undefined, 2)}\n`;
}
