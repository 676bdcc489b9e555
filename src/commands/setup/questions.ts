/** The five questions. Each takes what was found and gives a part of the answers; none writes or reads anything. */
import type { StorageKeys } from '../../config/credentials.ts';
import { looksSecret } from '../../config/secrets.ts';
import { bucketFault, endpointFault, type Fault, metricNameFault, objectNameFault } from '../../config/values.ts';
import type { ShippedPack } from '../../packs/load.ts';
import type { Answers, PackAnswer, StorageAnswer } from './answers.ts';
import type { Ask, TextQuestion } from './ask.ts';

/** What the look around gave. Nothing in here is a secret. */
export interface Found {
  readonly hub: {
    readonly name: string;
    readonly api: string;
    readonly acmVersion: string;
    readonly clusterID?: string;
    /** Name of a MultiClusterObservability object that is there already. */
    readonly observability?: string;
  };
  readonly clusters: readonly { readonly name: string; readonly available: boolean }[];
  /** Rights this setup needs and the account lacks, as `create secrets in open-cluster-management-observability`. */
  readonly missingRights: readonly string[];
  /** What the environment says about the store. */
  readonly store: {
    readonly bucket?: string;
    readonly region?: string;
    readonly endpoint?: string;
    readonly caFile?: string;
    readonly keys: StorageKeys['kind'];
    /** Names of the variables the keys come from. */
    readonly keysFrom?: string;
  };
  /** Packs this program brings. */
  readonly packs: readonly ShippedPack[];
}

/** Keys typed by hand: for this run only, in memory only. */
export interface TypedKeys {
  readonly accessKey: string;
  readonly secretKey: string;
}

export interface Asked {
  readonly answers: Answers;
  readonly keys?: TypedKeys;
}

/** Asks all five, in order. */
export async function askSetup({ ask, found }: { ask: Ask; found: Found }): Promise<Asked> {
  const { clusterID } = found.hub;
  const clusters = await askClusters(ask, found);
  const { storage, keys } = await askStorage(ask, found);
  const { packs, metrics } = await askMetrics(ask, found);
  const dashboards = await askList(
    ask,
    '5/5 Grafana dashboards to install, files or globs (empty: none):',
    () => undefined,
  );
  const hub = clusterID === undefined ? {} : { clusterID };
  return {
    answers: { hub, clusters, storage, metrics, packs, dashboards },
    ...(keys === undefined ? {} : { keys }),
  };
}

async function askClusters(ask: Ask, { clusters }: Found): Promise<Answers['clusters']> {
  const how = await ask.choose(
    '1/5 Where shall user-workload monitoring be on? (ACM collects platform metrics from all clusters.)',
    [
      { value: 'all', name: 'all clusters: the available ones now, others when they return' },
      { value: 'names', name: 'pick from a list' },
      { value: 'selector', name: 'by label' },
    ],
    'all',
  );
  if (how === 'all' || (how === 'names' && clusters.length === 0)) return { all: true };
  if (how === 'selector') {
    return { selector: await ask.text(plain({ message: '    Label selector, as env=prod:', fault: required })) };
  }
  const names = await ask.pick(
    '    Which ones?',
    clusters.map(({ name, available }) => ({ value: name, name: available ? name : `${name} (offline)` })),
  );
  return { names };
}

interface StorageAsked {
  readonly storage: StorageAnswer;
  readonly keys?: TypedKeys;
}

async function askStorage(ask: Ask, { store, hub }: Found): Promise<StorageAsked> {
  const where = await ask.choose(
    '2/5 Where are metrics kept?',
    [
      { value: 'aws', name: 'AWS S3' },
      { value: 's3', name: 'another S3-compatible store' },
      { value: 'existing', name: 'where a Secret on the hub already says' },
    ],
    store.endpoint === undefined ? 'aws' : 's3',
  );
  if (where === 'existing') {
    const name = await ask.text(
      plain({ message: '3/5 Name of the Secret:', default: 'thanos-object-storage', fault: objectNameFault }),
    );
    const key = await ask.text(plain({ message: '    Key in it:', default: 'thanos.yaml', fault: required }));
    return { storage: { provider: 'existing', existingSecret: { name, key } } };
  }
  const bucket = await ask.text(
    plain({
      message: '3/5 Bucket (created when it is missing):',
      default: store.bucket ?? bucketFor(hub),
      fault: (text) => bucketFault(text, 's3'),
    }),
  );
  const place = where === 'aws' ? await askRegion(ask, store) : await askEndpoint(ask, store);
  const keys = await askKeys(ask, store);
  return { storage: { provider: 's3', bucket, ...place }, ...(keys === undefined ? {} : { keys }) };
}

/** Bucket names are shared by all accounts of a store: the hub's own ID keeps ours apart. */
function bucketFor({ clusterID = '' }: Found['hub']): string {
  const id = clusterID.toLowerCase().replace(/[^a-z0-9]/g, '');
  return id === '' ? 'acm-metrics' : `acm-metrics-${id.slice(0, 8)}`;
}

async function askRegion(ask: Ask, { region }: Found['store']): Promise<{ region: string }> {
  const question = { message: '    Region, as eu-west-3:', fault: regionFault };
  return { region: await ask.text(plain(region === undefined ? question : { ...question, default: region })) };
}

async function askEndpoint(ask: Ask, { endpoint, region, caFile }: Found['store']) {
  const question = { message: '    Endpoint, as https://s3.example.com:9000:', fault: endpointFault };
  const url = await ask.text(plain(endpoint === undefined ? question : { ...question, default: endpoint }));
  const optional = { ...(region === undefined ? {} : { region }) };
  if (url.startsWith('http://')) return { endpoint: url, ...optional };
  const file = await ask.text(
    plain({
      message: '    File with its CA (empty: a public one):',
      ...(caFile === undefined ? {} : { default: caFile }),
    }),
  );
  return { endpoint: url, ...optional, ...(file === '' ? {} : { caFile: file }) };
}

/** Keys in the environment are told and used; only without any, or with ones that expire, is a pair asked for. */
async function askKeys(ask: Ask, { keys, keysFrom }: Found['store']): Promise<TypedKeys | undefined> {
  if (keys === 'static') {
    ask.say(`    Key: from ${keysFrom ?? 'the environment'} (found, hidden)`);
    return undefined;
  }
  if (keys === 'profile') {
    ask.say('    Key: from the AWS configuration files');
    return undefined;
  }
  if (keys === 'temporary') ask.say('    The keys found expire; Thanos needs a pair that stays.');
  const accessKey = await ask.secret('    Access key (hidden, not stored; empty: later, by variable):');
  if (accessKey === '') return undefined;
  const secretKey = await ask.secret('    Secret key (hidden, not stored):');
  return secretKey === '' ? undefined : { accessKey, secretKey };
}

async function askMetrics(ask: Ask, { packs }: Found): Promise<Pick<Answers, 'packs' | 'metrics'>> {
  const shipped = packs.map(({ name, title }) => `${name}: ${title}`);
  if (shipped.length > 0) ask.say(`    Packs: ${shipped.join('; ')}`);
  const known = packs.map(({ name }) => name);
  const words = await askList(
    ask,
    '4/5 Extra packs and user-workload metrics, comma separated (empty: none):',
    (word) => (known.includes(word) ? undefined : metricNameFault(word)),
  );
  const chosen: (string | PackAnswer)[] = [];
  for (const pack of packs) if (words.includes(pack.name)) chosen.push(await askParameters(ask, pack));
  return {
    packs: chosen,
    metrics: { platform: [], userWorkload: words.filter((word) => !known.includes(word)) },
  };
}

/** One line for each value a pack cannot do without. */
async function askParameters(ask: Ask, { name, required: needed }: ShippedPack): Promise<string | PackAnswer> {
  const parameters: Record<string, unknown> = {};
  for (const parameter of needed) {
    const fault = (text: string): Fault => {
      const read = parameter.read(text);
      return 'wrong' in read ? read.wrong : undefined;
    };
    const text = await ask.text(plain({ message: `    ${name}, ${parameter.name}: ${parameter.description}:`, fault }));
    const read = parameter.read(text);
    if ('value' in read) parameters[parameter.name] = read.value;
  }
  return needed.length === 0 ? name : { name, parameters };
}

async function askList(ask: Ask, message: string, fault: (item: string) => Fault): Promise<string[]> {
  const firstFault = (text: string): Fault => {
    const wrong = items(text).find((item) => fault(item) !== undefined);
    return wrong === undefined ? undefined : `${wrong} ${fault(wrong)}`;
  };
  return items(await ask.text(plain({ message, fault: firstFault })));
}

function items(text: string): string[] {
  const words = text.split(',').map((word) => word.trim());
  return [...new Set(words.filter((word) => word !== ''))];
}

/** A question whose answer is shown and written down: one that has the look of a key is not taken. */
function plain(question: TextQuestion): TextQuestion {
  return {
    ...question,
    fault: (text) =>
      looksSecret(text) ? 'looks like a secret: keys are asked for later, hidden' : question.fault?.(text),
  };
}

function required(text: string): Fault {
  return text === '' ? 'must not be empty' : undefined;
}

function regionFault(text: string): Fault {
  return /^[A-Za-z0-9_-]{1,64}$/.test(text) ? undefined : 'must be a region such as eu-west-3';
}
