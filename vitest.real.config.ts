import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // A real kubectl is there for certain only here.
    include: ['test/real/**/*.test.ts', 'test/sandbox/kubectl.test.ts'],
    pool: 'threads',
    // Each file starts servers of its own: several at once would only wait for each other.
    fileParallelism: false,
    // An installation in true time, on a machine that may be busy.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
