/** The archive, what is struck out of it, and the command that makes it. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tarGz } from '../../src/adapters/archive.ts';
import { createRedactor, secretsIn, shownObject } from '../../src/bundle/redact.ts';
import type { Secret } from '../../src/kinds.ts';
import { createHarness, type Harness, writesIn } from '../helpers/harness.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundle-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('an archive', () => {
  it('is read by tar, whatever the sizes of its files', async () => {
    const files = [0, 1, 511, 512, 513, 4096].map((size) => ({ path: `f-${size}.txt`, text: 'x'.repeat(size) }));
    const archive = join(folder, 'sizes.tar.gz');

    await writeFile(archive, tarGz(files, Date.parse('2026-01-05T09:00:00Z')));

    const listed = execFileSync('tar', ['-tvzf', archive, '--utc'], { encoding: 'utf8' }).trim().split('\n');
    expect(listed.map((line) => line.split(/\s+/).at(-1))).toEqual(files.map(({ path }) => path));
    expect(listed.every((line) => line.startsWith('-rw-------') && line.includes('2026-01-05 09:00'))).toBe(true);
    expect(execFileSync('tar', ['-xOzf', archive, 'f-513.txt'], { encoding: 'utf8' })).toBe('x'.repeat(513));
  });

  it('refuses a path it cannot hold', () => {
    expect(() => tarGz([{ path: `${'a'.repeat(101)}`, text: '' }], 0)).toThrow(RangeError);
  });
});

describe('redaction', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const secret: Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'x',
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{}}', team: 'a' },
    },
    data: { 'thanos.yaml': base64('config:\n  bucket: metrics-of-paris\n  secret_key: "s3cr3t/key+1"\n') },
  };

  it('leaves of a Secret the names of its keys and their sizes', () => {
    expect(shownObject(secret)).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'x', annotations: { team: 'a' } },
      data: { 'thanos.yaml': '<64 bytes>' },
    });
  });

  it('strikes a value out in every encoding, and nothing that is no secret', () => {
    const redact = createRedactor(secretsIn(secret));
    const forms = ['s3cr3t/key+1', base64('s3cr3t/key+1'), encodeURIComponent('s3cr3t/key+1')];

    expect(forms.map((form) => redact(`a ${form} b`))).toEqual(forms.map(() => 'a <redacted> b'));
    expect(redact('bucket metrics-of-paris')).toBe('bucket metrics-of-paris');
  });

  it('strikes out what looks like a secret in a log', () => {
    const redact = createRedactor([]);

    expect(redact('GET / Authorization: Bearer abc.def')).toBe('GET / Authorization: Bearer <redacted>');
    expect(redact('config {secret_key: hunter22, bucket: b}')).toBe('config {secret_key: <redacted>, bucket: b}');
  });
});

describe('bundle', () => {
  let it2: Harness;

  beforeAll(async () => {
    it2 = await createHarness({ scenario: 'quest', size: 2, speed: 60 });
    await it2.run('apply --yes --no-wait');
  });

  afterAll(() => it2?.stop());

  it('lists what it will hold before it asks, and writes nothing without an answer', async () => {
    const { exitCode, stderr, requests } = await it2.run(`bundle --to ${join(folder, 'none.tar.gz')}`);

    expect(exitCode).toBe(64);
    expect(stderr).toMatch(/The bundle will hold, without any secret:\n {2}check\.json .*\n[\s\S]*operator\.log/);
    expect(writesIn(requests)).toEqual([]);
  });

  it('gathers the reports, our objects and the events, says what could not be read, and writes nothing on the hub', async () => {
    const archive = join(folder, 'bundle.tar.gz');

    const { exitCode, stdout, requests } = await it2.run(`bundle --yes --to ${archive}`);

    const names = execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' }).trim().split('\n');
    const secrets = execFileSync('tar', ['-xOzf', archive, 'secrets.yaml'], { encoding: 'utf8' });
    expect(exitCode).toBe(0);
    expect(names).toEqual(expect.arrayContaining(['check.json', 'verify.json', 'plan.json', 'observability.yaml']));
    expect(names).toEqual(expect.arrayContaining(['events.yaml', 'secrets.yaml', 'not-read.txt']));
    expect(secrets).toMatch(/thanos\.yaml: <\d+ bytes>/);
    expect(stdout).toMatch(/Not read:\n {2}operator\.log: /);
    expect(writesIn(requests)).toEqual([]);
  });
});
