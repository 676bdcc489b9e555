/**
 * The contract of the `Cluster` port, and of the API server behind it: everything the program relies on. Held against the
 * sandbox in every test run and against a real API server in `npm run test:real`.
 */
import { afterAll, beforeAll, describe } from 'vitest';
import { applyContract } from './cluster/apply.ts';
import { deleteContract } from './cluster/delete.ts';
import { readContract } from './cluster/read.ts';
import { rightsContract } from './cluster/rights.ts';
import { shapeContract } from './cluster/shape.ts';
import { watchContract } from './cluster/watch.ts';
import { type ClusterWorld, type LabMaker, openLab } from './cluster/world.ts';
import { writeContract } from './cluster/write.ts';

export type { ClusterWorld } from './cluster/world.ts';

export function clusterContract(name: string, setUp: () => Promise<ClusterWorld>): void {
  describe(`Cluster: ${name}`, () => {
    let world: ClusterWorld;
    const lab: LabMaker = () => openLab(world);

    beforeAll(async () => {
      world = await setUp();
    });
    afterAll(() => world?.stop());

    describe('reads', () => readContract(lab));
    describe('writes', () => writeContract(lab));
    describe('shapes', () => shapeContract(lab));
    describe('server-side apply', () => applyContract(lab));
    describe('deletes', () => deleteContract(lab));
    describe('watches', () => watchContract(lab));
    describe('rights', () => rightsContract(lab));
  });
}
