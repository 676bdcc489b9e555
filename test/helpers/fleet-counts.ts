/** What a run over a fleet asked, by what it is for. */
import type { RequestEntry } from '../../src/sandbox/requests.ts';

export interface FleetCounts {
  /** Of API servers. */
  readonly all: number;
  /** Views and Actions made. */
  readonly views: number;
  readonly actions: number;
  /** Whole ManifestWorks, by lists or one by one: 40 KB each. */
  readonly works: number;
}

export function countsOf(requests: readonly RequestEntry[]): FleetCounts {
  const asked = requests.filter(({ cluster }) => cluster !== 's3');
  const made = (plural: string) => asked.filter(({ method, path }) => method === 'POST' && path.includes(`/${plural}`));
  const works = asked.filter(({ path }) => /\/manifestworks\/./.test(path));
  return {
    all: asked.length,
    views: made('managedclusterviews').length,
    actions: made('managedclusteractions').length,
    works: works.length,
  };
}
