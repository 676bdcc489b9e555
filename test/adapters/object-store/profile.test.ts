import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { profileKeys } from '../../../src/adapters/object-store/profile.ts';

describe('profileKeys', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aws-'));
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });
  const credentials = (text: string) => writeFile(join(folder, 'credentials'), text);

  it('reads a static pair of a profile, and shows no secret when printed', async () => {
    await credentials('[lab]\naws_access_key_id = AKIA1\naws_secret_access_key = canary\n');

    const keys = await profileKeys({ profile: 'lab' });

    expect(keys).toMatchObject({ kind: 'static', from: 'the AWS profile lab' });
    expect([keys.accessKey, keys.secretKey]).toEqual(['AKIA1', 'canary']);
    expect(inspect({ keys }, { depth: 9 }) + JSON.stringify(keys) + JSON.stringify({ ...keys })).not.toMatch(
      /canary|AKIA1/,
    );
  });

  it('knows temporary keys by their token', async () => {
    await credentials('[sso]\naws_access_key_id = A\naws_secret_access_key = S\naws_session_token = T\n');

    const keys = await profileKeys({ profile: 'sso' });

    expect(keys.kind).toBe('temporary');
    expect('sessionToken' in keys && keys.sessionToken).toBe('T');
  });

  it('says which profile gives nothing', async () => {
    await credentials('');

    await expect(profileKeys({ profile: 'gone' })).rejects.toMatchObject({
      code: 'missing-values',
      message: expect.stringContaining('profile gone'),
    });
  });
});
