/** The CRDs a hub has: those of the reference folder beside the project, and open ones for kinds without one there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import type { Kind, KubeObject } from '../../../src/kinds.ts';
import { qualified, type ResourceType, resourceTypes } from '../../../src/sandbox/api/kinds.ts';
import type { RunningKube } from './kube.ts';

const folder = new URL('../../../../shared/reference/crds/', import.meta.url);

/** Whether the reference folder is there; a clone of the project alone has none. */
export const haveReferenceCrds = existsSync(folder);

const CrdKind: Kind = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
};

interface Definition extends KubeObject {
  spec: {
    group: string;
    names: { plural: string };
    versions: { name: string; served: boolean; storage: boolean; schema?: object; subresources?: object }[];
    conversion?: unknown;
  };
}

/**
 * Installs them all and waits until each is served. Built-in groups that only OpenShift has (OAuthClient, ImageStream) are
 * custom here. `without`: `plural.group` of kinds to leave out.
 */
export async function installCrds(kube: RunningKube, without: readonly string[] = []): Promise<void> {
  const cluster = kube.cluster('installer');
  const real = haveReferenceCrds ? readdirSync(folder).map(readDefinition) : [];
  const wanted = new Map(real.map((crd) => [`${crd.spec.names.plural}.${crd.spec.group}`, crd]));
  for (const type of resourceTypes) {
    if (!type.group.includes('.') || isServed(type) || wanted.has(qualified(type))) continue;
    wanted.set(qualified(type), openDefinition(type));
  }
  const chosen = [...wanted].filter(([name]) => !without.includes(name));
  await Promise.all(chosen.map(([, crd]) => cluster.create(CrdKind, crd)));
  await discovered(
    kube,
    chosen.map(([, crd]) => crd),
  );
}

/** Groups of the API server itself. */
function isServed({ group }: ResourceType): boolean {
  return /^(networking|coordination|storage|rbac\.authorization|admissionregistration|apiextensions)\.k8s\.io$/.test(
    group,
  );
}

/** Some are templates, and some convert between versions by a webhook that nobody serves here. */
function readDefinition(file: string): Definition {
  const lines = readFileSync(new URL(file, folder), 'utf8').split('\n');
  const crd: Definition = parse(lines.filter((line) => !line.includes('{{')).join('\n'));
  const { conversion: _, ...spec } = crd.spec;
  const { name, annotations, labels } = crd.metadata;
  return {
    ...crd,
    metadata: { name, ...(labels && { labels }), annotations: { ...annotations, ...approved(spec.group) } },
    spec,
  };
}

/** Groups under k8s.io are protected; this says that we know. */
function approved(group: string): Record<string, string> {
  return group.endsWith('k8s.io') ? { 'api-approved.kubernetes.io': 'unapproved, for tests' } : {};
}

/** Takes any object. */
function openDefinition(type: ResourceType): Definition {
  const { group, version, kind, plural, singular, shortNames, namespaced, status } = type;
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const subresources = status ? { subresources: { status: {} } } : {};
  return {
    apiVersion: CrdKind.apiVersion,
    kind: CrdKind.kind,
    metadata: { name: qualified(type), annotations: approved(group) },
    spec: {
      group,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names: { kind, plural, singular, listKind: `${kind}List`, shortNames: [...shortNames] },
      versions: [{ name: version, served: true, storage: true, schema, ...subresources }],
    } as Definition['spec'],
  };
}

/** Until the server tells of them all: what starts afterwards and asks once, as a garbage collector does, knows them. */
async function discovered(kube: RunningKube, definitions: readonly Definition[]): Promise<void> {
  const wanted = definitions.map(({ spec }) => `${spec.names.plural}.${spec.group}`);
  const transport = kube.transport();
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  let missing = wanted;
  for (let tries = 0; tries < 300 && missing.length > 0; tries += 1) {
    if (tries > 0) await sleep(100);
    const answer = await transport.send({ method: 'GET', path: '/apis', headers: { accept }, timeoutMs: 10_000 });
    const { items = [] }: Discovery = JSON.parse(await answer.text());
    const known = new Set(
      items.flatMap(({ metadata, versions }) =>
        versions.flatMap(({ resources = [] }) => resources.map(({ resource }) => `${resource}.${metadata.name}`)),
      ),
    );
    missing = wanted.filter((name) => !known.has(name));
  }
  await transport.close();
  if (missing.length > 0) throw new Error(`not served: ${missing.join(', ')}`);
}

interface Discovery {
  readonly items?: readonly {
    readonly metadata: { readonly name: string };
    readonly versions: readonly { readonly resources?: readonly { readonly resource: string }[] }[];
  }[];
}
