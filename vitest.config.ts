import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Campaigns take minutes: `npm run campaigns`, or `CAMPAIGN=sample npx vitest run test/campaigns`. */
const campaigns = process.env.CAMPAIGN === undefined ? ['test/campaigns/**'] : [];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/real/**', 'node_modules/**', ...campaigns],
    pool: 'threads',
    // One more than the machine has: tests of real processes mostly wait for them.
    maxWorkers: availableParallelism() + 1,
    // No test replaces a module or leaves a variable behind, so files share what they load: half the time of the suite.
    isolate: false,
    unstubEnvs: true,
    setupFiles: ['test/helpers/prototypes.ts'],
    // Virtual time costs real time on a busy machine: a limit that only ends what hangs.
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
