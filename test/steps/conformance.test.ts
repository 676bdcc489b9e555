/** Names what a newcomer has forgotten when adding a step. */
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { hops } from '../../src/checks/index.ts';
import { preflights } from '../../src/checks/preflight.ts';
import { steps } from '../../steps/index.ts';

const folder = new URL('../../steps/', import.meta.url);
const contract = [
  'namespace',
  'pull-secret',
  'bucket',
  'thanos-secret',
  'allowlist',
  'ruler-rules',
  'dashboards',
  'observability',
  'user-workload-policy',
  'addon-metrics',
  'user-workload-monitoring',
  'grafana-dev',
];

describe('the list of steps', () => {
  it('has the ids that users rely on, in the order they are told', () => {
    expect(steps.map(({ id }) => id)).toEqual(contract);
  });

  it('has every file of the folder, and every step is the file of its name', async () => {
    const files = (await readdir(folder)).filter((file) => file.endsWith('.ts') && file !== 'index.ts');

    expect(files.map((file) => file.replace(/\.ts$/, '')).sort()).toEqual(steps.map(({ id }) => id).sort());
  });

  it('requires only steps that stand before it', () => {
    const late = steps.flatMap((step, index) =>
      (step.requires ?? []).filter((other) => steps.indexOf(other) >= index).map((other) => `${step.id} → ${other.id}`),
    );

    expect(late).toEqual([]);
  });

  it('has a section in the steps’ README for each', async () => {
    const readme = await readFile(new URL('README.md', folder), 'utf8');

    expect(steps.filter(({ id }) => !readme.includes(`\n## ${id}\n`)).map(({ id }) => id)).toEqual([]);
  });

  it('is a page of code a step', async () => {
    const long: string[] = [];
    for (const { id } of steps) {
      const text = await readFile(new URL(`${id}.ts`, folder), 'utf8');
      if (text.split('\n').length > 80) long.push(id);
    }

    expect(long).toEqual([]);
  });

  it('states facts in its titles, not activities', () => {
    const busy = [...steps, ...hops, ...preflights].filter(({ title }) =>
      /ing\b.*(…|\.\.\.)$|^(Check|Install|Creat)/.test(title),
    );

    expect(busy).toEqual([]);
  });
});

describe('the hops of verify', () => {
  it('are those that users rely on, in the order a metric travels', () => {
    expect(hops.filter(({ scope }) => scope === 'hub').map(({ id }) => id)).toEqual([
      'acm',
      'operator',
      'settings',
      'images',
      'certificates',
      'scraped',
      'wiring',
      'store',
      'loaded',
      'lists',
      'workloads',
      'route',
      'alerts',
      'hashring',
      'query',
      'inventory',
      'ruler',
      'rules',
      'dashboards',
      'packs',
    ]);
    expect(hops.filter(({ scope }) => scope === 'cluster').map(({ id }) => id)).toEqual([
      'reach',
      'signed',
      'addon',
      'collector',
      'uwm',
      'config',
      'arrive',
      'clock',
      'stack',
    ]);
  });

  it('need only hops that exist', () => {
    const ids = new Set(hops.map(({ id }) => id));

    expect(hops.flatMap(({ needs }) => needs).filter((need) => !ids.has(need))).toEqual([]);
  });
});
