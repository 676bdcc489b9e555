/** Kinds the agents can find by name, as a REST mapper would. */

import type { Kind } from '../../../kinds.ts';
import * as common from '../../../kinds.ts';
import * as own from '../kinds.ts';

function isKind(value: unknown): value is Kind {
  return typeof value === 'object' && value !== null && 'plural' in value && 'apiVersion' in value;
}

const kinds: readonly Kind[] = [...Object.values(common), ...Object.values(own)].filter(isKind);
const byKind = new Map(kinds.map((kind) => [`${kind.apiVersion} ${kind.kind}`, kind]));

/** By apiVersion and kind. */
export function kindOf(apiVersion: string, kind: string): Kind | undefined {
  return byKind.get(`${apiVersion} ${kind}`);
}

/** `configmaps`, or `<plural>.<version>.<group>`. */
export function kindByResource(resource: string): Kind | undefined {
  const [plural = '', version, ...group] = resource.split('.');
  return kinds.find((kind) => {
    if (kind.plural !== plural.toLowerCase()) return false;
    return version === undefined || kind.apiVersion === [group.join('.'), version].filter(Boolean).join('/');
  });
}

/** `configmaps`, `statefulsets.apps`: as the API names a resource in its messages. */
export function qualified({ apiVersion, plural }: Kind): string {
  return apiVersion.includes('/') ? `${plural}.${apiVersion.split('/')[0]}` : plural;
}
