/**
 * Why a collector does not get through: a cluster that reaches the outside by a proxy has to hand it to the collector, which
 * ACM does by an AddOnDeploymentConfig and nothing else (acm.md §5.5). A few of the clusters that cannot send are visited for it.
 */
import type { Context } from '../context.ts';
import { isProblem, Problem } from '../engine/problem.ts';
import type { Right } from '../engine/rights.ts';
import { quoted } from '../engine/shell-word.ts';
import type { Finding } from '../engine/step.ts';
import type { Member } from '../fleet/members.ts';
import { visitsUpTo } from '../fleet/visits.ts';
import { addonNamespace } from '../hub.ts';
import { type AddOnConfigReference, type ClusterProxy, ManagedClusterAddOnKind, ProxyKind } from '../kinds.ts';
import { ApiError } from '../ports.ts';
import { addOnOf } from '../resources/addons.ts';
import { on } from '../resources/rights.ts';
import { fail } from './hub.ts';

const addon = addOnOf('legacy').name;
const config = { group: 'addon.open-cluster-management.io', resource: 'addondeploymentconfigs' };

/** Of the add-ons: its Views are those of user-workload monitoring. */
export function wayOutRights({ cluster }: Pick<Context, 'cluster'>): Right[] {
  return on(cluster, ManagedClusterAddOnKind, {}, ['list']);
}

/** Judges a cluster whose collector cannot send, by what it says. */
export function wayOut(context: Context): (member: Member, said: string) => Promise<Finding> {
  let visited = 0;
  return async (member, said) => {
    visited += 1;
    const { name } = member;
    const cannotSend = (more = '') =>
      fail(new Problem('collector-cannot-send', `${name}: ${said}${more}`, { cluster: name }));
    if (visited > visitsUpTo) return cannotSend();
    try {
      const live = await (await context.reach(member)).get(ProxyKind, { name: 'cluster' });
      const proxy = live === undefined ? undefined : proxyFor(live, context.hub.api);
      if (proxy === undefined) return cannotSend();
      const configs = await configsOf(context, name);
      if (configs.some(({ resource }) => resource === config.resource)) return cannotSend();
      return fail(inTheWay(name, proxy, configs));
    } catch (error) {
      if (!isProblem(error) && !(error instanceof ApiError)) throw error;
      return cannotSend(`; whether by a proxy could not be looked at: ${error.message}`);
    }
  };
}

interface Way {
  /** Without who logs in there. */
  readonly url: string;
  readonly withLogin: boolean;
  readonly except: string;
}

/** The proxy that is on the way from a cluster to the hub, as it is in force there. */
function proxyFor({ spec, status }: ClusterProxy, api: string): Way | undefined {
  const { httpsProxy = '', noProxy = '' } = { ...spec, ...status };
  if (!URL.canParse(httpsProxy)) return undefined;
  const hub = new URL(api).hostname.replace(/^api\./, '');
  const excepted = noProxy.split(',').some((one) => isWithin(hub, one.trim().replace(/^\*?\./, '')));
  if (excepted) return undefined;
  const { protocol, host, username } = new URL(httpsProxy);
  return { url: `${protocol}//${host}`, withLogin: username !== '', except: noProxy || '.svc,.cluster.local' };
}

function isWithin(host: string, domain: string): boolean {
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

/** What the add-on of a cluster is configured by. */
async function configsOf({ cluster }: Context, namespace: string): Promise<readonly AddOnConfigReference[]> {
  const [live] = await cluster.list(ManagedClusterAddOnKind, { namespace, fieldSelector: `metadata.name=${addon}` });
  const { configs = [] } = (live?.spec ?? {}) as { readonly configs?: readonly AddOnConfigReference[] };
  return configs;
}

/** `before`: references of others, which a merge would take away. */
function inTheWay(cluster: string, { url, withLogin, except }: Way, before: readonly AddOnConfigReference[]): Problem {
  const name = 'observability-proxy';
  const proxyConfig = { httpProxy: url, httpsProxy: url, noProxy: except };
  const object = {
    apiVersion: `${config.group}/v1alpha1`,
    kind: 'AddOnDeploymentConfig',
    metadata: { name, namespace: cluster },
    // Left out, the API server fills in another namespace than that of this add-on.
    spec: { agentInstallNamespace: addonNamespace, proxyConfig },
  };
  const patch = { spec: { configs: [...before, { ...config, name, namespace: cluster }] } };
  const make = `echo ${quoted(JSON.stringify(object))} | oc apply -f -`;
  const use = `oc -n ${cluster} patch managedclusteraddon ${addon} --type merge -p ${quoted(JSON.stringify(patch))}`;
  const login = withLogin ? ' The proxy wants a login: add it to both URLs.' : '';
  return new Problem('proxy-in-the-way', `${cluster}: its proxy ${new URL(url).host} is not handed to its collector`, {
    cluster,
    fix: `Hand it over: \`${make} && ${use}\`.${login}`,
  });
}
