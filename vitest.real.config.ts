import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // A real kubectl is there for certain only here.
    include: ['test/real/**/*.test.ts', 'test/sandbox/kubectl.test.ts'],
    pool: 'threads',
    // Each file has servers of its own, and most of its time is waiting: on two cores a third is done meanwhile.
    maxWorkers: 3,
    // An installation in true time, on a machine that may be busy.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
