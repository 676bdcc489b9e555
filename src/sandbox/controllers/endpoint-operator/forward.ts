/** Writes alert forwarding into a cluster's monitoring ConfigMaps, and takes it out again (acm.md §5.4, measured.md §9). */
import { type ConfigMap, ConfigMapKind, type Key, SecretKind } from '../../../kinds.ts';
import type { ControllerClient } from '../client.ts';
import { ConfigError } from '../monitoring/config.ts';
import { type Forwarding, type Part, withForwarding, withoutForwarding } from '../monitoring/forwarding.ts';
import { monitoringConfig, platformMonitoring, userWorkloadConfig, userWorkloadMonitoring } from '../names.ts';
import { ensure, objectOf, secretData } from '../objects.ts';

/** The two maps, and the part of each that is written to. */
export const platformMap = {
  key: { name: monitoringConfig, namespace: platformMonitoring },
  part: 'prometheusK8s',
} as const;
export const userWorkloadMap = {
  key: { name: userWorkloadConfig, namespace: userWorkloadMonitoring },
  part: 'prometheus',
} as const;

export interface Target {
  readonly key: Key;
  readonly part: Part;
}

export type Written = 'written' | 'unchanged' | 'unreadable';

/**
 * Makes sure forwarding is in a map. Text that is no YAML is left alone. Throws for a map without any `data`, as the
 * operator panics there; and `ApiError` 409 when somebody wrote in between.
 */
export async function forward(
  client: ControllerClient,
  { key, part }: Target,
  forwarding: Forwarding,
): Promise<Written> {
  await ensureSecrets(client, key.namespace ?? '', forwarding);
  const live = await client.get(ConfigMapKind, key);
  if (live !== undefined && live.data === undefined) throw new Error('panic: assignment to entry in nil map');
  let text: string | undefined;
  try {
    text = withForwarding(live?.data?.['config.yaml'] ?? '', part, forwarding);
  } catch (error) {
    if (error instanceof ConfigError) return 'unreadable';
    throw error;
  }
  if (text === undefined) return 'unchanged';
  if (live === undefined) {
    await client.create(ConfigMapKind, objectOf(ConfigMapKind, { ...key }, { data: { 'config.yaml': text } }));
    return 'written';
  }
  await client.replace(ConfigMapKind, withText(live, text));
  return 'written';
}

function withText(live: ConfigMap, text: string): ConfigMap {
  return { ...live, data: { ...live.data, 'config.yaml': text } };
}

async function ensureSecrets(client: ControllerClient, namespace: string, { secrets }: Forwarding): Promise<void> {
  const contents = {
    [secrets.accessor]: { token: 'sandbox-token' },
    [secrets.authority]: { 'service-ca.crt': 'sandbox CA' },
  };
  for (const [name, values] of Object.entries(contents)) {
    const object = objectOf(SecretKind, { name, namespace }, { type: 'Opaque', data: secretData(values) });
    await ensure(client, { kind: SecretKind, object });
  }
}

/** Takes it out; a map with nothing else left in it is deleted. */
export async function revert(client: ControllerClient, { key, part }: Target, forwarding: Forwarding): Promise<void> {
  for (const name of Object.values(forwarding.secrets))
    await client.delete(SecretKind, { name, ...(key.namespace !== undefined && { namespace: key.namespace }) });
  const live = await client.get(ConfigMapKind, key);
  const before = live?.data?.['config.yaml'];
  if (live === undefined || before === undefined) return;
  let text: string | undefined;
  try {
    text = withoutForwarding(before, part, forwarding);
  } catch (error) {
    if (error instanceof ConfigError) return;
    throw error;
  }
  if (text === undefined) return;
  const others = Object.keys(live.data ?? {}).length > 1;
  if (text === '' && !others) await client.delete(ConfigMapKind, key);
  else await client.replace(ConfigMapKind, withText(live, text === '' ? '{}\n' : text));
}

/** Counts what is written: many writes in a short time mean that somebody else keeps undoing them (transport.md §2.6). */
export interface LoopDetector {
  /** Another write happened. */
  wrote(now: number): void;
  detected(now: number): boolean;
}

const capacity = 5;

/** A bucket that holds five writes and loses one in `leakMs`. */
export function createLoopDetector(leakMs: number): LoopDetector {
  let level = 0;
  let since = 0;
  const settle = (now: number): void => {
    const leaked = Math.floor((now - since) / leakMs);
    if (leaked <= 0) return;
    level = Math.max(0, level - leaked);
    since = level === 0 ? now : since + leaked * leakMs;
  };
  return {
    wrote(now) {
      settle(now);
      if (level === 0) since = now;
      level += 1;
    },
    detected(now) {
      settle(now);
      return level > capacity;
    },
  };
}
