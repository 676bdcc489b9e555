import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { storageKeys } from '../../src/config/credentials.ts';
import { folderWith, problemOf } from './folder.ts';

const aws = { AWS_ACCESS_KEY_ID: 'aws-id', AWS_SECRET_ACCESS_KEY: 'aws-key' };
const ours = { ACM_OBSERVABILITY_STORAGE_ACCESS_KEY: 'our-id', ACM_OBSERVABILITY_STORAGE_SECRET_KEY: 'our-key' };

describe('storageKeys', () => {
  it('prefers our pair to the AWS pair, and that to a profile', async () => {
    const all = await storageKeys({ ...aws, ...ours, AWS_SESSION_TOKEN: 'token', AWS_PROFILE: 'p' }, '/');
    const pair = await storageKeys({ ...aws, AWS_PROFILE: 'p' }, '/');
    const profile = await storageKeys({ AWS_PROFILE: 'p' }, '/');
    const none = await storageKeys({}, '/');

    expect(all).toMatchObject({ kind: 'static', accessKey: 'our-id', secretKey: 'our-key' });
    expect(pair).toMatchObject({
      kind: 'static',
      accessKey: 'aws-id',
      from: 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    });
    expect(profile).toEqual({ kind: 'profile', profile: 'p' });
    expect(none).toEqual({ kind: 'none' });
  });

  it('knows temporary credentials by their token and by their key ID', async () => {
    const token = await storageKeys({ ...aws, AWS_SESSION_TOKEN: 'token' }, '/');
    const id = await storageKeys({ ...ours, ACM_OBSERVABILITY_STORAGE_ACCESS_KEY: 'ASIAX' }, '/');

    expect(token).toMatchObject({ kind: 'temporary', sessionToken: 'token' });
    expect(id).toMatchObject({ kind: 'temporary' });
  });

  it('reads the _FILE forms without the newline at the end', async () => {
    const cwd = await folderWith({ id: 'our-id\n', key: 'our-key\r\n' });

    const keys = await storageKeys(
      { ACM_OBSERVABILITY_STORAGE_ACCESS_KEY_FILE: 'id', ACM_OBSERVABILITY_STORAGE_SECRET_KEY_FILE: join(cwd, 'key') },
      cwd,
    );

    expect(keys).toMatchObject({ kind: 'static', accessKey: 'our-id', secretKey: 'our-key' });
  });

  it('names the missing half of a pair instead of mixing two pairs', async () => {
    expect(await storageKeys({ ...aws, ACM_OBSERVABILITY_STORAGE_ACCESS_KEY: 'our-id' }, '/')).toEqual({
      kind: 'incomplete',
      missing: 'ACM_OBSERVABILITY_STORAGE_SECRET_KEY',
    });
    expect(await storageKeys({ AWS_SECRET_ACCESS_KEY: 'x' }, '/')).toEqual({
      kind: 'incomplete',
      missing: 'AWS_ACCESS_KEY_ID',
    });
  });

  it('finds the shared credentials file', async () => {
    const home = await folderWith();
    await mkdir(join(home, '.aws'));
    await writeFile(join(home, '.aws', 'credentials'), '');

    expect(await storageKeys({ HOME: home }, '/')).toEqual({ kind: 'profile' });
  });

  it('refuses a key and its file form together, and a file that is not there', async () => {
    const cwd = await folderWith();
    const name = 'ACM_OBSERVABILITY_STORAGE_SECRET_KEY';

    const both = await problemOf(storageKeys({ ...ours, [`${name}_FILE`]: 'x' }, cwd));
    const gone = await problemOf(storageKeys({ [`${name}_FILE`]: 'gone' }, cwd));

    expect(both.message).toBe(`${name}_FILE: is set together with ${name}; keep one`);
    expect(gone.message).toBe(`${name}_FILE: the file it names does not exist`);
    expect(both.exitCode).toBe(65);
  });
});
