/**
 * Objects of the hub that metrics depend on and that no condition speaks of: the pull secret every cluster gets, the hashring
 * samples are spread by, the label that lets the hub be scraped, the certificates collectors show and see, and the entry of
 * the addon architecture. Asked by `verify` only.
 */
import { X509Certificate } from 'node:crypto';
import type { Context } from '../context.ts';
import { isProblem, Problem } from '../engine/problem.ts';
import { observabilityNamespace } from '../hub.ts';
import { ConfigMapKind, Namespace, SecretKind } from '../kinds.ts';
import { pullSecretData, pullSecretRights } from '../resources/pull-secret-source.ts';
import { on } from '../resources/rights.ts';
import { fail, hubCheck } from './hub.ts';
import { hubWorkloads } from './looking.ts';
import { scrapedByPlatform } from './monitors.ts';

const inNamespace = (name: string) => ({ namespace: observabilityNamespace, name });

/** ACM's own name for it, unless the object names another (acm.md §3). */
function pullSecretKey({ hub }: Pick<Context, 'hub'>) {
  return inNamespace(hub.observabilities[0]?.spec?.imagePullSecret ?? 'multiclusterhub-operator-pull-secret');
}

export const images = hubCheck(
  'images',
  'The pull secret of the clusters is the one in force',
  ['acm'],
  (context) => [
    ...on(context.cluster, SecretKind, pullSecretKey(context), ['get']),
    ...pullSecretRights(context.cluster, context.hub),
  ],
  async (context) => {
    const { cluster, hub } = context;
    const key = pullSecretKey(context);
    const copy = await cluster.get(SecretKind, key);
    if (copy === undefined) return fail(new Problem('pull-secret-gone', `there is no Secret ${key.name}`));
    try {
      const source = await pullSecretData(cluster, hub);
      const same = Object.entries(source).every(([entry, value]) => copy.data?.[entry] === value);
      if (same) return { verdict: 'pass', evidence: `Secret ${key.name} is that of its source` };
      return fail(new Problem('pull-secret-stale', `Secret ${key.name} differs from its source`), 'warn');
    } catch (error) {
      // Somebody keeps the copy by hand: there is nothing to hold it against.
      if (!isProblem(error, 'pull-secret-missing')) throw error;
      return { verdict: 'pass', evidence: `Secret ${key.name} is there; it has no source` };
    }
  },
);

const hashrings = inNamespace('observability-thanos-receive-controller-tenants-generated');
const receivers = 'observability-thanos-receive-default';

export const hashring = hubCheck(
  'hashring',
  'Every receiver is in the hashring',
  ['workloads'],
  ({ cluster }) => [...on(cluster, ConfigMapKind, hashrings, ['get']), ...hubWorkloads({ cluster })],
  async ({ cluster, looks }) => {
    const text = (await cluster.get(ConfigMapKind, hashrings))?.data?.['hashrings.json'];
    if (text === undefined)
      return fail(new Problem('hashring-incomplete', `ConfigMap ${hashrings.name} has no hashrings.json`));
    const set = (await looks.workloads()).find(({ metadata }) => metadata.name === receivers);
    if (set === undefined) return { verdict: 'skip', reason: `there is no StatefulSet ${receivers}` };
    const wanted = Array.from({ length: set.spec?.replicas ?? 1 }, (_, at) => `${receivers}-${at}`);
    const missing = wanted.filter((pod) => !text.includes(`${pod}.`));
    if (missing.length === 0) return { verdict: 'pass', evidence: `${wanted.length} receivers` };
    const detail = `ConfigMap ${hashrings.name} does not name ${missing.join(', ')}`;
    return fail(new Problem('hashring-incomplete', detail, { proof: text.slice(0, 300) }));
  },
);

export const scraped = hubCheck(
  'scraped',
  'The hub’s own monitoring looks at observability',
  ['acm'],
  ({ cluster }) => on(cluster, Namespace, { name: observabilityNamespace }, ['get']),
  async ({ cluster }) => {
    const live = await cluster.get(Namespace, { name: observabilityNamespace });
    if (live?.metadata.labels?.[scrapedByPlatform] === 'true')
      return { verdict: 'pass', evidence: 'its namespace is labelled' };
    const detail = `Namespace ${observabilityNamespace} lacks the label ${scrapedByPlatform}=true`;
    return fail(new Problem('namespace-unmonitored', detail), 'warn');
  },
);

/** Leafs; each holds the certificate of its authority too (acm.md §4.8). */
const leafs = ['observability-server-certs', 'observability-grafana-certs'].map(inNamespace);
const dayMs = 86_400_000;
/** The operator renews at 80 % of a year: one that has less left than this was not renewed. */
const daysLeft = 30;

export const certificates = hubCheck(
  'certificates',
  'Certificates are good for a while',
  ['acm'],
  ({ cluster }) => leafs.flatMap((key) => on(cluster, SecretKind, key, ['get'])),
  async ({ cluster, clock }) => {
    const secrets = await Promise.all(leafs.map((key) => cluster.get(SecretKind, key)));
    const found = leafs.flatMap(({ name }, at) => {
      const data = secrets[at]?.data;
      // What holds no certificate of its own has none that is good; an authority may stand elsewhere.
      return data === undefined
        ? []
        : (['tls.crt', 'ca.crt'] as const).flatMap((entry) => endOf(name, entry, data[entry]));
    });
    const [first] = found.toSorted((a, b) => a.at - b.at);
    const absent = leafs.filter((_, at) => secrets[at]?.data === undefined).map(({ name }) => name);
    const missing = { verdict: 'skip', reason: `not there: Secret ${absent.join(', ')}` } as const;
    if (first === undefined) return missing;
    const days = Math.floor((first.at - clock.now()) / dayMs);
    const until = Number.isFinite(first.at) ? `ends on ${new Date(first.at).toISOString()}` : 'is no certificate';
    if (days >= daysLeft && absent.length > 0) return missing;
    if (days >= daysLeft) return { verdict: 'pass', evidence: `${days} days left of the first to end` };
    const renewed = `oc -n ${observabilityNamespace} delete secret ${first.secret}`;
    const problem = new Problem('certificate-ending', `${first.what} ${until}`, {
      fix: `Delete it; the operator makes it anew: \`${renewed}\`.`,
    });
    return fail(problem, days > 0 ? 'warn' : 'fail');
  },
);

/** When a certificate ends; what is none has ended. */
function endOf(secret: string, entry: 'tls.crt' | 'ca.crt', value: string | undefined) {
  if (value === undefined && entry === 'ca.crt') return [];
  const what = `Secret ${secret}, ${entry}`;
  try {
    return [{ secret, what, at: Date.parse(new X509Certificate(Buffer.from(value ?? '', 'base64')).validTo) }];
  } catch {
    return [{ secret, what, at: Number.NEGATIVE_INFINITY }];
  }
}
