/** Findings about what collectors are told to send. */
import type { Pack } from '../pack.ts';
import { isMetricName, isSelectorBody, oneLine } from '../promql.ts';
import { estimate } from './estimate.ts';
import type { Found, LintRule, Scene } from './finding.ts';

type Source = 'platform' | 'userWorkload';
const sources: readonly Source[] = ['platform', 'userWorkload'];

function names(scene: Scene, judge: (name: string, source: Source) => Pick<Found, 'code' | 'message'> | undefined) {
  return entries(scene, 'names', judge);
}

function entries(
  { packs }: Scene,
  list: 'names' | 'matches',
  judge: (entry: string, source: Source, pack: Pack) => Pick<Found, 'code' | 'message'> | undefined,
): Found[] {
  return packs.flatMap((by) =>
    sources.flatMap((source) => {
      const subject = by.pack.collect[source];
      return subject[list].flatMap((entry, at): Found[] => {
        const found = judge(entry, source, by.pack);
        return found === undefined ? [] : [{ ...found, by, subject, below: [list, at] }];
      });
    }),
  );
}

export const crashing: LintRule = (scene) => [
  ...names(scene, (name) =>
    isMetricName(name.replace(/^-/, ''))
      ? undefined
      : { code: 'collector-crash', message: `${JSON.stringify(name)} is not a metric name` },
  ),
  ...entries(scene, 'matches', (match) => {
    if (isSelectorBody(match.replace(/^-/, ''))) return undefined;
    return { code: 'collector-crash', message: `${JSON.stringify(match)} is not the inside of one selector` };
  }),
  ...entries(scene, 'matches', (match) =>
    /\$[($]/.test(match) && scene.facts.architecture === 'legacy'
      ? { code: 'argument-expansion', message: `${JSON.stringify(match)} holds $( or $$` }
      : undefined,
  ),
  ...scene.packs.flatMap((by) =>
    sources
      .flatMap((source) => by.pack.collect[source].recordingRules)
      .filter(({ record }) => !isMetricName(record))
      .map((subject): Found => {
        const message = `${JSON.stringify(subject.record)} is not a metric name`;
        return { code: 'collector-crash', by, subject, below: ['record'], message };
      }),
  ),
];

/** Exposed by what OpenShift itself runs (acm.md section 6.2). */
const platforms = /^(kube_|node_|kubelet_|container_|apiserver_|etcd_|cluster_version|machine_|scheduler_|coredns_)/;

export const lists: LintRule = (scene) =>
  names(scene, (name, source) =>
    source === 'userWorkload' && platforms.test(name)
      ? { code: 'wrong-list', message: `${name} is exposed by the platform, not by users` }
      : undefined,
  );

export const scrapedTwice: LintRule = (scene) => {
  if (scene.facts.architecture !== 'mcoa') return [];
  const seen = new Map<string, string>();
  return entries(scene, 'names', (name, source, { name: pack }) => {
    const other = seen.get(`${source} ${name}`);
    seen.set(`${source} ${name}`, pack);
    return other === undefined ? undefined : { code: 'scraped-twice', message: `${name} is scraped for ${other} too` };
  });
};

/** The kernel's limit for one argument. */
const largestArgument = 128 * 1024;

export const sizes: LintRule = (scene) => {
  if (scene.facts.architecture === 'mcoa') return [];
  const long = scene.packs.flatMap((by) =>
    sources
      .flatMap((source) => by.pack.collect[source].recordingRules)
      .filter(({ expr }) => Buffer.byteLength(JSON.stringify(oneLine(expr))) > largestArgument)
      .map((subject): Found => {
        return { code: 'argument-size', by, subject, offset: 0, message: `${subject.record} is longer than 128 KiB` };
      }),
  );
  return [...long, ...overBudget(scene)];
};

function overBudget({ packs, facts }: Scene): Found[] {
  let total = 0;
  return packs.flatMap((by): Found[] => {
    const before = total;
    total += manifestBytes(by.pack);
    if (before > facts.maxManifestBytes || total <= facts.maxManifestBytes) return [];
    const message = `with ${by.pack.name} the lists add ${total} bytes, more than ${facts.maxManifestBytes}`;
    return [{ code: 'manifest-size', by, subject: by.pack.collect.platform, message }];
  });
}

/** What a pack adds to each cluster's ManifestWork: the list is a ConfigMap in it, its rules escaped. */
function manifestBytes({ collect }: Pack): number {
  const lists = sources.map((source) => {
    const { names: plain, matches, recordingRules } = collect[source];
    return { plain, matches, rules: recordingRules.map(({ record, expr }) => [record, JSON.stringify(oneLine(expr))]) };
  });
  return Buffer.byteLength(JSON.stringify(lists));
}

export const budget: LintRule = ({ packs, facts }) => {
  let total = 0;
  return packs.flatMap((by): Found[] => {
    const before = total;
    total += estimate(by.pack);
    if (before > facts.maxSeries || total <= facts.maxSeries) return [];
    const message = `about ${total} series of each cluster, more than ${facts.maxSeries} (an estimate by the names)`;
    return [{ code: 'series-budget', by, subject: by.pack.collect.platform, message }];
  });
};
