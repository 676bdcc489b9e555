import type { Sample } from '../ports.ts';

/** What is wrong with parts of a sandbox although every object is as it should be: programs that end, pushes that fail. */
export interface Ailments {
  /** Pods of a cluster whose names begin so end at their start with this as the last line of their log. */
  crash(cluster: string, pods: string, line: string): void;
  /** The collectors of a cluster fail, and tell the add-on this. */
  failCollecting(cluster: string, message: string): void;
  /** What a cluster sends is taken and lost on the way. */
  loseSamples(cluster: string): void;
  /** One more series of a cluster's own Prometheus. */
  addSeries(cluster: string, name: string, labels: Readonly<Record<string, string>>): void;
  /** This metric of a cluster no longer arrives. */
  dropSeries(cluster: string, name: string): void;
}

interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What the controllers ask before they do what they would do. */
export interface AilmentBook extends Ailments {
  crashOf(cluster: string, pod: string): string | undefined;
  collectingOf(cluster: string): string | undefined;
  /** What of a push arrives. */
  arriving(cluster: string, samples: readonly Sample[]): readonly Sample[];
  seriesOf<T extends Series>(cluster: string, series: readonly T[]): readonly (T | Series)[];
}

export function createAilments(): AilmentBook {
  const crashes: { cluster: string; pods: string; line: string }[] = [];
  const collecting = new Map<string, string>();
  const losing = new Set<string>();
  const added: { cluster: string; one: Series }[] = [];
  const dropped = new Set<string>();
  return {
    crash: (cluster, pods, line) => void crashes.push({ cluster, pods, line }),
    failCollecting: (cluster, message) => void collecting.set(cluster, message),
    loseSamples: (cluster) => void losing.add(cluster),
    addSeries: (cluster, name, labels) => void added.push({ cluster, one: { name, labels, value: 1 } }),
    dropSeries: (cluster, name) => void dropped.add(`${cluster} ${name}`),
    crashOf: (cluster, pod) => crashes.find((one) => one.cluster === cluster && pod.startsWith(one.pods))?.line,
    collectingOf: (cluster) => collecting.get(cluster),
    arriving: (cluster, samples) =>
      losing.has(cluster) ? [] : samples.filter(({ labels }) => !dropped.has(`${cluster} ${labels.__name__}`)),
    seriesOf: (cluster, series) => [
      ...series,
      ...added.filter((more) => more.cluster === cluster).map(({ one }) => one),
    ],
  };
}
