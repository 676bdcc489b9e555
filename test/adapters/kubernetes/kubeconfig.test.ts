import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type KubeconfigOptions, openKubeconfig } from '../../../src/adapters/kubernetes/kubeconfig.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
});
afterEach(() => rm(folder, { recursive: true }));

const base64 = (text: string) => Buffer.from(text).toString('base64');

async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : stringify(content));
  return path;
}

function config(name: string, user: object, cluster: object = {}): object {
  return {
    'current-context': name,
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [{ name, cluster: { server: `https://${name}.test:6443`, ...cluster } }],
    users: [{ name, user }],
  };
}

const open = (options: Partial<KubeconfigOptions>) => openKubeconfig({ env: { HOME: folder }, ...options });

describe('openKubeconfig', () => {
  it('gives token, CA, server name and proxy of the current context', async () => {
    const cluster = {
      'certificate-authority-data': base64('CA'),
      'tls-server-name': 'api.test',
      'proxy-url': 'http://proxy.test:3128',
    };
    const path = await file('config', config('hub', { token: 12345 }, cluster));

    const kubeconfig = await open({ paths: [path] });

    expect(kubeconfig).toMatchObject({
      contexts: ['hub'],
      currentContext: 'hub',
      server: 'https://hub.test:6443',
      proxyUrl: 'http://proxy.test:3128',
    });
    expect(await kubeconfig.credentials()).toEqual({
      headers: { authorization: 'Bearer 12345' },
      ca: 'CA',
      servername: 'api.test',
    });
  });

  it('reads client certificates, inline or from files beside the kubeconfig', async () => {
    await file('me.crt', 'CERT');
    await file('me.key', 'KEY');
    const inline = await file(
      'inline',
      config('a', { 'client-certificate-data': base64('C'), 'client-key-data': base64('K') }),
    );
    const named = await file('named', config('a', { 'client-certificate': 'me.crt', 'client-key': 'me.key' }));

    expect(await (await open({ paths: [inline] })).credentials()).toEqual({ headers: {}, cert: 'C', key: 'K' });
    expect(await (await open({ paths: [named] })).credentials()).toEqual({ headers: {}, cert: 'CERT', key: 'KEY' });
  });

  it('reads a token file anew each time, because it is replaced while we run', async () => {
    await file('token', 'first\n');
    const path = await file('config', config('hub', { tokenFile: 'token', token: 'stale' }));
    const { credentials } = await open({ paths: [path] });

    const first = await credentials();
    await file('token', 'second\n');

    expect(first.headers).toEqual({ authorization: 'Bearer first' });
    expect((await credentials()).headers).toEqual({ authorization: 'Bearer second' });
  });

  it('knows user and password, and clusters nobody checks', async () => {
    const path = await file('c', config('a', { username: 'u', password: 'p' }, { 'insecure-skip-tls-verify': true }));

    expect(await (await open({ paths: [path] })).credentials()).toEqual({
      headers: { authorization: `Basic ${base64('u:p')}` },
      rejectUnauthorized: false,
    });
  });

  it('acts as another user where told, and the flag wins over the file', async () => {
    const path = await file(
      'c',
      config('a', { token: 't', as: 'from-file', 'as-groups': ['g1', 'g2'], 'as-uid': '7' }),
    );

    const fromFile = await (await open({ paths: [path] })).credentials();
    const fromFlag = await (await open({ paths: [path], as: 'from-flag' })).credentials();

    expect(fromFile.headers).toMatchObject({
      'impersonate-user': 'from-file',
      'impersonate-uid': '7',
    });
    expect(fromFile.groups).toEqual(['g1', 'g2']);
    expect(fromFlag.groups).toBeUndefined();
    expect(fromFlag.headers).toEqual({ authorization: 'Bearer t', 'impersonate-user': 'from-flag' });
  });

  it('merges a list of files: the first to name something wins, missing ones are passed over', async () => {
    const one = await file('one', { ...config('a', { token: 'a1' }), 'current-context': '' });
    const two = await file('two', config('b', { token: 'b' }));
    const three = await file('three', config('a', { token: 'a3' }));
    const env = { KUBECONFIG: [join(folder, 'none'), one, two, three].join(delimiter) };

    const current = await open({ env });
    const other = await open({ env, context: 'a' });

    expect(current).toMatchObject({ contexts: ['a', 'b'], currentContext: 'b', paths: [one, two, three] });
    expect((await other.credentials()).headers).toEqual({ authorization: 'Bearer a1' });
  });

  it('finds the file in the home folder', async () => {
    await mkdir(join(folder, '.kube'));
    await file('.kube/config', config('home', { token: 't' }));

    expect((await open({})).currentContext).toBe('home');
  });

  it('uses the pod’s own account where there is no kubeconfig', async () => {
    await file('token', 'pod-token\n');
    await file('ca.crt', 'POD-CA');
    const env = { HOME: folder, KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' };

    const kubeconfig = await open({ env, accountFolder: folder });

    expect(kubeconfig).toMatchObject({ currentContext: 'in-cluster', server: 'https://[fd00::1]:6443', paths: [] });
    expect(await kubeconfig.credentials()).toEqual({ headers: { authorization: 'Bearer pod-token' }, ca: 'POD-CA' });
  });

  it.each([
    ['missing', undefined],
    ['not YAML', 'users: [ { token: canary'],
    ['a list', '- canary'],
    ['empty', ''],
    ['something else', 'apiVersion: v1\nkind: Secret\ndata: { canary: canary }'],
  ])('names a kubeconfig that is %s, and repeats nothing of it', async (_, content) => {
    const path = content === undefined ? join(folder, 'gone') : await file('bad', content);

    const error = await open({ paths: [path] }).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'kubeconfig-unreadable', message: expect.stringContaining(path) });
    expect(inspect(error, { depth: 9 })).not.toContain('canary');
  });

  it('names a kubeconfig it may not read', async () => {
    await expect(open({ paths: [folder] })).rejects.toMatchObject({
      code: 'kubeconfig-unreadable',
      message: expect.stringContaining(folder),
      proof: 'EISDIR',
    });
  });

  it('names a file the kubeconfig points to and which is not there', async () => {
    const path = await file('c', config('a', { tokenFile: 'gone' }));
    const { credentials } = await open({ paths: [path] });

    await expect(credentials()).rejects.toMatchObject({
      code: 'kubeconfig-unreadable',
      message: expect.stringContaining(join(folder, 'gone')),
    });
  });

  it('lists the contexts there are when asked for another', async () => {
    const path = await file('c', { ...config('hub', {}), contexts: [{ name: 'hub' }, { name: 'paris' }] });

    await expect(open({ paths: [path], context: 'hbu' })).rejects.toMatchObject({
      code: 'context-unknown',
      message: expect.stringMatching(/“hbu”.*hub, paris/),
    });
  });

  it('asks for a context when none is current', async () => {
    const path = await file('c', { ...config('hub', {}), 'current-context': '' });

    await expect(open({ paths: [path] })).rejects.toMatchObject({
      code: 'context-unknown',
      message: expect.stringContaining('No current context'),
    });
  });

  it('says which part of a context is missing', async () => {
    const path = await file('c', { ...config('hub', {}), users: [] });

    await expect(open({ paths: [path] })).rejects.toMatchObject({
      code: 'kubeconfig-unreadable',
      message: expect.stringContaining('user “hub”'),
    });
  });
});

describe('what no request can carry', () => {
  it.each([
    ['a token', { token: 'canary\u5207' }],
    ['a token with a line in it', { token: 'canary\nx: y' }],
    ['a person to act as', { token: 'good', as: 'canary\u0007' }],
    ['a group to act as', { token: 'good', as: 'anna', 'as-groups': ['canary\u5207'] }],
  ])('%s is told as the kubeconfig’s, and not repeated', async (_, user) => {
    const path = await file('config', config('hub', user));

    const error = await (await open({ paths: [path] })).credentials().catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'kubeconfig-unreadable', message: expect.stringContaining('User “hub”') });
    expect(inspect(error, { depth: 9 })).not.toContain('canary');
  });
});

describe('credentials plugins', () => {
  async function plugin(script: string): Promise<string> {
    const path = await file('plugin.sh', `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
    return file(
      'config',
      config('hub', { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin.sh' } }),
    );
  }
  const credential = (status: string) =>
    `echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{${status}}}'`;

  it('runs the plugin beside the kubeconfig and keeps its token until it expires', async () => {
    const count = `'$(wc -l < "${folder}/runs" | tr -d ' ')'`;
    const answer = credential(`"token":"t-${count}","expirationTimestamp":"2999-01-01T00:00:00Z"`);
    const path = await plugin(`echo run >> "${folder}/runs"\n${answer}`);
    const { credentials } = await open({ paths: [path] });

    const answers = [await credentials(), await credentials(), await credentials({ fresh: true })];

    expect(answers.map((answer) => answer.headers.authorization)).toEqual(['Bearer t-1', 'Bearer t-1', 'Bearer t-2']);
  });

  it('tells the plugin which version it may answer in and that nobody can be asked', async () => {
    const path = await plugin(`echo "$KUBERNETES_EXEC_INFO" > ${folder}/info\n${credential('"token":"t"')}`);

    await (await open({ paths: [path] })).credentials();

    expect(JSON.parse(await readFile(join(folder, 'info'), 'utf8'))).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      spec: { interactive: false },
    });
  });

  it('takes a client certificate from the plugin', async () => {
    const path = await plugin(credential('"clientCertificateData":"CERT","clientKeyData":"KEY"'));

    expect(await (await open({ paths: [path] })).credentials()).toEqual({ headers: {}, cert: 'CERT', key: 'KEY' });
  });

  it.each([
    ['fails', 'echo canary; echo canary >&2; exit 3'],
    ['prints no JSON', 'echo canary'],
    ['gives nothing', credential('"other":"canary"')],
  ])('names a plugin that %s, and never what it printed', async (_, script) => {
    const path = await plugin(script);

    const error = await (await open({ paths: [path] })).credentials().catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'not-logged-in', message: expect.stringContaining('plugin.sh') });
    expect(inspect(error, { depth: 9 })).not.toContain('canary');
  });

  it('says that a plugin is not installed, with the kubeconfig’s own hint', async () => {
    const exec = { command: 'no-such-plugin-here', installHint: 'Install it from example.com.' };
    const path = await file('config', config('hub', { exec }));

    const asked = (await open({ paths: [path] })).credentials();

    await expect(asked).rejects.toMatchObject({
      code: 'not-logged-in',
      message: expect.stringContaining('not installed'),
      fix: 'Install it from example.com.',
    });
  });
});
