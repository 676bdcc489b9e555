import { describe, expect, it } from 'vitest';
import { bypassed, proxyFor, showProxy } from '../../src/adapters/proxy.ts';

describe('NO_PROXY', () => {
  const api = 'https://api.hub.example.com:6443';
  it.each([
    ['an exact host', api, 'api.hub.example.com', true],
    ['a parent domain', api, 'example.com', true],
    ['a parent domain with a dot', api, '.example.com', true],
    ['a parent domain with a star', api, '*.example.com', true],
    ['a dot means sub-domains only', 'https://example.com', '.example.com', false],
    ['a star means sub-domains only', 'https://example.com', '*.example.com', false],
    ['the domain itself', 'https://example.com', 'example.com', true],
    ['part of a label is no domain', 'https://notexample.com', 'example.com', false],
    ['another host', api, 'other.com', false],
    ['everything', api, '*', true],
    ['everything among others', api, 'other.com, *', true],
    ['the right port', api, 'example.com:6443', true],
    ['another port', api, 'example.com:443', false],
    ['the default port of https', 'https://example.com', 'example.com:443', true],
    ['the default port of http', 'http://example.com', 'example.com:80', true],
    ['upper case and spaces', api, ' , HUB.Example.COM ', true],
    ['an address', 'https://10.1.2.3:6443', '10.1.2.3', true],
    ['an address and its port', 'https://10.1.2.3:6443', '10.1.2.3:6443', true],
    ['an address and another port', 'https://10.1.2.3:6443', '10.1.2.3:443', false],
    ['a network', 'https://10.1.2.3:6443', '10.0.0.0/8', true],
    ['a network written by one of its hosts', 'https://10.1.2.3', '10.9.9.9/8', true],
    ['another network', 'https://10.1.2.3', '192.168.0.0/16', false],
    ['a network does not cover names', api, '0.0.0.0/0', false],
    ['an address is no suffix', 'https://110.1.2.3', '10.1.2.3', false],
    ['an IPv6 address', 'https://[fd00::1]:6443', 'fd00::1', true],
    ['an IPv6 address and its port', 'https://[fd00::1]:6443', '[fd00::1]:6443', true],
    ['an IPv6 network', 'https://[fd00::1]:6443', 'fd00::/8', true],
    ['an impossible prefix', 'https://10.1.2.3', '10.0.0.0/99', false],
    ['a port without a host', api, ':6443', false],
    ['nothing', api, '', false],
    ['localhost', 'https://localhost:6443', '', true],
    ['loopback', 'https://127.1.2.3', '', true],
    ['IPv6 loopback', 'https://[::1]:6443', '', true],
  ])('%s: %s with %j → %s', (_, url, noProxy, expected) => {
    expect(bypassed(new URL(url), noProxy)).toBe(expected);
  });
});

describe('proxyFor', () => {
  const target = new URL('https://api.example.com:6443');

  it('takes HTTPS_PROXY for https and HTTP_PROXY for http, upper case first', () => {
    const env = { HTTPS_PROXY: 'http://upper:1', https_proxy: 'http://lower:1', http_proxy: 'plain:3128' };

    expect(proxyFor(target, env)?.host).toBe('upper:1');
    expect(proxyFor(new URL('http://a.test'), env)?.href).toBe('http://plain:3128/');
    expect(proxyFor(target, { https_proxy: 'http://lower:1' })?.host).toBe('lower:1');
  });

  it('goes direct without a proxy, with an empty one, and where NO_PROXY says so', () => {
    expect(proxyFor(target, {})).toBeUndefined();
    expect(proxyFor(target, { HTTPS_PROXY: '' })).toBeUndefined();
    expect(proxyFor(target, { HTTPS_PROXY: 'http://p:1', no_proxy: '.example.com' })).toBeUndefined();
  });

  it('lets an explicit proxy win, for this machine too', () => {
    expect(proxyFor(new URL('https://127.0.0.1'), { NO_PROXY: '*' }, 'http://p:1')?.host).toBe('p:1');
  });

  it('shows a proxy without its password', () => {
    expect(showProxy(new URL('http://user:canary@proxy.test:3128'))).toBe('http://proxy.test:3128');
  });
});
