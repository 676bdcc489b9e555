import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const heap = fileURLToPath(new URL('../../src/adapters/heap.ts', import.meta.url));

describe('keepHeapSmall', () => {
  // What it does for the memory of a run is measured: `npm run bench -- fleet`.
  it('asks V8 for something it knows: of a flag it does not know Node complains on standard error', async () => {
    const asked = `import { keepHeapSmall } from ${JSON.stringify(heap)}; keepHeapSmall(); console.log('done');`;

    const { stdout, stderr } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', asked]);

    expect({ stdout, stderr }).toEqual({ stdout: 'done\n', stderr: '' });
  });
});
