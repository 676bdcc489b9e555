import { describe, expect, it } from 'vitest';
import { placeOf } from '../../../src/adapters/object-store/place.ts';

describe('placeOf', () => {
  it.each([
    [undefined, undefined, 'https://s3.us-east-1.amazonaws.com', 'us-east-1', true],
    ['eu-west-3', undefined, 'https://s3.eu-west-3.amazonaws.com', 'eu-west-3', true],
    ['cn-north-1', undefined, 'https://s3.cn-north-1.amazonaws.com.cn', 'cn-north-1', true],
    [undefined, 'https://s3.eu-west-3.amazonaws.com', 'https://s3.eu-west-3.amazonaws.com', 'eu-west-3', true],
    ['eu-west-1', 'https://s3.eu-west-3.amazonaws.com', 'https://s3.eu-west-3.amazonaws.com', 'eu-west-1', true],
    [
      undefined,
      'https://s3.us-gov-west-1.amazonaws.com',
      'https://s3.us-gov-west-1.amazonaws.com',
      'us-gov-west-1',
      true,
    ],
    [undefined, 'https://minio.test:9000/', 'https://minio.test:9000', 'us-east-1', false],
    [undefined, 'http://user:secret@minio.test', 'http://minio.test', 'us-east-1', false],
    [undefined, 'https://s3.amazonaws.com.evil.test', 'https://s3.amazonaws.com.evil.test', 'us-east-1', false],
  ])('region %s, endpoint %s → %s, %s', (region, endpoint, shown, signed, aws) => {
    expect(placeOf('b', region, endpoint)).toMatchObject({ shown, region: signed, aws, endpoint });
  });
});
