import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../../src/adapters/folder.ts';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'acm-observability-folder-'));
});

afterAll(() => rm(root, { recursive: true }));

describe('makeFolder', () => {
  it('makes what is missing on the way, for whom it is told', async () => {
    const path = join(root, 'a', 'b', 'c');

    await makeFolder(path, 0o700);

    expect((await stat(path)).isDirectory()).toBe(true);
    expect((await stat(join(root, 'a'))).mode & 0o777).toBe(0o700);
  });

  it('is content with one that is there', async () => {
    await expect(makeFolder(root)).resolves.toBeUndefined();
  });

  it('made twice at the same time it is there once', async () => {
    const path = join(root, 'at', 'once');

    await expect(Promise.all([makeFolder(path), makeFolder(path)])).resolves.toHaveLength(2);
  });

  it('says so where a file is in the way', async () => {
    const file = join(root, 'file');
    await writeFile(file, '');

    await expect(makeFolder(file)).rejects.toThrow(/EEXIST/);
    await expect(makeFolder(join(file, 'inside'))).rejects.toThrow(/ENOTDIR/);
  });

  it.runIf(process.platform === 'linux')('ends where the system lets nobody make one, and says which', async () => {
    await expect(makeFolder('/proc/none/inside')).rejects.toThrow(/ENOENT.*'\/proc\/none'/);
  });
});
