/** Rules that need more than one key, or look inside what is passed through to ACM; and things worth a warning. */
import { problems } from '../engine/problems.ts';
import type { Config, Provider } from './config.ts';
import { isMapping } from './document.ts';
import { parseDuration } from './duration.ts';
import type { Given, Layer } from './layers.ts';
import { type Issue, pathText } from './origin.ts';
import { didYouMean } from './suggest.ts';
import { bucketFault, durationFault, type Fault, sizeFault } from './values.ts';

/** Where a part of a key's value stands. */
export type PlaceOf = (given: Given, path: readonly PropertyKey[]) => string;

/** What is wrong with values that are fine one by one. Works on what was given, complete or not. */
export function ruleIssues(chosen: Layer, placeOf: PlaceOf): Issue[] {
  return [...bucketIssues(chosen, placeOf), ...specIssues(chosen, placeOf)];
}

function bucketIssues(chosen: Layer, placeOf: PlaceOf): Issue[] {
  const bucket = chosen.get('storage.bucket');
  if (typeof bucket?.value !== 'string' || bucket.value === '') return [];
  const message = bucketFault(bucket.value, providerOf(chosen.get('storage.provider')?.value));
  if (message === undefined) return [];
  const path = ['storage', 'bucket'];
  return [{ code: 'bucket-name-invalid', place: placeOf(bucket, path), path: pathText(path), message }];
}

function providerOf(value: unknown): Provider {
  return value === 'gcs' || value === 'azure' ? value : 's3';
}

/** Fields of the spec that have a key of their own: two places could disagree. */
export const ownKeys: Readonly<Record<string, string>> = {
  instanceSize: 'observability.instanceSize',
  'observabilityAddonSpec.interval': 'observability.interval',
  'storageConfig.storageClass': 'observability.storageClass',
  'storageConfig.metricObjectStorage.name': 'storage.existingSecret.name',
  'storageConfig.metricObjectStorage.key': 'storage.existingSecret.key',
  'advanced.retentionConfig.retentionResolutionRaw': 'observability.retention.raw',
  'advanced.retentionConfig.retentionResolution5m': 'observability.retention.fiveMinutes',
  'advanced.retentionConfig.retentionResolution1h': 'observability.retention.oneHour',
};

/** Sizes and durations in the spec: the operator takes whatever it is given and fails minutes later (acm.md §1.2). */
const formsInSpec: Readonly<Record<string, (text: string) => Fault>> = {
  'storageConfig.alertmanagerStorageSize': sizeFault,
  'storageConfig.compactStorageSize': sizeFault,
  'storageConfig.receiveStorageSize': sizeFault,
  'storageConfig.ruleStorageSize': sizeFault,
  'storageConfig.storeStorageSize': sizeFault,
  'advanced.retentionConfig.retentionInLocal': durationFault,
  'advanced.retentionConfig.deleteDelay': durationFault,
  'advanced.retentionConfig.blockDuration': durationFault,
};

function specIssues(chosen: Layer, placeOf: PlaceOf): Issue[] {
  const spec = chosen.get('observability.spec');
  if (spec === undefined) return [];
  const issues: Issue[] = [];
  const report = (field: string, message: string): void => {
    const path = ['observability', 'spec', ...field.split('.')];
    issues.push({ code: 'configuration-invalid', place: placeOf(spec, path), path: pathText(path), message });
  };
  for (const [field, key] of Object.entries(ownKeys)) {
    if (valueAt(spec.value, field) !== undefined) report(field, `has a key of its own: ${key}`);
  }
  for (const [field, fault] of Object.entries(formsInSpec)) {
    const value = valueAt(spec.value, field);
    const message = value === undefined ? undefined : fault(String(value));
    if (message !== undefined) report(field, message);
  }
  return issues;
}

/** What stands at a dotted path below a value. */
export function valueAt(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (inner, step) => (isMapping(inner) && Object.hasOwn(inner, step) ? inner[step] : undefined),
      value,
    );
}

/** Thanos makes five-minute blocks after 40 hours and one-hour blocks after 10 days (acm.md §8). */
const fiveMinutesAfter = { text: '40h', length: 40 * 3_600_000 };
const oneHourAfter = { text: '10d', length: 10 * 86_400_000 };

/** What is allowed and probably not meant. */
export function warningsOf(config: Config, chosen: Layer): string[] {
  const { storage, observability, accept } = config;
  const warnings: string[] = [];
  if (observability.interval < 60) {
    warnings.push('observability.interval below 60 s brings out-of-order samples and load; 60 or more is safe');
  }
  if (observability.spec.enableDownsampling !== false) {
    if (isShort(observability.retention.raw, fiveMinutesAfter.length)) {
      warnings.push(
        `observability.retention.raw below ${fiveMinutesAfter.text}: raw samples go before they are downsampled`,
      );
    }
    if (isShort(observability.retention.fiveMinutes, oneHourAfter.length)) {
      warnings.push(
        `observability.retention.fiveMinutes below ${oneHourAfter.text}: five-minute samples go before they are downsampled`,
      );
    }
  }
  if (
    chosen.get('storage.bucket')?.origin.source === 'file' &&
    chosen.get('storage.endpoint')?.origin.source === 'ambient'
  ) {
    const name = chosen.get('storage.endpoint')?.origin.detail;
    warnings.push(
      `storage.endpoint comes from ${name} while the file names the bucket; write it into the file, or another shell means another store`,
    );
  }
  if (storage.provider === 's3' && storage.endpoint === undefined && storage.bucket?.includes('.')) {
    warnings.push('storage.bucket has a dot: the certificates of AWS do not cover such a host name');
  }
  if (storage.existingSecret !== undefined && storage.provider !== 'existing') {
    warnings.push('storage.existingSecret is only used with provider existing');
  }
  const idle = config.team === undefined ? [] : statedIdly(chosen);
  if (idle.length > 0) warnings.push(`without effect in the configuration of a team: ${idle.join(', ')}`);
  for (const { code } of accept.filter((entry) => !Object.hasOwn(problems, entry.code))) {
    warnings.push(`accept: no finding has the code ${code}${didYouMean(code, Object.keys(problems))}`);
  }
  return warnings;
}

/** What the file says about an installation that another one describes. Of that, what is read is when samples are due. */
function statedIdly(chosen: Layer): string[] {
  const ofInstallation = /^(storage|observability|userWorkloadMonitoring|grafana|clusters\.(canary|collection))(\.|$)/;
  const read = ['observability.name', 'observability.interval'];
  return [...chosen]
    .filter(([path, { origin }]) => origin.source === 'file' && ofInstallation.test(path) && !read.includes(path))
    .map(([path]) => path);
}

/** `0d` keeps for ever. */
function isShort(retention: string, atLeast: number): boolean {
  const length = parseDuration(retention);
  return length !== undefined && length > 0 && length < atLeast;
}
