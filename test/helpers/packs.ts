/** A pack in memory, complete but for what a test is about. */
import type { Collection, Pack } from '../../src/packs/pack.ts';

const emptyCollection: Collection = { names: [], matches: [], recordingRules: [] };

export function pack(parts: {
  readonly name?: string;
  readonly platform?: Partial<Collection>;
  readonly userWorkload?: Partial<Collection>;
  readonly groups?: Pack['hub']['groups'];
  readonly dashboards?: Pack['dashboards'];
}): Pack {
  return {
    name: parts.name ?? 'ours',
    title: 'Ours',
    folder: '/nowhere',
    parameters: {},
    collect: {
      platform: { ...emptyCollection, ...parts.platform },
      userWorkload: { ...emptyCollection, ...parts.userWorkload },
    },
    hub: { groups: parts.groups ?? [] },
    verify: [],
    dashboards: parts.dashboards ?? [],
  };
}
