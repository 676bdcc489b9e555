/** The CRDs of the reference folder beside the project, where there is one. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface CrdSchema {
  readonly type?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, CrdSchema>>;
  readonly items?: CrdSchema;
  readonly additionalProperties?: CrdSchema;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
}

export interface Crd {
  readonly spec: {
    readonly group: string;
    readonly scope: 'Namespaced' | 'Cluster';
    readonly names: {
      readonly kind: string;
      readonly plural: string;
      readonly singular: string;
      readonly shortNames?: readonly string[];
    };
    readonly versions: readonly {
      readonly name: string;
      readonly subresources?: { readonly status?: object };
      readonly schema: { readonly openAPIV3Schema: CrdSchema };
    }[];
  };
}

const folder = new URL('../../../../shared/reference/crds/', import.meta.url);

export const haveCrds = existsSync(folder);

let read: Crd[] | undefined;

/** Read once: they are megabytes. */
export function crds(): Crd[] {
  read ??= readdirSync(folder).map((name) => {
    // Two of them are templates: lines of theirs are no YAML.
    const lines = readFileSync(new URL(name, folder), 'utf8').split('\n');
    return parse(lines.filter((line) => !line.includes('{{')).join('\n'));
  });
  return read;
}
