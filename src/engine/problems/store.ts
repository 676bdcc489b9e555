/** Problems of the object store. */
import { exits } from '../exits.ts';
import type { ProblemEntry } from '../problems.ts';

export const storeProblems = {
  'bucket-name-invalid': {
    title: 'No store takes this bucket name.',
    cause: 'Names are 3 to 63 lower-case letters, digits, dots and hyphens, and begin and end with a letter or digit.',
    fix: 'Choose another storage.bucket.',
    exit: exits.configuration,
  },
  'bucket-missing': {
    title: 'The bucket does not exist.',
    cause: 'A misspelt storage.bucket, or storage.create is false.',
    fix: 'Create the bucket, or set storage.create: true.',
    exit: exits.applyFailed,
  },
  'bucket-foreign': {
    title: 'The bucket belongs to another account.',
    cause: 'Bucket names are shared by all accounts of a store.',
    fix: 'Choose another storage.bucket.',
    exit: exits.applyFailed,
  },
  'bucket-other-hub': {
    title: 'The bucket holds the metrics of another hub.',
    cause: 'Two hubs on one bucket mix their data and halt each other’s compactor.',
    fix: 'Choose another bucket, or, when the other hub is gone for good, take it with --adopt-bucket.',
    exit: exits.applyFailed,
  },
  'bucket-region': {
    title: 'The bucket is in another region.',
    cause: 'storage.region (or AWS_REGION) names a region the bucket is not in.',
    fix: 'Set storage.region to the region named.',
    exit: exits.configuration,
  },
  'store-key-unknown': {
    title: 'The store does not know this access key.',
    cause: 'The key was deleted, mistyped, or belongs to another store.',
    fix: 'Give a valid pair by ACM_OBSERVABILITY_STORAGE_ACCESS_KEY and _SECRET_KEY.',
    exit: exits.applyFailed,
  },
  'store-key-refused': {
    title: 'The store refuses the secret key.',
    cause: 'The secret key does not belong to the access key.',
    fix: 'Give a valid pair by ACM_OBSERVABILITY_STORAGE_ACCESS_KEY and _SECRET_KEY.',
    exit: exits.applyFailed,
  },
  'store-denied': {
    title: 'The key may not do what Thanos must do.',
    cause: 'The policy of the key lacks s3:ListBucket, s3:GetObject, s3:PutObject or s3:DeleteObject on the bucket.',
    fix: 'Allow the action named on the bucket and on its objects.',
    exit: exits.applyFailed,
  },
  'store-clock': {
    title: 'The clocks of the store and of this machine disagree.',
    cause: 'Signatures are valid for some minutes only.',
    fix: 'Set this machine’s clock (NTP), then run again.',
    exit: exits.applyFailed,
  },
  'store-unreachable': {
    title: 'The store does not answer.',
    cause: 'storage.endpoint, the network, or a proxy.',
    fix: 'Check storage.endpoint: https://host[:port], reachable from here and from the hub’s nodes.',
    exit: exits.unreachable,
  },
  'store-untrusted': {
    title: 'The store shows a certificate nobody here vouches for.',
    cause: 'A private CA.',
    fix: 'Give its CA with storage.caFile (or AWS_CA_BUNDLE); Thanos gets it too.',
    exit: exits.unreachable,
  },
  'store-refused': {
    title: 'The store refused a request.',
    cause: 'The message is its own.',
    fix: 'Read the message, then run again.',
    exit: exits.applyFailed,
  },
  'store-probe': {
    title: 'The store does not give back what it was given.',
    cause: 'A gateway in between changes objects, or the store is not S3-compatible enough for Thanos.',
    fix: 'Check the store with another client; Thanos would fail in the same way.',
    exit: exits.applyFailed,
  },
  'thanos-secret-missing': {
    title: 'The Secret Thanos starts with is not there.',
    cause: 'Somebody deleted it; pods that run go on until they are restarted.',
    fix: 'Make it again: `acm-observability apply`.',
    exit: exits.checkFailed,
  },
  'store-config-not-loaded': {
    title: 'Thanos runs with an older configuration of its store than the Secret has.',
    cause: 'Its pods read the configuration at their start only, and have not been restarted since it was changed.',
    fix: 'Restart them in their order: `acm-observability apply`.',
    exit: exits.checkFailed,
  },
  'thanos-yaml-invalid': {
    title: 'The configuration Thanos starts with is not one it takes.',
    cause: 'The Secret was written by hand: a scheme or path in the endpoint, or a field missing.',
    fix: 'Write it again: `acm-observability apply`.',
    exit: exits.checkFailed,
  },
  'secret-key-missing': {
    title: 'A Secret lacks the key that is to be read from it.',
    cause: 'storage.existingSecret names another key than the one it has.',
    fix: 'Name the right key in storage.existingSecret.key, or add it to the Secret.',
    exit: exits.applyFailed,
  },
  'existing-missing': {
    title: 'An object that somebody else provides is not there.',
    cause: 'storage.provider is existing, and the Secret has not been made yet or has another name.',
    fix: 'Make the Secret, or name the right one in storage.existingSecret.',
    exit: exits.applyFailed,
  },
  'temporary-credentials': {
    title: 'Temporary credentials cannot be given to Thanos.',
    cause: 'A session token expires, and every Thanos pod would die with it.',
    fix: 'Give a static pair by ACM_OBSERVABILITY_STORAGE_ACCESS_KEY and _SECRET_KEY; temporary ones may still create the bucket.',
    exit: exits.configuration,
  },
} as const satisfies Record<string, ProblemEntry>;
