import { describe, expect, test } from 'vitest';
import { formats, renderReport } from '../../src/render/formats.ts';
import { partial, planned, reportOf, verified, wide } from './samples.ts';

const reports = [reportOf(planned), reportOf(partial), reportOf(verified())];

describe('every format', () => {
  test.each(formats)('%s tells the verdict of the same report', async (format) => {
    for (const report of reports) {
      const text = await renderReport(report, format, wide);

      const failed = report.clusters.filter((cluster) => cluster.verdict === 'fail').map((cluster) => cluster.name);
      for (const name of failed) expect(text).toContain(name);
      if (format !== 'junit') expect(text).toMatch(new RegExp(`(Exit |"exitCode":\\s*|exit )${report.exitCode}\\b`));
    }
  });

  test.each(formats)('%s is refused nothing by an empty report', async (format) => {
    const report = reportOf({ mode: 'verify', changes: [], findings: [], problems: [], steps: [] });

    expect((await renderReport(report, format, wide)).length).toBeGreaterThan(0);
  });
});

test('JSON is the report itself', async () => {
  const [, report] = reports;

  expect(JSON.parse(await renderReport(report!, 'json', wide))).toEqual(report);
});

test('JSON Lines name the schema first and the verdict last', async () => {
  const lines = (await renderReport(reports[1]!, 'jsonl', wide)).trimEnd().split('\n');

  const events = lines.map((line) => JSON.parse(line));
  expect(events[0]).toMatchObject({ type: 'run_start', schemaVersion: 1, run: '7f3a' });
  expect(events.at(-1)).toMatchObject({ type: 'run_end', verdict: 'partial', exitCode: 5 });
});

test('JUnit has a suite per cluster and a case per hop', async () => {
  const text = await renderReport(reports[2]!, 'junit', wide);

  expect(text.match(/<testsuite /g)).toHaveLength(3);
  expect(text).toContain('<testsuite name="edge-07" tests="6" failures="1" skipped="5">');
  expect(text).toContain('<failure type="cluster-unreachable" message="The agent was last seen 3h12m ago.">');
});

test('JUnit escapes what would be markup', async () => {
  const report = reportOf(verified());
  for (const check of report.checks) check.evidence = '<b> & "quoted"';

  const text = await renderReport(report, 'junit', wide);

  expect(text).not.toContain('<b>');
  expect(text).toContain('&lt;b&gt; &amp; &quot;quoted&quot;');
});

test('every row that is not well carries a code that the catalogue knows', () => {
  const { problems } = { problems: reports.flatMap((report) => [...report.problems, ...report.checks]) };

  for (const row of problems) {
    if ('verdict' in row && (row.verdict === 'pass' || row.verdict === 'skip')) continue;
    expect(row.code).toMatch(/^[a-z-]+$/);
  }
});
