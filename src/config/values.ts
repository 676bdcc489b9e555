/**
 * What single values must look like. Each function says what is wrong, in words that never repeat the value: a value in
 * the wrong place may be a secret.
 */
import type { Provider } from './config.ts';
import { parseDuration } from './duration.ts';
import { parseQuantity } from './quantity.ts';

/** What is wrong, or `undefined` when nothing is. */
export type Fault = string | undefined;

/** A URL of a store: scheme, host, port, nothing else. Thanos takes `host[:port]` only (acm.md §2.2). */
export function endpointFault(text: string): Fault {
  if (!/^https?:\/\//i.test(text)) return 'must begin with https:// or http://';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === '') return 'must be a URL such as https://s3.example.com:9000';
  if (url.username !== '' || url.password !== '') return 'must not hold credentials';
  if (url.search !== '' || url.hash !== '' || text.includes('?') || text.includes('#')) {
    return 'must end after the host and port';
  }
  if (url.pathname !== '/') return 'must not have a path; the bucket goes to storage.bucket';
  return undefined;
}

/** `https://Host:443/` and `https://host` are one endpoint. What is no URL comes back as it is. */
export function normalEndpoint(text: string): string {
  return endpointFault(text) === undefined ? new URL(text).origin : text;
}

/** ACM demands 3 to 63 characters everywhere (acm.md §2.1); the rest are the rules of each store. */
export function bucketFault(name: string, provider: Provider): Fault {
  if (name.length < 3 || name.length > 63) return 'must have 3 to 63 characters';
  if (provider === 'azure') {
    if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)) {
      return 'must be lower-case letters, digits and single hyphens, and begin and end with a letter or digit';
    }
    return undefined;
  }
  const allowed = provider === 'gcs' ? /^[a-z0-9._-]+$/ : /^[a-z0-9.-]+$/;
  if (!allowed.test(name)) return 'must be lower-case letters, digits, dots and hyphens only';
  if (!/^[a-z0-9].*[a-z0-9]$/.test(name)) return 'must begin and end with a letter or digit';
  if (name.includes('..')) return 'must not have two dots in a row';
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return 'must not look like an IP address';
  return provider === 'gcs' ? undefined : reservedFault(name);
}

/** Beginnings and ends that S3 keeps for itself. */
function reservedFault(name: string): Fault {
  const start = ['xn--', 'sthree-', 'amzn-s3-demo-'].find((prefix) => name.startsWith(prefix));
  if (start !== undefined) return `must not begin with ${start}, which S3 reserves`;
  const end = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3'].find((suffix) => name.endsWith(suffix));
  return end === undefined ? undefined : `must not end with ${end}, which S3 reserves`;
}

export function durationFault(text: string): Fault {
  return parseDuration(text) === undefined ? 'must be a duration such as 30d, 12h or 0d' : undefined;
}

export function sizeFault(text: string): Fault {
  const amount = parseQuantity(text);
  return amount !== undefined && amount > 0 ? undefined : 'must be a size such as 100Gi';
}

/** The name of a Kubernetes object: a DNS subdomain (RFC 1123). */
export function objectNameFault(text: string): Fault {
  return text.length <= 253 && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/.test(text)
    ? undefined
    : 'must be a Kubernetes name: lower-case letters, digits, hyphens and dots';
}

/** A day of the calendar, `2026-12-31`. */
export function dateFault(text: string): Fault {
  const real = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
  return real && new Date(text).toISOString().startsWith(text) ? undefined : 'must be a date such as 2026-12-31';
}

export function metricNameFault(text: string): Fault {
  return /^[A-Za-z_:][A-Za-z0-9_:]*$/.test(text) ? undefined : 'must be the name of a metric';
}

/** A shipped pack's name, or a folder, which has a slash or begins with a dot. */
export function packFault(text: string): Fault {
  return isFolder(text) || /^[a-z0-9][a-z0-9-]*$/.test(text)
    ? undefined
    : 'must be the name of a shipped pack, or a folder such as ./packs/ours';
}

export function isFolder(text: string): boolean {
  return text.includes('/') || text.startsWith('.');
}
