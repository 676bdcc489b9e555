import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { requireValues, storeNeeds } from '../../src/config/require.ts';
import { folderWith, problemOf } from './folder.ts';

async function loaded(text = '') {
  return loadConfig({ cwd: await folderWith({ 'acm-observability.yaml': text }), env: {} });
}

describe('requireValues', () => {
  it('lists everything that is missing at once, with every way to give it', async () => {
    const config = await loaded();

    const problem = await problemOf((async () => requireValues(config, storeNeeds, { kind: 'none' }))());

    expect(problem).toMatchObject({ code: 'missing-values', exitCode: 65 });
    expect(problem.message).toMatchInlineSnapshot(`
      "storage.bucket: --set storage.bucket=acm-metrics, or ACM_OBSERVABILITY_STORAGE_BUCKET, or S3_BUCKET_NAME
      storage.region: --set storage.region=eu-west-3, or ACM_OBSERVABILITY_STORAGE_REGION, or AWS_REGION
      access key of the store: ACM_OBSERVABILITY_STORAGE_ACCESS_KEY, or ACM_OBSERVABILITY_STORAGE_ACCESS_KEY_FILE=/run/secrets/access-key, or AWS_ACCESS_KEY_ID
      secret key of the store: ACM_OBSERVABILITY_STORAGE_SECRET_KEY, or ACM_OBSERVABILITY_STORAGE_SECRET_KEY_FILE=/run/secrets/secret-key, or AWS_SECRET_ACCESS_KEY"
    `);
  });

  it('needs no region where there is an endpoint that is not AWS', async () => {
    const config = await loaded('storage: { bucket: acm-metrics, endpoint: "https://s3.example.com" }');
    const onAws = await loaded('storage: { bucket: acm-metrics, endpoint: "https://s3.eu-west-3.amazonaws.com" }');

    const problem = await problemOf((async () => requireValues(onAws, storeNeeds, { kind: 'profile' }))());

    expect(() => requireValues(config, storeNeeds, { kind: 'profile' })).not.toThrow();
    expect(problem.message).toMatch(/^storage\.region: /);
  });

  it('asks for what the provider needs and nothing else', async () => {
    const existing = await loaded('storage: { provider: existing }');
    const claim = await loaded('storage: { provider: bucketclaim }');

    const problem = await problemOf((async () => requireValues(existing, storeNeeds, { kind: 'none' }))());

    expect(problem.message).toMatch(/^storage\.existingSecret\.name: /);
    expect(problem.message.split('\n')).toHaveLength(1);
    expect(() => requireValues(claim, storeNeeds, { kind: 'none' })).not.toThrow();
  });

  it('names the half of a pair that is missing', async () => {
    const config = await loaded('storage: { bucket: acm-metrics, region: eu-west-3 }');

    const problem = await problemOf(
      (async () => requireValues(config, storeNeeds, { kind: 'incomplete', missing: 'AWS_SECRET_ACCESS_KEY' }))(),
    );

    expect(problem.message).toContain('AWS_SECRET_ACCESS_KEY');
  });
});
