/** The broken states an installed sandbox can be brought into, each by its name. */
import { clusterStates } from './cluster.ts';
import { contentStates } from './content.ts';
import { hubStates } from './hub.ts';
import type { BrokenState } from './state.ts';
import { storeStates } from './store.ts';
import { upkeepStates } from './upkeep.ts';

export const states: Readonly<Record<string, BrokenState>> = {
  ...hubStates,
  ...storeStates,
  ...clusterStates,
  ...contentStates,
  ...upkeepStates,
};

export function isStateName(name: string): boolean {
  return Object.hasOwn(states, name);
}
