import type { Sample } from '../ports.ts';

/** What is wrong with parts of a sandbox although every object is as it should be: programs that end, pushes that fail. */
export interface Ailments {
  /** Pods of a cluster whose names begin so end at their start with this as the last line of their log. */
  crash(cluster: string, pods: string, line: string): void;
  /** The image of Pods of a cluster whose names begin so is refused with these words. */
  refuseImage(cluster: string, pods: string, message: string): void;
  /** The collectors of a cluster, or the one named, fail, and tell the add-on this. */
  failCollecting(cluster: string, message: string, how?: FailingHow): void;
  /** No way leads out of a cluster but by a proxy: collectors that are not told of it cannot send. */
  closeWayOut(cluster: string): void;
  /** The clock of a cluster is this many seconds ahead: its samples carry its time. */
  setClock(cluster: string, seconds: number): void;
  /** The add-on of a cluster no longer renews its lease. */
  silence(cluster: string): void;
  /** What a cluster sends is taken and lost on the way. */
  loseSamples(cluster: string): void;
  /** One more series of a cluster's own Prometheus. */
  addSeries(cluster: string, name: string, labels: Readonly<Record<string, string>>, how?: AddedHow): void;
  /** This metric of a cluster no longer arrives. */
  dropSeries(cluster: string, name: string): void;
}

interface AddedHow {
  /** 1 unless told. */
  readonly value?: number;
  /** Scraped by the Prometheus for user workloads. */
  readonly userWorkload?: boolean;
}

interface FailingHow {
  /** Both unless told. */
  readonly collector?: Collector;
  /** Asked at each push: when it has come to an end. */
  readonly until?: () => Promise<boolean>;
}

/** As the conditions of the add-on name them. */
type Collector = 'MetricsCollector' | 'UwlMetricsCollector';

interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly userWorkload?: boolean;
}

/** What the controllers ask before they do what they would do. */
export interface AilmentBook extends Ailments {
  crashOf(cluster: string, pod: string): string | undefined;
  imageOf(cluster: string, pod: string): string | undefined;
  /** `proxied`: its program is told of a proxy. */
  collectingOf(cluster: string, collector: Collector, proxied: boolean): Promise<string | undefined>;
  isSilent(cluster: string): boolean;
  /** What of a push arrives. */
  arriving(cluster: string, samples: readonly Sample[]): readonly Sample[];
  seriesOf<T extends Series>(cluster: string, series: readonly T[]): readonly (T | Series)[];
}

export function createAilments(): AilmentBook {
  const crashes: { cluster: string; pods: string; line: string }[] = [];
  const images: { cluster: string; pods: string; line: string }[] = [];
  const collecting: ({ readonly cluster: string; readonly message: string } & FailingHow)[] = [];
  const closed = new Set<string>();
  const silent = new Set<string>();
  const clocks = new Map<string, number>();
  const losing = new Set<string>();
  const added: { cluster: string; one: Series }[] = [];
  const dropped = new Set<string>();
  return {
    crash: (cluster, pods, line) => void crashes.push({ cluster, pods, line }),
    refuseImage: (cluster, pods, line) => void images.push({ cluster, pods, line }),
    failCollecting: (cluster, message, how) => void collecting.push({ cluster, message, ...how }),
    closeWayOut: (cluster) => void closed.add(cluster),
    setClock: (cluster, seconds) => void clocks.set(cluster, seconds),
    silence: (cluster) => void silent.add(cluster),
    isSilent: (cluster) => silent.has(cluster),
    loseSamples: (cluster) => void losing.add(cluster),
    addSeries: (cluster, name, labels, how = {}) =>
      void added.push({ cluster, one: { value: 1, ...how, name, labels } }),
    dropSeries: (cluster, name) => void dropped.add(`${cluster} ${name}`),
    crashOf: (cluster, pod) => lineFor(crashes, cluster, pod),
    imageOf: (cluster, pod) => lineFor(images, cluster, pod),
    collectingOf: async (cluster, collector, proxied) => {
      if (closed.has(cluster) && !proxied) return 'Failed to send metrics';
      for (const one of collecting) {
        const isMeant = one.cluster === cluster && (one.collector ?? collector) === collector;
        if (isMeant && (await one.until?.()) !== true) return one.message;
      }
      return undefined;
    },
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
