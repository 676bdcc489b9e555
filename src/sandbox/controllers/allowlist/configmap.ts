/** The two lists of an allowlist ConfigMap, and how the hub merges a custom one into the defaults (acm.md §6.3). */
import type { Features } from '../versions.ts';
import { emptyList, formatList, ListError, type MetricsList, mergeLists, parseList } from './list.ts';

export interface Lists {
  readonly platform: MetricsList;
  readonly userWorkload: MetricsList;
}

const platformKey = 'metrics_list.yaml';
const userWorkloadKey = 'uwl_metrics_list.yaml';

/** Default metrics; a small part of the real list, enough for dashboards, rules and checks to have something. */
export const defaultLists: Lists = {
  platform: {
    ...emptyList,
    names: [
      'acm_managed_cluster_labels',
      'cluster_infrastructure_provider',
      'cluster_operator_conditions',
      'cluster_version',
      'container_memory_rss',
      'etcd_server_has_leader',
      'kube_namespace_status_phase',
      'kube_node_status_allocatable',
      'kube_pod_container_resource_requests',
      'kube_pod_info',
      'machine_cpu_cores',
      'machine_memory_bytes',
      'up',
    ],
    matches: ['__name__="ALERTS",alertstate="firing"'],
  },
  userWorkload: { ...emptyList, matches: ['__name__="ALERTS",alertstate="firing"'] },
};

/** As the ConfigMap's data. */
export function listsData({ platform, userWorkload }: Lists): Record<string, string> {
  return { [platformKey]: formatList(platform), [userWorkloadKey]: formatList(userWorkload) };
}

/** Reads both keys. Throws {@link ListError} when either of them is refused. */
export function parseLists(data: Readonly<Record<string, string>>): Lists {
  return { platform: parseList(data[platformKey] ?? ''), userWorkload: parseList(data[userWorkloadKey] ?? '') };
}

/**
 * Defaults and the custom list of the hub. A type error in one key drops the custom entries of both, and only a line in
 * the log tells.
 */
export function mergedLists(
  defaults: Lists,
  custom: Readonly<Record<string, string>> | undefined,
  { userWorkloadRules }: Pick<Features, 'userWorkloadRules'>,
  refused: (message: string) => void,
): Lists {
  if (custom === undefined) return defaults;
  try {
    const { platform, userWorkload } = parseLists(custom);
    return {
      platform: mergeLists(defaults.platform, platform),
      // `rules` of the user-workload list were never evaluated.
      userWorkload: mergeLists(defaults.userWorkload, { ...userWorkload, rules: [] }, userWorkloadRules),
    };
  } catch (error) {
    if (!(error instanceof ListError)) throw error;
    refused(`Failed to unmarshal metrics_list: ${error.message}`);
    return defaults;
  }
}
