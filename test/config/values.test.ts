import { describe, expect, it } from 'vitest';
import { bucketFault, dateFault, endpointFault, normalEndpoint, objectNameFault } from '../../src/config/values.ts';

describe('bucketFault', () => {
  it.each(['abc', 'acm-metrics', 'acm.metrics', '1-2', 'a'.repeat(63)])('takes %s', (name) => {
    expect(bucketFault(name, 's3')).toBeUndefined();
  });

  it.each([
    'ab',
    'a'.repeat(64),
    'B_bad',
    'a_b',
    '-abc',
    'abc-',
    '.abc',
    'a..b',
    '10.0.0.1',
    'xn--abc',
    'sthree-abc',
    'amzn-s3-demo-abc',
    'abc-s3alias',
    'abc--ol-s3',
    'abc.mrap',
    'abc--x-s3',
    'abc def',
    'ab\nc',
    'évian',
  ])('refuses %j', (name) => {
    expect(bucketFault(name, 's3')).toMatch(/^must /);
  });

  it('knows the rules of the other stores', () => {
    expect(bucketFault('a_b', 'gcs')).toBeUndefined();
    expect(bucketFault('a.b', 'azure')).toMatch(/^must /);
    expect(bucketFault('a--b', 'azure')).toMatch(/^must /);
    expect(bucketFault('ab', 'azure')).toBe('must have 3 to 63 characters');
  });
});

describe('endpointFault', () => {
  it.each(['https://s3.example.com', 'http://127.0.0.1:9000', 'https://[::1]:9000/', 'HTTPS://S3.Example.com'])(
    'takes %s',
    (url) => {
      expect(endpointFault(url)).toBeUndefined();
    },
  );

  it.each([
    '',
    's3.example.com',
    'ftp://x',
    'https://',
    'https://x/y',
    'https://x?y',
    'https://x#',
    'https://a:b@x',
    'https://x:99999',
  ])('refuses %j', (url) => {
    expect(endpointFault(url)).toMatch(/^must /);
  });

  it('makes one form of many', () => {
    expect(normalEndpoint('HTTPS://S3.Example.com:443/')).toBe('https://s3.example.com');
  });
});

describe('dateFault and objectNameFault', () => {
  it('take real days only', () => {
    expect(dateFault('2026-12-31')).toBeUndefined();
    expect(dateFault('2028-02-29')).toBeUndefined();
    for (const text of ['2026-02-29', '2026-13-01', '31-12-2026', '2026-12-31T00:00:00Z', '']) {
      expect(dateFault(text)).toMatch(/^must /);
    }
  });

  it('take names Kubernetes takes', () => {
    expect(objectNameFault('gp3-csi')).toBeUndefined();
    expect(objectNameFault('a.b')).toBeUndefined();
    for (const text of ['A', 'a_b', '-a', 'a.', 'a'.repeat(254), '']) expect(objectNameFault(text)).toMatch(/^must /);
  });
});
