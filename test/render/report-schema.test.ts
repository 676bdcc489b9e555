/** The published schema, held against reports by another library than the one it is made with. */
import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { Problem } from '../../src/engine/problem.ts';
import { renderReport } from '../../src/render/formats.ts';
import { failureReport } from '../../src/render/report.ts';
import { reportJsonSchema } from '../../src/render/report-schema.ts';
import { fleetReport } from '../helpers/fleet-report.ts';
import { facts, partial, planned, reportOf, verified, wide } from './samples.ts';

const published = await readFile(new URL('../../docs/report.schema.json', import.meta.url), 'utf8');
const validate = new Ajv({ allErrors: true, strict: true }).compile(JSON.parse(published));

const ended = failureReport(new Problem('unreachable', 'It does not answer.', { proof: 'ECONNREFUSED' }), facts);
const accept = [{ code: 'cluster-unreachable', reason: 'in the lab', until: '2026-12-31' }];

test('the published schema is the one the program has', () => {
  expect(published).toBe(reportJsonSchema());
});

test.each([
  ['a plan', reportOf(planned)],
  ['a partial apply', reportOf(partial)],
  ['a verification', reportOf(verified())],
  ['an accepted finding', reportOf(verified(), { accept })],
  ['a fleet with its freshness', fleetReport(400)],
  ['a run that ended early', ended],
])('the JSON of %s is valid', async (_, report) => {
  const valid = validate(JSON.parse(await renderReport(report, 'json', wide)));

  expect(validate.errors ?? []).toEqual([]);
  expect(valid).toBe(true);
});

test.each([
  ['a verdict nobody knows', { verdict: 'fine' }],
  ['a count that is a text', { requests: { kubernetes: '31', objectStore: 0, metrics: 0 } }],
  ['no exit code', { exitCode: undefined }],
])('a report with %s is not', (_, wrong) => {
  expect(validate(JSON.parse(JSON.stringify({ ...reportOf(planned), ...wrong })))).toBe(false);
});
