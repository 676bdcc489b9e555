/** What a person must know before approving: which hub, how far it reaches, what it costs, what is adopted. */
import type { Context } from '../context.ts';
import { theObservability } from '../hub.ts';

/** Volumes ACM makes with the default size (acm.md §1.3): field of storageConfig, default, how many. */
const volumes = [
  ['alertmanagerStorageSize', 1, 3],
  ['ruleStorageSize', 1, 3],
  ['compactStorageSize', 100, 1],
  ['receiveStorageSize', 100, 3],
  ['storeStorageSize', 10, 3],
] as const;

/** The opening of a plan for an installation. */
export function blastRadius(context: Context): string[] {
  const { hub, config, members } = context;
  if (config.team !== undefined) return [ofTeam(config.team)];
  // Which hub it is stands above them, with its URL and cluster ID.
  const lines: string[] = [];
  const existing = theObservability(hub);
  const collected = hub.managedClusters.length;
  const selected = config.clusters.collection === 'selected';
  lines.push(
    selected
      ? 'ACM will collect from the selected clusters only; the others get the label observability=disabled first.'
      : `ACM collects from all ${collected} managed clusters, not only from those selected here.`,
  );
  if (existing === undefined) {
    lines.push(
      'On each of them ACM rewrites cluster-monitoring-config: comments and keys unknown to it are lost there (by ACM, not by this program).',
      'The Prometheus of each cluster restarts once; where it has no volume its local history is lost.',
      `Volumes on the hub: ${volumeText(config.observability.spec)} of ${storageClassText(config.observability.storageClass)}.`,
    );
  } else {
    lines.push(`MultiClusterObservability ${existing.metadata.name} is already there.`);
  }
  const left = members.filter((member) => member.skip !== undefined || member.offline !== undefined);
  if (left.length > 0)
    lines.push(`${left.length} clusters are left alone by user-workload monitoring; each is listed with its reason.`);
  if (config.userWorkloadMonitoring.mode === 'policy') {
    lines.push(
      'A policy keeps user-workload monitoring on: what each cluster needs is decided there, its document is never replaced, and one that cannot be edited is left as it is and told. It stays at work after this run, for clusters that join later too.',
    );
  }
  if (members.length > 100 && config.userWorkloadMonitoring.mode !== 'policy') {
    lines.push('For a fleet of this size userWorkloadMonitoring.mode: policy keeps it on with a handful of objects.');
  }
  return lines;
}

/** Which clusters come first. */
export function canaryNote(canaries: readonly string[]): string[] {
  if (canaries.length === 0) return [];
  return [`${canaries.join(', ')} first: the other clusters are begun only when metrics arrive from there.`];
}

function ofTeam(team: string): string {
  return `Of team ${team}: its packs, metrics and dashboards. The installation and other people's entries stay as they are.`;
}

/** The opening of an uninstall's plan. */
export function farewell({ settings, config, members }: Context): string[] {
  if (config.team !== undefined) return [ofTeam(config.team)];
  const away = members.filter((member) => member.offline !== undefined).length;
  const lines = [
    ...(config.userWorkloadMonitoring.mode === 'policy'
      ? ['The policy goes first; only then is what it turned on turned back, cluster by cluster, through the hub.']
      : []),
    ...(config.userWorkloadMonitoring.mode === 'policy' && away > 0
      ? [`${away} clusters are away: the policy goes from them when they are back; what it turned on stays on there.`]
      : []),
    'ACM takes its collectors off every cluster; user-workload monitoring is turned back after that, where this program turned it on.',
  ];
  lines.push(
    settings.deleteData
      ? 'Every stored metric is deleted: the bucket with all that is in it, and the volumes.'
      : 'The stored metrics stay in the bucket, and the volumes on the hub; --delete-data removes them.',
  );
  return lines;
}

function volumeText(spec: Readonly<Record<string, unknown>>): string {
  const storage = typeof spec.storageConfig === 'object' && spec.storageConfig !== null ? spec.storageConfig : {};
  const sizes = new Map(Object.entries(storage));
  const parts = volumes.map(([field, size, count]) => `${count} × ${String(sizes.get(field) ?? `${size}Gi`)}`);
  const total = volumes.reduce((sum, [, size, count]) => sum + size * count, 0);
  const custom = volumes.some(([field]) => sizes.has(field));
  return custom ? parts.join(', ') : `${parts.join(', ')} (${total} GiB)`;
}

function storageClassText(name: string | undefined): string {
  return name === undefined ? 'the default storage class' : `storage class ${name}`;
}
