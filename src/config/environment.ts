/** The variables this program reads, generated from the schema, so that help, docs and loading cannot disagree. */
import { configKeys, type Form } from './keys.ts';

export const prefix = 'ACM_OBSERVABILITY_';

export interface Variable {
  readonly name: string;
  /** The key it sets, where it sets one. */
  readonly path?: string;
  readonly form: Form;
  readonly description: string;
  /** `NAME_FILE` reads the value from a file. */
  readonly fileForm: boolean;
}

/** `storage.caFile` → `ACM_OBSERVABILITY_STORAGE_CA_FILE` */
export function variableOf(path: string): string {
  const words = path.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replaceAll('.', '_');
  return prefix + words.toUpperCase();
}

export const accessKeyVariable = `${prefix}STORAGE_ACCESS_KEY`;
export const secretKeyVariable = `${prefix}STORAGE_SECRET_KEY`;

/** The keys Thanos will live with: never part of the configuration (credentials.ts). */
const secretVariables: readonly Variable[] = [
  { name: accessKeyVariable, form: 'text', description: 'Access key Thanos will use', fileForm: true },
  { name: secretKeyVariable, form: 'text', description: 'Secret key Thanos will use', fileForm: true },
];

/** Every `ACM_OBSERVABILITY_*` variable there is. */
export const variables: readonly Variable[] = [
  ...configKeys.map(({ path, form, description }) => ({
    name: variableOf(path),
    path,
    form,
    description,
    fileForm: true,
  })),
  ...secretVariables,
];

/** Names people already export, and the key each fills where nothing better does; the first that is set wins. */
export const ambientKeys: readonly { readonly path: string; readonly names: readonly string[] }[] = [
  { path: 'storage.bucket', names: ['S3_BUCKET_NAME'] },
  { path: 'storage.region', names: ['AWS_REGION'] },
  { path: 'storage.endpoint', names: ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'] },
  { path: 'storage.caFile', names: ['AWS_CA_BUNDLE'] },
];

/** Variables of other programs that mean here what they mean there; for `help environment`. */
export const foreignVariables: readonly { readonly name: string; readonly description: string }[] = [
  {
    name: 'KUBECONFIG',
    description: 'Kubeconfig files; the current context is the hub unless --context says otherwise',
  },
  { name: 'AWS_ACCESS_KEY_ID', description: 'Access key, with AWS_SECRET_ACCESS_KEY' },
  { name: 'AWS_SECRET_ACCESS_KEY', description: 'Secret key, with AWS_ACCESS_KEY_ID' },
  {
    name: 'AWS_SESSION_TOKEN',
    description: 'Makes the pair temporary: it may create the bucket, Thanos does not get it',
  },
  { name: 'AWS_PROFILE', description: 'Profile of the AWS configuration files' },
  ...ambientKeys.flatMap(({ path, names }) =>
    names.map((name) => ({ name, description: `Sets ${path} where nothing else does` })),
  ),
  { name: 'HTTPS_PROXY', description: 'Proxy for the API servers and the store' },
  { name: 'NO_PROXY', description: 'Hosts reached without the proxy' },
  { name: 'CI', description: 'No questions are asked, nothing is repainted' },
  { name: 'NO_COLOR', description: 'No colours; before FORCE_COLOR, CLICOLOR_FORCE, CLICOLOR=0 and TERM=dumb' },
  { name: 'FORCE_COLOR', description: 'Colours, to a file or pipe too; the same as CLICOLOR_FORCE' },
  { name: 'ACCESSIBLE', description: 'The same as --accessible' },
  { name: 'COLUMNS', description: 'Width of the text' },
  { name: 'GITHUB_ACTIONS', description: 'true: failures are told as annotations, on standard error' },
  { name: 'GITHUB_STEP_SUMMARY', description: 'File that gets the recap as Markdown' },
];
