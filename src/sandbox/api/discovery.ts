/** What the server says of itself: groups, resources, version, and as much OpenAPI as kubectl needs to write. */
import { apiVersionOf, doorsOf, type KindTable, type ResourceType } from './kinds.ts';
import { reviews } from './reviews.ts';
import { hasScale } from './scale.ts';

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

interface Version {
  readonly group: string;
  readonly version: string;
}

/** Resources that are asked, not stored, look like kinds to clients. */
function reviewTypes(): ResourceType[] {
  return Object.entries(reviews).map(([plural, { group, kind }]) => ({
    group,
    version: 'v1',
    kind,
    plural,
    singular: kind.toLowerCase(),
    shortNames: [],
    namespaced: false,
    status: false,
    custom: false,
    generation: false,
  }));
}

function typesOf(kinds: KindTable): ResourceType[] {
  return [...kinds.all(), ...reviewTypes()];
}

function versions(kinds: KindTable): Version[] {
  const seen = new Map(
    typesOf(kinds).map(({ group, version }) => [apiVersionOf({ group, version }), { group, version }]),
  );
  return [...seen.values()];
}

/** `/api` */
export function coreVersions(): object {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
}

/** `/apis` */
export function groupList(kinds: KindTable): object {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups(kinds) };
}

/** `/apis/GROUP`, or `undefined` for a group nobody knows. */
export function groupOf(kinds: KindTable, name: string): object | undefined {
  const found = groups(kinds).find((group) => group.name === name);
  return found && { kind: 'APIGroup', apiVersion: 'v1', ...found };
}

function groups(kinds: KindTable): { readonly name: string }[] {
  const names = [...new Set(versions(kinds).map(({ group }) => group))].filter((name) => name !== '');
  return names.map((name) => {
    const served = versionsOf(kinds, name).map((version) => ({ groupVersion: `${name}/${version}`, version }));
    return { name, versions: served, preferredVersion: served[0] };
  });
}

/** The newest and most stable first, as clients prefer them. */
function versionsOf(kinds: KindTable, name: string): string[] {
  const rank = (version: string): number => (version.includes('alpha') ? 2 : version.includes('beta') ? 1 : 0);
  const all = versions(kinds)
    .filter(({ group }) => group === name)
    .map(({ version }) => version);
  return all.sort((a, b) => rank(a) - rank(b) || (a < b ? 1 : -1));
}

/** `/api/v1`, `/apis/GROUP/VERSION`; `undefined` for one nobody knows. */
export function resourceList(kinds: KindTable, group: string, version: string): object | undefined {
  const types = typesOf(kinds).filter((type) => type.group === group && type.version === version);
  if (types.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf({ group, version }),
    resources: types.flatMap(resourceEntries),
  };
}

const scaleKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' };
const doorVerbs = ['get', 'patch', 'update'];

function resourceEntries(type: ResourceType): object[] {
  const { plural, singular, kind, namespaced, shortNames, group } = type;
  const isReview = plural in reviews && group === reviews[plural]?.group;
  const short = shortNames.length > 0 && { shortNames };
  const main = {
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs: isReview ? ['create'] : verbs,
    ...short,
  };
  const doors = doorsOf(type).map((door) => ({
    name: `${plural}/${door}`,
    singularName: '',
    namespaced,
    kind,
    verbs: doorVerbs,
  }));
  const scale = { name: `${plural}/scale`, singularName: '', namespaced, ...scaleKind };
  return [main, ...doors, ...(hasScale(type) ? [{ ...scale, verbs: doorVerbs }] : [])];
}

/** Both levels in one answer (`apidiscovery.k8s.io/v2`), for the core group or all others. */
export function aggregated(kinds: KindTable, core: boolean): object {
  const names = [...new Set(versions(kinds).map(({ group }) => group))].filter((name) => (name === '') === core);
  const items = names.map((name) => ({
    metadata: { name, creationTimestamp: null },
    versions: versionsOf(kinds, name).map((version) => ({
      version,
      freshness: 'Current',
      resources: typesOf(kinds)
        .filter((type) => type.group === name && type.version === version)
        .map(aggregatedResource),
    })),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function aggregatedResource(type: ResourceType) {
  const { group, version, kind, plural, singular, shortNames, namespaced } = type;
  const doors = doorsOf(type);
  const responseKind = { group, version, kind };
  const isReview = group === reviews[plural]?.group;
  return {
    resource: plural,
    responseKind,
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: isReview ? ['create'] : verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(doors.length > 0 && {
      subresources: [
        ...doors.map((subresource) => ({ subresource, responseKind, verbs: doorVerbs })),
        ...(hasScale(type) ? [{ subresource: 'scale', responseKind: scaleKind, verbs: doorVerbs }] : []),
      ],
    }),
  };
}

/** `/version` */
export function versionInfo(gitVersion: string): object {
  const [, major = '1', minor = '0'] = /^v?(\d+)\.(\d+)/.exec(gitVersion) ?? [];
  return { major, minor, gitVersion, gitTreeState: 'clean', goVersion: '', compiler: 'gc', platform: 'linux/amd64' };
}

/** `/openapi/v3`: one document a version. */
export function openApiIndex(kinds: KindTable): object {
  const paths = versions(kinds).map(({ group, version }) => {
    const path = group === '' ? `api/${version}` : `apis/${group}/${version}`;
    return [path, { serverRelativeURL: `/openapi/v3/${path}` }];
  });
  return { paths: Object.fromEntries(paths) };
}

/** That every kind takes `fieldValidation` and `dryRun`: what kubectl looks up before it writes. */
export function openApiDocument(kinds: KindTable, group: string, version: string): object | undefined {
  const types = typesOf(kinds).filter((type) => type.group === group && type.version === version);
  if (types.length === 0) return undefined;
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version },
    paths: Object.fromEntries(types.map((type) => [pathOf(type), pathItem(type)])),
    components: { schemas: Object.fromEntries(types.map((type) => [schemaName(type), openSchema(type)])) },
  };
}

/** The same in the older form, in one document. */
export function openApiV2(kinds: KindTable, version: string): object {
  const types = typesOf(kinds);
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version },
    paths: Object.fromEntries(types.map((type) => [pathOf(type), pathItem(type)])),
    definitions: Object.fromEntries(types.map((type) => [schemaName(type), openSchema(type)])),
  };
}

function pathOf(type: ResourceType): string {
  const root = type.group === '' ? '/api' : '/apis';
  return `${root}/${apiVersionOf(type)}${type.namespaced ? '/namespaces/{namespace}' : ''}/${type.plural}/{name}`;
}

function pathItem({ group, version, kind }: ResourceType): object {
  const gvk = { 'x-kubernetes-group-version-kind': { group, version, kind } };
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({
    name,
    in: 'query',
    schema: { type: 'string', uniqueItems: true },
  }));
  const responses = { 200: { description: 'OK' } };
  return { patch: { ...gvk, parameters, responses }, put: { ...gvk, parameters, responses } };
}

function schemaName({ group, version, kind }: ResourceType): string {
  return [...group.split('.').reverse(), version, kind].filter((part) => part !== '').join('.');
}

function openSchema({ group, version, kind }: ResourceType): object {
  return {
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
    'x-kubernetes-group-version-kind': [{ group, version, kind }],
  };
}
