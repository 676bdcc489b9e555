/** The broken states an installed sandbox can be brought into, each by its name. */
import { addonStates } from './addon.ts';
import { clusterStates } from './cluster.ts';
import { contentStates } from './content.ts';
import { hubStates } from './hub.ts';
import type { BrokenState } from './state.ts';
import { storeStates } from './store.ts';
import { upkeepStates } from './upkeep.ts';
import { wayStates } from './way.ts';

export const states: Readonly<Record<string, BrokenState>> = {
  ...hubStates,
  ...storeStates,
  ...clusterStates,
  ...addonStates,
  ...contentStates,
  ...upkeepStates,
  ...wayStates,
};

export function isStateName(name: string): boolean {
  return Object.hasOwn(states, name);
}
