/**
 * What differs between ACM releases, in one place. Versions compare as (major, minor) numbers; 5.0 follows 2.17
 * (acm.md "ACM version order").
 */

export interface Version {
  readonly major: number;
  readonly minor: number;
  /** As it was written: `2.14.1`. */
  readonly text: string;
}

/** `2.14` or `2.14.1`. Throws a RangeError for anything else. */
export function parseVersion(text: string): Version {
  const [, major, minor] = /^(\d+)\.(\d+)(?:\.\d+)?(?:[-+].*)?$/.exec(text) ?? [];
  if (major === undefined || minor === undefined) throw new RangeError(`not a version: ${text}`);
  return { major: Number(major), minor: Number(minor), text };
}

/** Whether a version is the other or later. */
export function atLeast(version: Version, other: string): boolean {
  const { major, minor } = parseVersion(other);
  return version.major > major || (version.major === major && version.minor >= minor);
}

/** How the ValidatingWebhook of MultiClusterObservability behaves (measured.md §1.1, acm.md §1.6). */
type Webhook = 'sizes' | 'inert' | 'full';

export interface Features {
  readonly webhook: Webhook;
  /**
   * `sticky` (to 2.16): conditions start late, `Failed` has status False, `Installing` stays for ever and nothing moves
   * once Ready was set. `exact` (from 2.17): conditions tell what is (acm.md §1.5, measured.md §2).
   */
  readonly conditions: 'sticky' | 'exact';
  /** The token of the alertmanager accessor lives in a Secret of its own that somebody must fill (measured.md §1.9). */
  readonly accessorTokenSecret: boolean;
  /** A MulticlusterGlobalHub CRD silences the operator (measured.md §1.5). */
  readonly silencedByGlobalHub: boolean;
  /**
   * Which of the two recorded sets of hub objects is made. Where it changed between them is not known: the newer set is
   * taken from 2.17.
   */
  readonly objects: 'as 2.14' | 'as 2.17';
  /** Right-sizing objects are made even when it is off (measured.md §1.8). */
  readonly rightSizing: boolean;
  /** A change of storage class deletes StatefulSets (measured.md §3). */
  readonly recreatesOnStorageClass: boolean;
  /** Recording rules of the user-workload list on the hub are honoured (acm.md §6.2). */
  readonly userWorkloadRules: boolean;
  /** A user-workload map gets alert forwarding, and writers who fight are told of (acm.md §5.4, §13.2). */
  readonly forwardsUserAlerts: boolean;
  readonly detectsReconcileLoop: boolean;
  /** Where the switch to the addon architecture is: below `metrics`, by this name. */
  readonly addonSwitch: 'none' | 'collection' | 'default';
  /** Templates of policies know `fromYAML` and `toYAML` (transport.md §6.2; in 2.13 only later releases). */
  readonly yamlInPolicies: boolean;
  /** How the Secrets for alert forwarding end: nothing, the cluster's name, the hub's cluster ID (acm.md §5.4). */
  readonly alertSecretSuffix: 'none' | 'cluster' | 'hub';
}

/** The features of an ACM release. */
export function featuresOf(version: Version): Features {
  const from = (other: string): boolean => atLeast(version, other);
  return {
    webhook: from('5.0') ? 'full' : from('2.15') ? 'inert' : 'sizes',
    conditions: from('2.17') ? 'exact' : 'sticky',
    accessorTokenSecret: !from('2.17'),
    silencedByGlobalHub: !from('2.17'),
    objects: from('2.17') ? 'as 2.17' : 'as 2.14',
    rightSizing: from('2.17'),
    recreatesOnStorageClass: from('2.17'),
    userWorkloadRules: from('2.12'),
    forwardsUserAlerts: from('2.14'),
    detectsReconcileLoop: from('2.14'),
    addonSwitch: from('2.15') ? 'default' : from('2.13') ? 'collection' : 'none',
    yamlInPolicies: from('2.14'),
    alertSecretSuffix: from('2.16') ? 'hub' : version.text.startsWith('2.15.') ? suffixOf215(version.text) : 'none',
  };
}

function suffixOf215(text: string): Features['alertSecretSuffix'] {
  return text === '2.15.0' ? 'cluster' : 'hub';
}
