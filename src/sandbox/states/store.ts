/** Broken states of the object store, and of the Secret by which Thanos reaches it. */
import { type Secret, SecretKind } from '../../kinds.ts';
import { hubNamespace } from '../controllers/names.ts';
import { secretData, secretText } from '../controllers/objects.ts';
import { storeAccount } from '../object-store.ts';
import type { BrokenState, Site } from './state.ts';

const secret = { name: 'thanos-object-storage', namespace: hubNamespace };
const entry = 'thanos.yaml';

/** Somebody writes the configuration of Thanos by hand. */
function written(meaning: string, source: string, change: (text: string) => string): BrokenState {
  return {
    meaning,
    source,
    settle: 5,
    cause: async ({ people, hub }: Site) => {
      await people.edit<Secret>(hub, SecretKind, secret, (object) => ({
        ...object,
        data: { ...object.data, ...secretData({ [entry]: change(secretText(object, entry) ?? '') }) },
      }));
    },
  };
}

const settle = 2;

export const storeStates = {
  'store-key-revoked': {
    meaning: 'the access key was deleted at the store',
    source: 'acm.md §14 row 8',
    settle,
    cause: async ({ s3, store }) => s3.removeKey(store.accessKeyId),
  },
  'store-key-changed': {
    meaning: 'the secret key was changed at the store',
    source: 'acm.md §14 row 8',
    settle,
    cause: async ({ s3, store }) => {
      s3.account(storeAccount, { accessKeyId: store.accessKeyId, secretAccessKey: 'another-secret-of-the-same-key' });
    },
  },
  'store-key-narrowed': {
    meaning: 'the policy of the key no longer lets it list the bucket',
    source: 'acm.md §14 row 8',
    settle,
    cause: async ({ s3, store }) => {
      const { accessKeyId, secretAccessKey } = store;
      s3.account(storeAccount, { accessKeyId, secretAccessKey, actions: ['s3:GetObject', 's3:ListAllMyBuckets'] });
    },
  },
  'bucket-gone': {
    meaning: 'the bucket was deleted',
    source: 'acm.md §14 row 8',
    settle,
    cause: async ({ s3, store }) => s3.removeBucket(store.bucket),
  },
  'bucket-taken': {
    meaning: 'the bucket was deleted, and another account made one of the same name',
    source: 'acm.md §14 row 8',
    settle,
    cause: async ({ s3, store }) => s3.bucket(store.bucket, { owner: 'somebody-else', region: store.region }),
  },
  'store-overloaded': {
    meaning: 'the store answers SlowDown to everything',
    source: 'acm.md §14 row 8',
    settle,
    cause: async ({ s3 }) => void s3.misbehave('slow-down'),
  },
  'thanos-secret-gone': {
    meaning: 'the Secret with the configuration of Thanos was deleted',
    source: 'acm.md §14 row 6',
    settle,
    cause: ({ people, hub }) => people.delete(hub, SecretKind, secret),
  },
  'thanos-secret-renamed-key': {
    meaning: 'the Secret has the configuration of Thanos under another key',
    source: 'acm.md §14 row 6',
    settle,
    cause: async ({ people, hub }) => {
      await people.edit<Secret>(hub, SecretKind, secret, (object) => {
        const { [entry]: text = '', ...others } = object.data ?? {};
        return { ...object, data: { ...others, 'config.yaml': text } };
      });
    },
  },
  'thanos-yaml-unreadable': written('the configuration of Thanos is no YAML', 'acm.md §14 row 6', () => 'type: [S3\n'),
  'thanos-yaml-untyped': written('the configuration of Thanos names no type of store', 'acm.md §14 row 6', (text) =>
    text.replace(/^type:.*$/m, ''),
  ),
  'thanos-yaml-bucketless': written('the configuration of Thanos names no bucket', 'acm.md §14 row 6', (text) =>
    text.replace(/^ *bucket:.*$/m, ''),
  ),
  'thanos-endpoint-url': written('the endpoint in the configuration of Thanos is a URL', 'acm.md §14 row 7', (text) =>
    text.replace(/endpoint: *"?([^"\n]*)"?/, 'endpoint: http://$1/path'),
  ),
  'thanos-yaml-odd-key': written('the configuration of Thanos has a key it does not know', 'acm.md §2.2', (text) =>
    text.replace(/^config:$/m, 'config:\n  forcePathStyle: true'),
  ),
  'thanos-endpoint-dead': written('nobody listens at the endpoint Thanos has', 'acm.md §14 row 8', (text) =>
    text.replace(/endpoint: *"?([^"\n:]*)(:\d+)?"?/, 'endpoint: $1:1'),
  ),
  'thanos-secret-rotated': written(
    'the configuration of Thanos was written anew, and its pods were not restarted',
    'acm.md §14 row 10',
    (text) => `${text}# rotated\n`,
  ),
  'bucket-elsewhere': {
    meaning: 'the bucket was made anew in another region',
    source: 'acm.md §14 row 8',
    settle,
    cause: async ({ s3, store }) => {
      s3.removeBucket(store.bucket);
      s3.bucket(store.bucket, { owner: storeAccount, region: 'ap-southeast-2' });
    },
  },
  'thanos-store-moved': written('the configuration of Thanos names another bucket', 'acm.md §14 row 8', (text) =>
    text.replace(/bucket: *"?[^"\n]*"?/, 'bucket: another-bucket'),
  ),
} as const satisfies Record<string, BrokenState>;
