import type { Sample } from '../ports.ts';

/** What is wrong with parts of a sandbox although every object is as it should be: programs that end, pushes that fail. */
export interface Ailments {
  /** Pods of a cluster whose names begin so end at their start with this as the last line of their log. */
  crash(cluster: string, pods: string, line: string): void;
  /** The image of Pods of a cluster whose names begin so is refused with these words. */
  refuseImage(cluster: string, pods: string, message: string): void;
  /** The collectors of a cluster, or the one named, fail, and tell the add-on this. */
  failCollecting(cluster: string, message: string, collector?: Collector): void;
  /** The clock of a cluster is this many seconds ahead: its samples carry its time. */
  setClock(cluster: string, seconds: number): void;
  /** The add-on of a cluster no longer renews its lease. */
  silence(cluster: string): void;
  /** What a cluster sends is taken and lost on the way. */
  loseSamples(cluster: string): void;
  /** One more series of a cluster's own Prometheus. */
  addSeries(cluster: string, name: string, labels: Readonly<Record<string, string>>): void;
  /** This metric of a cluster no longer arrives. */
  dropSeries(cluster: string, name: string): void;
}

/** As the conditions of the add-on name them. */
type Collector = 'MetricsCollector' | 'UwlMetricsCollector';

interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What the controllers ask before they do what they would do. */
export interface AilmentBook extends Ailments {
  crashOf(cluster: string, pod: string): string | undefined;
  imageOf(cluster: string, pod: string): string | undefined;
  collectingOf(cluster: string, collector: Collector): string | undefined;
  isSilent(cluster: string): boolean;
  /** What of a push arrives. */
  arriving(cluster: string, samples: readonly Sample[]): readonly Sample[];
  seriesOf<T extends Series>(cluster: string, series: readonly T[]): readonly (T | Series)[];
}

export function createAilments(): AilmentBook {
  const crashes: { cluster: string; pods: string; line: string }[] = [];
  const images: { cluster: string; pods: string; line: string }[] = [];
  const collecting: { cluster: string; message: string; collector: Collector | undefined }[] = [];
  const silent = new Set<string>();
  const clocks = new Map<string, number>();
  const losing = new Set<string>();
  const added: { cluster: string; one: Series }[] = [];
  const dropped = new Set<string>();
  return {
    crash: (cluster, pods, line) => void crashes.push({ cluster, pods, line }),
    refuseImage: (cluster, pods, line) => void images.push({ cluster, pods, line }),
    failCollecting: (cluster, message, collector) => void collecting.push({ cluster, message, collector }),
    setClock: (cluster, seconds) => void clocks.set(cluster, seconds),
    silence: (cluster) => void silent.add(cluster),
    isSilent: (cluster) => silent.has(cluster),
    loseSamples: (cluster) => void losing.add(cluster),
    addSeries: (cluster, name, labels) => void added.push({ cluster, one: { name, labels, value: 1 } }),
    dropSeries: (cluster, name) => void dropped.add(`${cluster} ${name}`),
    crashOf: (cluster, pod) => lineFor(crashes, cluster, pod),
    imageOf: (cluster, pod) => lineFor(images, cluster, pod),
    collectingOf: (cluster, collector) =>
      collecting.find((one) => one.cluster === cluster && (one.collector ?? collector) === collector)?.message,
    arriving: (cluster, samples) => {
      if (losing.has(cluster)) return [];
      const ahead = clocks.get(cluster) ?? 0;
      return samples
        .filter(({ labels }) => !dropped.has(`${cluster} ${labels.__name__}`))
        .map((sample) => (ahead === 0 ? sample : { ...sample, timestamp: sample.timestamp + ahead }));
    },
    seriesOf: (cluster, series) => [
      ...series,
      ...added.filter((more) => more.cluster === cluster).map(({ one }) => one),
    ],
  };
}

function lineFor(
  known: readonly { readonly cluster: string; readonly pods: string; readonly line: string }[],
  cluster: string,
  pod: string,
): string | undefined {
  return known.find((one) => one.cluster === cluster && pod.startsWith(one.pods))?.line;
}
