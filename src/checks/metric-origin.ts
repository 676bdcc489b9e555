/** Where a metric comes from: a list, a ScrapeConfig, or a rule of the hub (acm.md §6.7). */
import { parseDocument } from 'yaml';
import type { Context } from '../context.ts';
import { observabilityNamespace } from '../hub.ts';
import { ConfigMapKind, ScrapeConfigKind } from '../kinds.ts';
import { allowlistKeys, type Source } from '../packs/allowlist.ts';
import { allowlistName } from '../resources/allowlist-entries.ts';
import { on } from '../resources/rights.ts';
import { rulesIn } from './looking.ts';

/** ACM's own list; on a cluster it is the merged one. */
export const defaultList = 'observability-metrics-allowlist';
/** Where a metric comes from: a list for one of the two collectors, a ScrapeConfig, or a rule of the hub. */
export type Origin =
  | { readonly kind: 'list'; readonly source: Source; readonly by: string }
  | { readonly kind: 'scrape config' | 'rule'; readonly by: string };

export const listRights = ({ cluster }: Context) =>
  [allowlistName, defaultList].flatMap((name) =>
    on(cluster, ConfigMapKind, { namespace: observabilityNamespace, name }, ['get']),
  );

export async function originOf(context: Context, metric: string): Promise<Origin | undefined> {
  const { cluster, hub } = context;
  const rule = await madeBy(context, metric);
  if (rule !== undefined) return { kind: 'rule', by: `group ${rule.group}` };
  if (hub.architecture === 'mcoa') {
    const configs = await cluster.list(ScrapeConfigKind, { namespace: observabilityNamespace });
    const config = configs.find(({ spec }) => namesIt(JSON.stringify(spec ?? {}), metric));
    return config === undefined ? undefined : { kind: 'scrape config', by: config.metadata.name };
  }
  for (const name of [allowlistName, defaultList]) {
    const map = await cluster.get(ConfigMapKind, { namespace: observabilityNamespace, name });
    for (const source of ['platform', 'userWorkload'] as const)
      if (isListed(map?.data?.[allowlistKeys[source]], metric))
        return { kind: 'list', source, by: `${name}, ${allowlistKeys[source]}` };
  }
  return undefined;
}

/** The hub's recording rule of that name. */
export async function madeBy({ looks }: Context, metric: string) {
  return rulesIn(await looks.ruleGroups()).find(({ name, type }) => name === metric && type === 'recording');
}

function namesIt(text: string, metric: string): boolean {
  return new RegExp(`__name__=\\\\*"${metric}\\\\*"`).test(text);
}

/** By its name, by a selector that says it, as the record of a rule, or as what another is renamed to. */
export function isListed(text: string | undefined, metric: string): boolean {
  // As the operator reads it: what is given twice counts once, what does not parse not at all (acm.md §6.3).
  const document = parseDocument(text ?? '', { version: '1.1', uniqueKeys: false });
  const list: unknown = document.errors.length > 0 ? undefined : document.toJS();
  if (typeof list !== 'object' || list === null) return false;
  const part = new Map<string, unknown>(Object.entries(list));
  const items = (name: string): unknown[] => {
    const value = part.get(name);
    return Array.isArray(value) ? value : [];
  };
  const renamed = part.get('renames');
  return (
    items('names').includes(metric) ||
    items('matches').some((match) => namesIt(String(match), metric)) ||
    items('recording_rules').some((rule) =>
      Object.entries(rule ?? {}).some(([key, value]) => key === 'record' && value === metric),
    ) ||
    (typeof renamed === 'object' && renamed !== null && Object.values(renamed).includes(metric))
  );
}
