import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isProblem } from '../../src/engine/problem.ts';
import { endpointOf, parseThanosYaml, thanosYaml } from '../../src/resources/thanos-config.ts';

const aws = { provider: 's3', bucket: 'acm-metrics', region: 'eu-west-3', create: true } as const;
const ceph = { ...aws, endpoint: 'https://s3.example.com:9000' } as const;
const keys = { accessKey: 'AKIAEXAMPLE', secretKey: 'secret/with+signs=' };

describe('thanos.yaml', () => {
  it('names the endpoint of AWS by its region', () => {
    const value = parse(thanosYaml({ storage: aws, ...keys, privateCa: false }));

    expect(value).toEqual({
      type: 's3',
      config: {
        bucket: 'acm-metrics',
        endpoint: 's3.eu-west-3.amazonaws.com',
        insecure: false,
        region: 'eu-west-3',
        access_key: keys.accessKey,
        secret_key: keys.secretKey,
      },
    });
  });

  it('asks another store by path, and trusts a private CA by its mounted file', () => {
    const { config } = parse(thanosYaml({ storage: ceph, ...keys, privateCa: true }));

    expect(config).toMatchObject({
      endpoint: 's3.example.com:9000',
      insecure: false,
      bucket_lookup_type: 'path',
      http_config: { tls_config: { ca_file: '/etc/minio/certs/ca.crt' } },
    });
  });

  it('takes plain HTTP from the scheme', () => {
    expect(endpointOf({ ...aws, endpoint: 'http://127.0.0.1:9000' })).toEqual({
      endpoint: '127.0.0.1:9000',
      insecure: true,
    });
  });

  it('is read back as it was meant, whatever the keys are', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (accessKey, secretKey) => {
        const live = parseThanosYaml(thanosYaml({ storage: ceph, accessKey, secretKey, privateCa: false }));

        expect(live).toEqual({
          bucket: 'acm-metrics',
          region: 'eu-west-3',
          endpoint: 'https://s3.example.com:9000',
          credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
        });
      }),
    );
  });

  it.each([
    ['a scheme in the endpoint', 'type: s3\nconfig: {bucket: b1b, endpoint: "https://x"}', 'is not host[:port]'],
    ['a path in the endpoint', 'type: s3\nconfig: {bucket: b1b, endpoint: "x/y"}', 'is not host[:port]'],
    ['no bucket', 'type: s3\nconfig: {endpoint: x}', 'lacks the bucket'],
    ['no type', 'config: {}', 'no type'],
    ['broken YAML', 'type: s3\nconfig: [1', 'does not parse'],
  ])('with %s is refused', (_, text, why) => {
    let error: unknown;
    try {
      parseThanosYaml(text);
    } catch (thrown) {
      error = thrown;
    }

    expect(isProblem(error, 'thanos-yaml-invalid')).toBe(true);
    expect(String(error)).toContain(why);
  });

  it('never quotes what it refuses: there are keys in it', () => {
    const broken = 'type: s3\nconfig: {secret_key: hunter2, bucket: [';

    expect(() => parseThanosYaml(broken)).toThrow(/^(?!.*hunter2)/s);
  });

  it('of another kind of store is nobody’s here', () => {
    expect(parseThanosYaml('type: GCS\nconfig: {bucket: b}')).toBeUndefined();
  });
});
