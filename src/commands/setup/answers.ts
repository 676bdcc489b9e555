/** What the wizard learns, and the file it becomes. Keys of the store are no part of either. */
import { stringify } from 'yaml';
import { accessKeyVariable, secretKeyVariable } from '../../config/environment.ts';
import { isFolder } from '../../config/values.ts';
import { shellWord } from '../../engine/shell-word.ts';

export interface Answers {
  readonly hub: { readonly clusterID?: string };
  readonly clusters: { readonly all: true } | { readonly names: readonly string[] } | { readonly selector: string };
  readonly storage: StorageAnswer;
  readonly metrics: { readonly platform: readonly string[]; readonly userWorkload: readonly string[] };
  /** Names of shipped packs, or folders; with parameters where there are any to give. */
  readonly packs: readonly (string | PackAnswer)[];
  /** Files or globs. */
  readonly dashboards: readonly string[];
}

export interface PackAnswer {
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export type StorageAnswer =
  | {
      readonly provider: 's3';
      readonly bucket: string;
      readonly region?: string;
      /** Absent for AWS. */
      readonly endpoint?: string;
      readonly caFile?: string;
    }
  | { readonly provider: 'existing'; readonly existingSecret: { readonly name: string; readonly key: string } };

/** The text of the file: only what was answered; everything else keeps its default. */
export function answersToYaml(answers: Answers): string {
  const { hub, clusters, storage, metrics, packs, dashboards } = answers;
  const file = {
    apiVersion: 'acm-observability/v1',
    ...(hub.clusterID === undefined ? {} : { hub }),
    storage,
    clusters: { select: clusters },
    ...filled({ packs: packs.map((pack) => (typeof pack === 'string' && isFolder(pack) ? { path: pack } : pack)) }),
    ...filled({ metrics: filled(metrics) }),
    ...filled({ dashboards }),
  };
  return `# Written by \`acm-observability setup\`. No secrets are in here, and none belong here.\n${stringify(file, { lineWidth: 0 })}`;
}

/** Without entries that say nothing. */
function filled(entries: Readonly<Record<string, object>>): Record<string, object> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => Object.keys(value).length > 0));
}

/** The command that does the same without a question. Keys come in by variables; their names are told, never their values. */
export function twin(file: string, keys: 'to be set' | 'found' | 'none needed'): string {
  const command = `acm-observability apply -f ${shellWord(file)} --yes`;
  return keys === 'to be set'
    ? `with ${accessKeyVariable} and ${secretKeyVariable} set:\n  ${command}`
    : `  ${command}`;
}
