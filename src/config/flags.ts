/** Flags that set keys of the configuration: `--set KEY=VALUE`, and those that have a name of their own. */
import { Problem } from '../engine/problem.ts';
import { unknownKey } from './issues.ts';
import { configKey } from './keys.ts';
import { shown } from './origin.ts';

/** The flag that sets a key. */
export function flagOf(path: string): string {
  return path === 'hub.context' ? '--context' : `--set ${shown(path)}`;
}

/**
 * Values by key out of `--set storage.bucket=acm-metrics`; the last one of a key wins. Lists by comma, maps as JSON.
 * @throws Problem `usage` for what is no assignment, or assigns to a key that is none.
 */
export function parseAssignments(assignments: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const assignment of assignments) {
    const at = assignment.indexOf('=');
    if (at < 1) {
      throw new Problem('usage', '--set takes KEY=VALUE', { fix: 'As in: --set storage.bucket=acm-metrics' });
    }
    const path = assignment.slice(0, at);
    if (configKey(path) === undefined) throw new Problem('usage', `--set ${shown(path)}: ${unknownKey(path)}`);
    values[path] = assignment.slice(at + 1);
  }
  return values;
}
