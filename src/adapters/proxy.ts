/**
 * Which proxy leads to a server, by the rules kubectl follows (Go's `net/http`): `HTTPS_PROXY`, `HTTP_PROXY` and
 * `NO_PROXY` in either case; nothing on this machine is ever reached through a proxy.
 */
import { BlockList, isIP } from 'node:net';
import { Problem } from '../engine/problem.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for a server, or `undefined` for a direct connection. `explicit` (a kubeconfig's `proxy-url`) wins over the
 * environment and over NO_PROXY.
 * @throws Problem `unreachable` for a proxy that is no URL or of a kind not spoken here.
 */
export function proxyFor(target: URL, environment: Environment, explicit?: string): URL | undefined {
  if (explicit !== undefined && explicit !== '') return parseProxy(explicit, 'proxy-url of the kubeconfig');
  const name = target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const value = either(environment, name);
  if (value === undefined || bypassed(target, either(environment, 'NO_PROXY') ?? '')) return undefined;
  return parseProxy(value, name);
}

/** A proxy without the password that may be in its URL. */
export function showProxy(proxy: URL): string {
  return `${proxy.protocol}//${proxy.host}`;
}

/**
 * Whether `NO_PROXY` (hosts, `.suffix`, `*.suffix`, addresses, networks, each but the last with an optional port; `*`)
 * exempts a server. A bare host name covers its sub-domains, as in Go.
 */
export function bypassed(target: URL, noProxy: string): boolean {
  const host = bare(target.hostname.toLowerCase());
  const port = target.port || (target.protocol === 'https:' ? '443' : '80');
  if (host === 'localhost' || isLoopback(host)) return true;
  const entries = noProxy.split(',').map((entry) => entry.trim().toLowerCase());
  return entries.some((entry) => entry !== '' && matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const network = /^([0-9a-f.:]+)\/(\d{1,3})$/.exec(entry);
  if (network?.[1] !== undefined && isIP(network[1]) !== 0) return inNetwork(host, network[1], Number(network[2]));
  const [name, wantedPort] = splitPort(entry);
  if (name === '' || (wantedPort !== undefined && wantedPort !== port)) return false;
  if (isIP(name) !== 0) return isIP(host) !== 0 && inNetwork(host, name, isIP(name) === 4 ? 32 : 128);
  if (isIP(host) !== 0) return false;
  const suffix = name.startsWith('*.') ? name.slice(1) : name;
  if (suffix.startsWith('.')) return host.endsWith(suffix);
  return host === suffix || host.endsWith(`.${suffix}`);
}

/** `name`, `name:port`, `address`, `[address]:port`: the port only where there is one. */
function splitPort(entry: string): [name: string, port: string | undefined] {
  if (isIP(entry) !== 0) return [entry, undefined];
  const parts = /^(.*?)(?::(\d+))?$/.exec(entry);
  return [bare(parts?.[1] ?? entry), parts?.[2]];
}

function inNetwork(host: string, network: string, bits: number): boolean {
  const family = isIP(host);
  if (family === 0 || family !== isIP(network) || bits > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, bits, type);
  return list.check(host, type);
}

function isLoopback(host: string): boolean {
  return inNetwork(host, '127.0.0.0', 8) || inNetwork(host, '::1', 128);
}

function bare(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

function either(environment: Environment, name: string): string | undefined {
  return environment[name] || environment[name.toLowerCase()] || undefined;
}

/** The value is never shown: it may hold a password. */
function parseProxy(value: string, origin: string): URL {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === '') {
    throw new Problem('unreachable', `${origin} is not the URL of a proxy.`, {
      likely: 'The value has a typing error.',
      fix: `Set ${origin} to http://HOST:PORT.`,
    });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Problem('unreachable', `${origin} names a proxy of the kind ${url.protocol.slice(0, -1)}.`, {
      likely: 'Only http and https proxies are spoken here.',
      fix: `Set ${origin} to http://HOST:PORT or https://HOST:PORT.`,
    });
  }
  return url;
}
