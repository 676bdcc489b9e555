import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { looksSecret } from '../../src/config/secrets.ts';
import { folderWith, problemOf } from './folder.ts';

const keyId = 'AKIAZZZZZZZZZZZZZZZZ';
const key = 'abcDEF123/abcDEF123/abcDEF123/abcDEF1234';

describe('secrets in the configuration', () => {
  it.each([
    ['access_key under storage', 'storage:\n  access_key: canary\n', '2:15 storage.access_key'],
    ['secretKey under storage', 'storage: { secretKey: canary }', '1:23 storage.secretKey'],
    [
      'a password deep in the spec',
      'observability: { spec: { a: [ { password: canary } ] } }',
      '1:43 observability.spec.a[0].password',
    ],
    [
      'a token that is a number',
      'packs: [ { name: x, parameters: { token: 12345678 } } ]',
      '1:42 packs[0].parameters.token',
    ],
    ['an access key ID as a value', `storage: { bucket: ${keyId} }`, '1:20 storage.bucket'],
    ['a secret key as a value', `hub: { context: ${key} }`, '1:17 hub.context'],
    ['a secret key as a key', `storage:\n  "${key}": x\n`, '2:3 storage'],
    ['an access key ID in a comment', `# was ${keyId}\nhub: {}\n`, '1:7'],
    ['a URL with credentials', 'storage: { endpoint: "https://me:canary@s3.example.com" }', '1:22 storage.endpoint'],
    ['one in a file that does not even parse', `storage: [\n# ${keyId}\n`, '2:3'],
  ])('refuses %s, with its place and without its value', async (_, text, place) => {
    const cwd = await folderWith({ 'acm-observability.yaml': text });

    const problem = await problemOf(loadConfig({ cwd, env: {} }));

    expect(problem).toMatchObject({ code: 'secret-in-configuration', exitCode: 65 });
    expect(problem.message).toBe(`acm-observability.yaml:${place}: holds a secret`);
    expect(JSON.stringify(problem)).not.toMatch(/canary|AKIA|abcDEF/);
  });

  it('refuses them in variables and flags too', async () => {
    const cwd = await folderWith();

    const variable = await problemOf(
      loadConfig({ cwd, env: { ACM_OBSERVABILITY_OBSERVABILITY_SPEC: '{"token":"canary"}' } }),
    );
    const ambient = await problemOf(loadConfig({ cwd, env: { AWS_ENDPOINT_URL: 'https://me:canary@s3.example.com' } }));
    const flag = await problemOf(loadConfig({ cwd, env: {}, flags: { 'storage.bucket': keyId } }));

    expect(variable.message).toBe('ACM_OBSERVABILITY_OBSERVABILITY_SPEC observability.spec.token: holds a secret');
    expect(ambient.message).toBe('AWS_ENDPOINT_URL storage.endpoint: holds a secret');
    expect(flag.message).toBe('--set storage.bucket storage.bucket: holds a secret');
    expect([variable, ambient, flag].map(({ code }) => code)).toEqual(Array(3).fill('secret-in-configuration'));
  });

  it('speaks of the secret only, whatever else is wrong', async () => {
    const cwd = await folderWith({ 'acm-observability.yaml': 'bogus: 1\nstorage: { token: canary, region: [] }' });

    const problem = await problemOf(loadConfig({ cwd, env: { ACM_OBSERVABILITY_X: '1' } }));

    expect(problem.message).toBe('acm-observability.yaml:2:19 storage.token: holds a secret');
  });

  it('takes names of secrets, references and hashes for what they are', () => {
    for (const harmless of [
      'thanos-object-storage',
      'ACM_OBSERVABILITY_STORAGE_SECRET_KEY',
      'a'.repeat(40),
      '0123456789abcdef0123456789abcdef01234567',
      'https://s3.example.com:9000',
      's3://bucket/path',
    ]) {
      expect(looksSecret(harmless)).toBe(false);
    }
  });

  it('never repeats a value, valid or not', async () => {
    const places = [
      'storage: { bucket: CANARY_X }',
      'storage: { endpoint: canary_x }',
      'storage: { provider: canary_x }',
      'observability: { interval: canary_x }',
      'observability: { retention: canary_x }',
      'canary x: 1',
      'storage: canary_x',
      'packs: [ "canary_x !" ]',
      'canary_x',
      'a: "canary_x',
    ];

    for (const text of places) {
      const cwd = await folderWith({ 'acm-observability.yaml': text });
      const problem = await problemOf(loadConfig({ cwd, env: { ACM_OBSERVABILITY_STORAGE_REGION: 'canary x!' } }));

      expect(problem.message).not.toMatch(/canary/i);
    }
  });
});
