import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Problem } from '../../src/engine/problem.ts';
import { failureReport, type Report } from '../../src/render/report.ts';
import type { Style } from '../../src/render/style.ts';
import { planOf, reportText } from '../../src/render/text/index.ts';
import { partial, planned, reportOf, unchanged, verified, wide } from './samples.ts';

const notes = [
  'ACM will collect metrics from all 5 clusters, and rewrites their monitoring configuration: comments and unknown keys there are lost.',
  '3 volumes of 100Gi are made on gp3-csi.',
];

const failed = failureReport(
  new Problem('store-denied', 'Thanos cannot write to bucket acm-metrics.', { proof: 'PutObject: 403 AccessDenied' }),
  {
    command: 'apply',
    run: '7f3a',
    startedAt: 0,
    finishedAt: 900,
    requests: { kubernetes: 3, objectStore: 1, metrics: 0 },
    detailedExitcode: false,
    strict: false,
  },
);

const fleet = Array.from({ length: 40 }, (_, index) => `site-${String(index).padStart(2, '0')}`);

const screens: [string, Report, Partial<Style>][] = [
  ['plan', reportOf(planned, { notes }), {}],
  ['plan-accessible', reportOf(planned, { notes }), { accessible: true }],
  ['plan-nothing', reportOf({ ...unchanged, mode: 'plan', findings: [] }), {}],
  ['apply-nothing', reportOf(unchanged), {}],
  ['apply-partial', reportOf(partial), {}],
  ['apply-partial-quiet', reportOf(partial), { quiet: true }],
  ['verify', reportOf(verified()), {}],
  ['verify-narrow', reportOf(verified()), { columns: 60 }],
  ['verify-accessible', reportOf(verified()), { accessible: true }],
  ['verify-fleet', reportOf(verified(['local-cluster', ...fleet, 'edge-07'])), {}],
  ['failed', failed, {}],
  ['failed-ascii', failed, { ascii: true }],
];

describe('the screens', () => {
  test.each(screens)('%s', async (name, report, style) => {
    const text = reportText(report, { ...wide, ...style });

    await expect(text).toMatchFileSnapshot(`./${name}.golden.txt`);
  });

  test('of a deploy of the development Grafana, and of its removal, say what was made and what comes next', () => {
    const told = (command: string, result: typeof unchanged) => reportText(reportOf(result, { command }), wide);
    const row = { step: 'grafana-dev', cluster: 'local-cluster', resource: 'Route x', applied: true } as const;
    const made = { ...unchanged, findings: [], changes: [{ ...row, change: { kind: 'create' } as const }] };
    const none = { ...unchanged, findings: [], changes: [] };

    expect(told('grafana deploy', made)).toMatch(
      /^local-cluster +0 +1 +0 +0 +0 +- +ok$[\s\S]*^Next: acm-observability grafana grant-admin USER$/m,
    );
    expect(told('grafana clean', { ...none, mode: 'uninstall' })).toBe('Nothing to remove (3.1s).\n');
  });

  test('the plan before a confirmation', async () => {
    const text = planOf(reportOf(planned, { notes }), wide);

    await expect(text).toMatchFileSnapshot('./plan-confirm.golden.txt');
  });
});

describe('a reader without eyes for colour, columns or glyphs', () => {
  test.each(screens)('still gets the verdict of %s', (_, report, style) => {
    const text = reportText(report, { ...wide, ...style, color: true });

    const heard = text.replace(/\u001b\[[0-9;]*m/g, '').replace(/\s+/g, ' ');
    expect(heard).toMatch(/Exit \d|No changes|Plan: \d|FAIL/);
    for (const cluster of report.clusters.filter((row) => row.verdict === 'fail')) {
      expect(heard).toContain(cluster.name);
    }
  });

  test.each(screens)('reads the same words of %s with and without colour', (_, report, style) => {
    const plain = reportText(report, { ...wide, ...style });
    const colored = reportText(report, { ...wide, ...style, color: true });

    expect(colored.replace(/\u001b\[[0-9;]*m/g, '')).toBe(plain);
  });

  test.each(screens)('gets %s within its width, names and commands left whole', (_, report, style) => {
    const columns = style.columns ?? 80;

    const lines = reportText(report, { ...wide, ...style }).split('\n');

    const tooLong = lines.filter((line) => line.length > columns && /\S \S/.test(line.slice(columns)));
    expect(tooLong).toEqual([]);
  });
});

test('a foreign text cannot repaint the verdict', () => {
  const evil = '\u001b[2K\u001b]0;title\u0007ok\r\u202eall well\u009b1A';

  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (noise) => {
      const report = reportOf(partial);
      for (const cluster of report.clusters) cluster.reason = evil + noise;
      for (const problem of report.problems) problem.proof = noise + evil;

      const text = reportText(report, wide);

      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }),
  );
});

test('ASCII means ASCII, whatever the names are', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      const report = reportOf(partial);
      for (const cluster of report.clusters) cluster.reason = `${name}’s “…”`;

      expect(reportText(report, { ...wide, ascii: true })).toMatch(/^[\n -~]*$/);
    }),
  );
});
