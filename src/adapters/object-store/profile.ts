/** Keys that the AWS configuration files give: a profile, SSO, a process, a role. */
import { inspect } from 'node:util';
import { Problem } from '../../engine/problem.ts';

interface Pair {
  readonly accessKey: string;
  readonly secretKey: string;
  /** What people know them by. */
  readonly from: string;
}
export type ProfileKeys =
  | (Pair & { readonly kind: 'static' })
  | (Pair & { readonly kind: 'temporary'; readonly sessionToken?: string });

/**
 * The keys of a profile, by the AWS client's own chain, which reads its files and variables from the process. Printing
 * them shows no secret.
 * @throws Problem `missing-values` when the profile gives none.
 */
export async function profileKeys({ profile }: { readonly profile?: string }): Promise<ProfileKeys> {
  const { resolveChain } = await import('./chain.ts');
  const from = profile === undefined ? 'the default AWS profile' : `the AWS profile ${profile}`;
  const keys = await resolveChain(profile).catch((error: unknown) => {
    // The chain's messages name files and profiles, never values.
    const proof = error instanceof Error ? error.message : String(error);
    throw new Problem('missing-values', `There is no access key for the store: ${from} gives none.`, {
      proof,
      likely: 'The profile does not exist, or its session has expired.',
      fix: 'Log in (`aws sso login`), or give ACM_OBSERVABILITY_STORAGE_ACCESS_KEY and _SECRET_KEY.',
    });
  });
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = keys;
  const secrets = { accessKey: accessKeyId, secretKey: secretAccessKey, ...(sessionToken && { sessionToken }) };
  const temporary = Boolean(sessionToken) || expiration !== undefined || accessKeyId.startsWith('ASIA');
  return sealed(temporary ? { kind: 'temporary', from, ...secrets } : { kind: 'static', from, ...secrets });
}

/** The same object, whose secrets are there for who asks by name and for nobody who prints or copies it. */
function sealed<T extends ProfileKeys>(keys: T): T {
  const shown = { kind: keys.kind, from: keys.from };
  for (const name of ['accessKey', 'secretKey', 'sessionToken']) {
    if (name in keys) Object.defineProperty(keys, name, { enumerable: false });
  }
  Object.defineProperty(keys, inspect.custom, { value: () => shown, enumerable: false });
  return keys;
}
