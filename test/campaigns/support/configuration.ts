/** A configuration that makes use of every step: metrics, a pack with a rule of the hub, a dashboard. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface WrittenConfiguration {
  /** For `-f`. */
  readonly file: string;
  remove(): Promise<void>;
}

export async function writeConfiguration(more: readonly string[] = []): Promise<WrittenConfiguration> {
  const folder = await mkdtemp(join(tmpdir(), 'campaign-'));
  await mkdir(join(folder, 'pack'));
  const file = join(folder, 'ours.yaml');
  const lines = [
    'apiVersion: acm-observability/v1',
    'metrics: { platform: [sandbox_load], userWorkload: [sandbox_points_total] }',
    'packs: [{ path: ./pack }]',
    'dashboards: [./board.json]',
    ...more,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  await writeFile(join(folder, 'pack', 'pack.yaml'), pack);
  const board = { uid: 'our-board', title: 'Our board', schemaVersion: 39, panels: [] };
  await writeFile(join(folder, 'board.json'), JSON.stringify(board));
  return { file, remove: () => rm(folder, { recursive: true }) };
}

const pack = `apiVersion: acm-observability/pack-v1
name: small
title: A small pack
collect: { platform: { names: [sandbox_temperature] } }
hub:
  groups:
    - name: small
      interval: 1m
      rules:
        - { record: "small:up:sum", expr: "sum by (cluster) (up)" }
verify:
  - { title: Targets are seen, expr: up, within: 10m, per: cluster }
`;
