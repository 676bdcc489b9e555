/**
 * Canaries in everything that is secret, and a search of everything that leaves the program: each is found in the two
 * places it belongs in and nowhere else, whatever it is dressed as.
 */
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { HttpRequest } from '../../src/http.ts';
import { observabilityNamespace } from '../../src/hub.ts';
import { type Secret, SecretKind } from '../../src/kinds.ts';
import { storeAccount } from '../../src/sandbox/object-store.ts';
import { createHarness, type Harness } from '../helpers/harness.ts';
import { installProgram, type ServedSandbox, serveInstalled } from '../helpers/installed.ts';
import { canary, createSearch } from './support/canaries.ts';
import { writeConfiguration } from './support/configuration.ts';
import { recording } from './support/recording.ts';
import { patience } from './support/sample.ts';
import { stateOf } from './support/state.ts';
import { type Row, tell } from './support/tally.ts';

const rows: Row[] = [];

afterAll(() => tell('secrets', rows));

describe('canaries in the cluster and the environment', () => {
  const canaries = {
    pull: canary('pull-secret'),
    store: canary('store-key'),
    wrong: canary('wrong-key'),
    alerts: canary('alertmanager'),
    proxy: canary('proxy'),
  };
  const search = createSearch(Object.values(canaries));
  /** Those that were seen where they belong: a search that finds nothing at all would prove nothing. */
  const belonging = new Set<string>();
  let it3: Harness;
  let folder: string;
  let config: Awaited<ReturnType<typeof writeConfiguration>>;

  beforeAll(async () => {
    it3 = await createHarness({ scenario: 'quest', size: 3, speed: 60 });
    folder = await mkdtemp(join(tmpdir(), 'canaries-'));
    config = await writeConfiguration();
    it3.sandbox.s3.account(storeAccount, { accessKeyId: 'AKIACANARYCANARY', secretAccessKey: canaries.store.value });
    const auths = { auths: { 'quay.example.com': { auth: canaries.pull.value } } };
    await put({ namespace: 'openshift-config', name: 'pull-secret' }, { '.dockerconfigjson': JSON.stringify(auths) });
  });

  afterAll(async () => {
    await it3?.stop();
    await config?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it('are in no output, no report, no object and no request but their own', { timeout: patience }, async () => {
    const keys = { AWS_ACCESS_KEY_ID: 'AKIACANARYCANARY', AWS_SECRET_ACCESS_KEY: canaries.store.value };
    const bad = { AWS_ACCESS_KEY_ID: 'AKIACANARYCANARY', AWS_SECRET_ACCESS_KEY: canaries.wrong.value };
    const unknown = { AWS_ACCESS_KEY_ID: 'AKIAUNKNOWNUNKNOWN', AWS_SECRET_ACCESS_KEY: canaries.wrong.value };
    const proxied = {
      ...keys,
      AWS_ENDPOINT_URL_S3: 'https://store.example.com',
      HTTPS_PROXY: proxyUrl(canaries.proxy.value),
    };
    const fromFiles = await inFiles(folder, keys);
    await writeFile(join(folder, 'broken.yaml'), `storage:\n  bucket: "x\n  secretKey: ${canaries.wrong.value}\n: [`);
    await writeFile(
      join(folder, 'odd.yaml'),
      `apiVersion: acm-observability/v1\nsecretKey: '${canaries.wrong.value}'\n`,
    );
    const f = `-f ${config.file}`;
    const runs: readonly (readonly [string, Record<string, string>])[] = [
      [`plan ${f} -o json`, bad],
      [`plan ${f} -vv`, unknown],
      [`plan ${f} -vv`, proxied],
      [`plan -f ${join(folder, 'broken.yaml')} -vv`, keys],
      [`plan -f ${join(folder, 'odd.yaml')} -vv`, keys],
      [`plan ${f} -vv`, keys],
      ...['json', 'jsonl', 'junit', 'markdown'].map(
        (format) => [`plan ${f} -o ${format} -o ${format}=${folder}/plan.${format}`, fromFiles] as const,
      ),
      [`apply --yes ${f} -vv`, fromFiles],
      [`config show --origin ${f}`, keys],
    ];
    const after: readonly (readonly [string, Record<string, string>])[] = [
      ...['text', 'json', 'jsonl', 'junit', 'markdown'].map((format) => [`verify -vv -o ${format}`, keys] as const),
      ['check -vv', keys],
      ['check -vv', bad],
      ['config import', keys],
      ['rbac apply', keys],
      ['explain store-key-unknown', keys],
      [`plan ${f} -vv`, keys],
      [`bundle --yes --to ${folder}/bundle.tar.gz`, keys],
      ['uninstall --yes -vv', keys],
    ];
    const leaks: string[] = [];

    leaks.push(...(await inRuns(runs)));
    await put(
      { namespace: observabilityNamespace, name: 'alertmanager-config' },
      { 'alertmanager.yaml': stringify(alerting()) },
    );
    // A person has applied it by hand, and a log has printed it: both are other people's mistakes.
    leaks.push(...(await drifted()), ...(await inRuns(after)), ...inObjects(), ...(await inFolder()));

    expect(leaks).toEqual([]);
    expect([...belonging].sort()).toEqual(['pull-secret', 'store-key', 'wrong-key']);
    expect(await readdir(folder)).toContain('bundle.tar.gz');
    rows.push({ what: 'form of a canary × sink, in the process', tried: search.searched, bad: { leaked: 0 } });
  });

  /** A pull secret that somebody has changed by hand: its diff is shown masked. */
  async function drifted(): Promise<string[]> {
    const other = { auths: { 'other.example.com': { auth: canaries.pull.value } } };
    const key = { namespace: observabilityNamespace, name: 'multiclusterhub-operator-pull-secret' };
    await put(key, { '.dockerconfigjson': JSON.stringify(other) });
    const thanos = stringify({
      type: 's3',
      config: { secret_key: canaries.wrong.value, bucket: 'x', endpoint: 'localhost' },
    });
    await put({ namespace: observabilityNamespace, name: 'thanos-object-storage' }, { 'thanos.yaml': thanos });
    const keys = { AWS_ACCESS_KEY_ID: 'AKIACANARYCANARY', AWS_SECRET_ACCESS_KEY: canaries.store.value };
    return inRuns([
      [`plan -f ${config.file} -vv`, keys],
      ['verify -o json', keys],
      [`apply --yes -f ${config.file} -o json`, keys],
    ]);
  }

  function alerting(): object {
    return {
      receivers: [{ name: 'chat', slack_configs: [{ api_url: `https://hooks.example.com/${canaries.alerts.value}` }] }],
    };
  }

  async function put(
    key: { readonly namespace: string; readonly name: string },
    texts: Record<string, string>,
  ): Promise<void> {
    const data = Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [name, Buffer.from(text).toString('base64')]),
    );
    const live = it3.sandbox.hub.get<Secret>(SecretKind, key);
    if (live === undefined)
      await it3.admin.create<Secret>(SecretKind, { apiVersion: 'v1', kind: 'Secret', metadata: key, data });
    else await it3.sandbox.people.edit<Secret>('local-cluster', SecretKind, key, (secret) => ({ ...secret, data }));
  }

  async function inRuns(runs: readonly (readonly [string, Record<string, string>])[]): Promise<string[]> {
    const leaks: string[] = [];
    for (const [line, env] of runs) {
      const { wires, sent } = recording();
      const ran = await it3.run(line, { env, wires });
      leaks.push(...search.in(`stdout of ${line}`, ran.stdout), ...search.in(`stderr of ${line}`, ran.stderr));
      for (const request of sent) leaks.push(...inRequest(request));
    }
    return leaks;
  }

  function inRequest({ method, path, headers, body = '' }: HttpRequest): string[] {
    const what = `${method} ${path}`;
    // Where each belongs: the Secret that is made of it.
    const own = (name: string) => method === 'PATCH' && path.includes(`/secrets/${name}?`);
    const except = [
      ...(own('multiclusterhub-operator-pull-secret') ? ['pull-secret'] : []),
      ...(own('thanos-object-storage') ? ['store-key', 'wrong-key'] : []),
    ];
    for (const of of except)
      if (search.in('its own place', body).some((found) => found.includes(of))) belonging.add(of);
    return [
      ...search.in(`path of ${what}`, path),
      ...search.in(`headers of ${what}`, JSON.stringify(headers)),
      ...search.in(`body of ${what}`, body, except),
    ];
  }

  /** Anywhere but in the values of Secrets. */
  function inObjects(): string[] {
    const texts = Object.entries(stateOf(it3.sandbox)).filter(([name]) => !/ Secret /.test(name));
    const secrets = it3.sandbox.hub.list<Secret>(SecretKind).map(({ metadata }) => JSON.stringify(metadata));
    return [
      ...texts.flatMap(([name, text]) => search.in(name, text)),
      ...secrets.flatMap((metadata) => search.in('metadata of a Secret', metadata)),
    ];
  }

  /** What the runs wrote; what the test itself wrote there is input. */
  async function inFolder(): Promise<string[]> {
    const input = /^(broken|odd)\.yaml$|^key-/;
    const names = (await readdir(folder)).filter((name) => !input.test(name));
    const found = await Promise.all(
      names.map(async (name) => {
        const bytes = await readFile(join(folder, name));
        return search.in(name, (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
      }),
    );
    return found.flat();
  }
});

describe('canaries of a process', () => {
  let program: Awaited<ReturnType<typeof installProgram>>;
  let sandbox: ServedSandbox;
  let folder: string;

  beforeAll(async () => {
    program = await installProgram();
    sandbox = await serveInstalled(program.main, ['--speed', '60', '--size', '2']);
    folder = await mkdtemp(join(tmpdir(), 'canaries-'));
  });

  afterAll(async () => {
    await sandbox?.stop();
    await program?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it('are in no output, no argument list and no file it leaves', { timeout: patience }, async () => {
    const kubeconfig = parse(await readFile(join(sandbox.dir, 'kubeconfig'), 'utf8'));
    const token: string = kubeconfig.users[0].user.token;
    const env = await environmentOf(sandbox);
    const secret = env.AWS_SECRET_ACCESS_KEY ?? '';
    const proxy = canary('proxy');
    const search = createSearch([{ of: 'token', value: token }, { of: 'store key', value: secret }, proxy]);
    const byPlugin = await withPlugin(kubeconfig, token);
    const wrongToken = await withToken(kubeconfig, `${token}x`);
    const elsewhere = await withServer(kubeconfig, 'https://hub.example.com:6443');
    const runs: readonly (readonly [string, Record<string, string>])[] = [
      ['check -vv', { KUBECONFIG: byPlugin }],
      ['apply --yes -vv --no-wait', { KUBECONFIG: byPlugin }],
      ['verify -o json', { KUBECONFIG: byPlugin }],
      ['plan -vv', { KUBECONFIG: wrongToken }],
      ['plan -vv', { KUBECONFIG: elsewhere, HTTPS_PROXY: proxyUrl(proxy.value) }],
      ['uninstall --yes', { KUBECONFIG: byPlugin }],
    ];

    const leaks: string[] = [];
    let seen = 0;
    for (const [line, more] of runs) {
      const ran = await watched(line, { ...env, ...more });
      seen += ran.looks;
      leaks.push(...search.in(`stdout of ${line}`, ran.stdout), ...search.in(`stderr of ${line}`, ran.stderr));
      leaks.push(...search.in(`arguments of ${line}`, ran.arguments));
      leaks.push(
        ...search.in(
          `files of ${line}`,
          await textsBelow(join(folder, 'tmp'), join(folder, 'home'), join(folder, 'cwd')),
        ),
      );
    }
    leaks.push(...search.in('requests.jsonl', await readFile(join(sandbox.dir, 'requests.jsonl'), 'utf8')));

    expect(leaks).toEqual([]);
    expect(seen).toBeGreaterThan(runs.length);
    rows.push({ what: 'form of a canary × sink, of processes', tried: search.searched, bad: { leaked: 0 } });
  });

  /** Runs in folders of its own, and looks at its argument list while it lives. */
  async function watched(line: string, env: Record<string, string>) {
    const [tmp, home, cwd] = [join(folder, 'tmp'), join(folder, 'home'), join(folder, 'cwd')];
    for (const one of [tmp, home, cwd]) await mkdir(one, { recursive: true });
    const argv = [program.main, ...line.split(' ')];
    const child = spawn(process.execPath, argv, {
      cwd,
      env: { PATH: process.env.PATH ?? '', HOME: home, TMPDIR: tmp, USER: 'anna', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const told = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      told.stdout += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      told.stderr += String(chunk);
    });
    let living = true;
    const ended = new Promise<void>((done) => {
      child.on('close', () => {
        living = false;
        done();
      });
    });
    let seen = '';
    let looks = 0;
    while (living) {
      // It and what it starts: the plugin gets its secrets from a file of ours, and gives them on standard output.
      seen += await readFile(`/proc/${child.pid}/cmdline`, 'utf8').catch(() => '');
      looks += 1;
      await new Promise((done) => setTimeout(done, 25));
    }
    await ended;
    return { ...told, arguments: seen, looks };
  }

  async function withPlugin(kubeconfig: object, token: string): Promise<string> {
    const status = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token } };
    const [answer, plugin] = [join(folder, 'answer.json'), join(folder, 'plugin')];
    await writeFile(answer, JSON.stringify(status));
    await writeFile(plugin, `#!/bin/sh\nexec cat '${answer}'\n`);
    await chmod(plugin, 0o700);
    const exec = { apiVersion: status.apiVersion, command: plugin, interactiveMode: 'Never' };
    return written('plugin.yaml', { ...kubeconfig, users: [{ name: 'sandbox-admin', user: { exec } }] });
  }

  async function withToken(kubeconfig: object, token: string): Promise<string> {
    return written('wrong.yaml', { ...kubeconfig, users: [{ name: 'sandbox-admin', user: { token } }] });
  }

  async function withServer(
    kubeconfig: { clusters: { name: string; cluster: object }[] },
    server: string,
  ): Promise<string> {
    const clusters = kubeconfig.clusters.map(({ name, cluster }) => ({ name, cluster: { ...cluster, server } }));
    return written('elsewhere.yaml', { ...kubeconfig, clusters });
  }

  async function written(name: string, kubeconfig: object): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, stringify(kubeconfig));
    return path;
  }
});

/** Nobody listens on port 9. */
function proxyUrl(password: string): string {
  return `http://anna:${encodeURIComponent(password)}@127.0.0.1:9`;
}

/** The same values by their `_FILE` forms. */
async function inFiles(
  folder: string,
  { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret }: Record<string, string>,
): Promise<Record<string, string>> {
  await writeFile(join(folder, 'key-id'), id ?? '');
  await writeFile(join(folder, 'key-secret'), secret ?? '');
  return {
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    ACM_OBSERVABILITY_STORAGE_ACCESS_KEY_FILE: join(folder, 'key-id'),
    ACM_OBSERVABILITY_STORAGE_SECRET_KEY_FILE: join(folder, 'key-secret'),
  };
}

async function environmentOf({ dir }: ServedSandbox): Promise<Record<string, string>> {
  const lines = (await readFile(join(dir, 'env'), 'utf8')).split('\n');
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value] = /^export (\w+)='(.*)'$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value.replaceAll("'\\''", "'")]];
    }),
  );
}

async function textsBelow(...folders: readonly string[]): Promise<string> {
  const lists = await Promise.all(folders.map((one) => readdir(one, { recursive: true, withFileTypes: true })));
  const files = lists.flat().filter((entry) => entry.isFile());
  return (await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')))).join('\n');
}
