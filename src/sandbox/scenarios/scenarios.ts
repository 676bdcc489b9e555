/** The scenarios, as tables. */
import {
  alreadyOn,
  broken,
  explicitlyOff,
  hostile,
  serviceOwned,
  withAlertForwarding,
  withOddKeys,
  withVolumes,
} from './monitoring.ts';
import type { ClusterSpec, Monitoring, Scenario, ScenarioName } from './spec.ts';

const newest = '4.18.12';

function openshift(name: string, monitoring: Monitoring, more: Partial<ClusterSpec> = {}): ClusterSpec {
  return { name, product: 'OpenShift', version: newest, state: 'available', monitoring, ...more };
}

const hub = openshift('local-cluster', 'absent', { workers: 3 });

/** Open Code Quest: the hub, the cluster with the model, and one cluster for each team. */
const questTeams: readonly ClusterSpec[] = [
  openshift('quest-1', 'absent'),
  openshift('quest-2', { config: '' }),
  openshift('quest-3', { config: withVolumes }),
  openshift('quest-4', { config: withAlertForwarding }),
  openshift('quest-5', { config: alreadyOn }),
  openshift('quest-6', { config: withOddKeys }, { version: '4.16.38' }),
];

const ai = openshift('ai', { config: explicitlyOff }, { workers: 2, labels: { purpose: 'model' } });

/** What a grown fleet holds besides. */
const oddities: readonly ClusterSpec[] = [
  openshift('offline', { config: alreadyOn }, { state: 'offline' }),
  openshift('hibernating', 'absent', { state: 'hibernating' }),
  { name: 'eks', product: 'EKS', version: 'v1.31.7', state: 'available', monitoring: 'absent' },
  { name: 'edge', product: 'MicroShift', version: '4.18.12', state: 'available', monitoring: 'absent' },
  { name: 'rosa', product: 'ROSA', version: newest, state: 'available', monitoring: { config: serviceOwned } },
  openshift('broken', { config: broken }),
  { name: 'newcomer', product: 'undetected', version: newest, state: 'available', monitoring: 'absent' },
];

/** Teams beyond the sixth are like the first six again. */
function teams(count: number): ClusterSpec[] {
  return Array.from({ length: count }, (_, at) => {
    const like = questTeams[at % questTeams.length] ?? hub;
    return { ...like, name: `quest-${at + 1}`, labels: { team: String(at + 1) } };
  });
}

const usualSize: Readonly<Record<ScenarioName, number>> = { quest: 8, mixed: 15, fleet: 100 };

/** `size` counts all clusters, the hub too; the least is 1. Throws a RangeError for what is no such number. */
export function scenario(name: ScenarioName, size = usualSize[name]): Scenario {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`a scenario has at least one cluster, not ${size}`);
  switch (name) {
    case 'quest':
      return { name, clusters: [hub, ai, ...teams(Math.max(0, size - 2))].slice(0, size) };
    case 'mixed': {
      const common = [hub, ai, ...teams(Math.max(0, size - 2 - oddities.length))];
      return { name, clusters: [...common, ...oddities].slice(0, size), imagePullSecret: 'acm-pull-secret' };
    }
    case 'fleet':
      return { name, clusters: [hub, ...Array.from({ length: size - 1 }, (_, at) => fleetMember(at + 1))] };
  }
}

/** Every tenth is slow, one in a hundred offline, one in a hundred hostile; the rest are like the teams. */
function fleetMember(number: number): ClusterSpec {
  const like = questTeams[number % questTeams.length] ?? hub;
  const name = `cluster-${String(number).padStart(4, '0')}`;
  const member = { ...like, name, ...(number % 10 === 0 && { slow: true }) };
  if (number % 100 === 33) return { ...member, state: 'offline' };
  const mischief = hostile[Math.floor(number / 100) % hostile.length] ?? broken;
  return number % 100 === 66 ? { ...member, monitoring: { config: mischief } } : member;
}
