import { describe, expect, test } from 'vitest';
import { annotationsText } from '../../src/render/annotations.ts';
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

test('short has a line for each thing that is not well, however many clusters it strikes', async () => {
  const report = reportOf(verified());
  const sick = report.checks.find(({ verdict }) => verdict === 'fail')!;
  const [one] = report.clusters;
  report.checks = Array.from({ length: 3_500 }, (_, at) => ({ ...sick, cluster: `edge-${at}` }));
  report.clusters = report.checks.map(({ cluster }) => ({ ...one!, name: cluster, verdict: 'fail' as const }));

  const lines = (await renderReport(report, 'short', wide)).trimEnd().split('\n');

  expect(lines[0]).toMatch(/^FAIL {5}edge-0, edge-1, edge-2 and 3497 more {2}reach {2}cluster-unreachable: /);
  expect(lines.length).toBeLessThanOrEqual(5);
  expect(lines.join(' ')).toContain('3500 failed of 3500 clusters');
});

test('short is only the verdict where all is well, and leaves out what is accepted', async () => {
  const report = reportOf(verified());
  report.checks = report.checks.map((check) =>
    check.verdict === 'fail' ? { ...check, acceptedUntil: '2026-12-31' } : { ...check, verdict: 'pass' as const },
  );
  report.clusters = report.clusters.map((cluster) => ({ ...cluster, verdict: 'pass' as const }));

  expect(await renderReport(report, 'short', wide)).not.toContain('cluster-unreachable:');
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
  expect(text).toContain(
    '<testsuite name="edge-07" tests="6" failures="1" errors="0" skipped="5" timestamp="2026-01-05T09:41:02">',
  );
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

test('JUnit is counted by GitLab and Jenkins as it is meant: a class and a name for each case, and no two alike', async () => {
  const report = reportOf(verified());
  const [first] = report.checks;
  report.checks.push({ ...first!, title: 'Namespace: another of the same step' });

  const text = await renderReport(report, 'junit', wide);

  const cases = [...text.matchAll(/<testcase classname="([^"]+)" name="([^"]+)"/g)].map(([, ...names]) =>
    names.join(' '),
  );
  expect(cases).toHaveLength(text.match(/<testcase /g)!.length);
  expect(new Set(cases).size).toBe(cases.length);
  const sum = (name: string) =>
    [...text.matchAll(new RegExp(`<testsuite [^>]*${name}="(\\d+)"`, 'g'))].reduce(
      (all, [, one]) => all + Number(one),
      0,
    );
  expect(sum('tests')).toBe(cases.length);
  expect(sum('failures')).toBe(text.match(/<failure /g)!.length);
  expect(sum('skipped')).toBe(text.match(/<skipped /g)!.length);
  // Suites hold cases and nothing else, in the order the schema of Jenkins has: no properties, no output of ours.
  expect([...new Set(text.match(/<(\w+)/g))].sort()).toEqual([
    '<failure',
    '<skipped',
    '<testcase',
    '<testsuite',
    '<testsuites',
  ]);
});

test('annotations of a workflow run: one for each failure, alike ones of several clusters together, nothing that ends a line', () => {
  const report = reportOf(verified());
  const down = report.checks.find(({ code }) => code === 'cluster-unreachable')!;
  report.checks.push({ ...down, cluster: 'edge-08', what: '100 %\n::error::not from us' });

  const lines = annotationsText(report).trimEnd().split('\n');

  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^::warning title=rules-failing::local-cluster: /);
  expect(lines[1]).toMatch(/^::error title=cluster-unreachable::edge-07, edge-08: /);
  const hostile = annotationsText({ ...report, checks: [{ ...down, what: '100 %\n::error::not from us' }] });
  expect(hostile).toContain('100 %25%0A::error::not from us');
  expect(hostile.trimEnd().split('\n')).toHaveLength(1);
});
