/** Where a bucket is reached: AWS by region, any other store by its URL. */

export interface StorePlace {
  readonly bucket: string;
  /** Never empty: signatures need one. */
  readonly region: string;
  /** URL to give to the client; absent: AWS finds its own. */
  readonly endpoint: string | undefined;
  /** URL, fit to be shown. */
  readonly shown: string;
  readonly aws: boolean;
}

export function placeOf(bucket: string, region: string | undefined, endpoint: string | undefined): StorePlace {
  const host = endpoint === undefined || !URL.canParse(endpoint) ? undefined : new URL(endpoint).hostname;
  const aws = endpoint === undefined || /\.amazonaws\.com(\.cn)?$/.test(host ?? '');
  const named = region || (aws ? regionIn(host) : undefined) || 'us-east-1';
  const suffix = named.startsWith('cn-') ? '.cn' : '';
  const shown = endpoint === undefined ? `https://s3.${named}.amazonaws.com${suffix}` : withoutUser(endpoint);
  return { bucket, region: named, endpoint, shown, aws };
}

/** `s3.eu-west-3.amazonaws.com` names its region. */
export function regionIn(host: string | undefined): string | undefined {
  return /(?:^|\.)s3[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com/.exec(host ?? '')?.[1];
}

function withoutUser(endpoint: string): string {
  if (!URL.canParse(endpoint)) return endpoint;
  const { protocol, host, pathname } = new URL(endpoint);
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`;
}
