/**
 * Canaries in what is secret about Grafana (acm.md §10.6), and a search of everything that leaves the program: each is found
 * in the object it belongs in and nowhere else.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../src/http.ts';
import { observabilityNamespace as namespace } from '../../src/hub.ts';
import {
  MultiClusterObservabilityKind,
  type OAuthClient,
  OAuthClientKind,
  type Secret,
  SecretKind,
} from '../../src/kinds.ts';
import { development } from '../../src/resources/grafana-dev/names.ts';
import { type Canary, canary, createSearch } from '../campaigns/support/canaries.ts';
import { recording } from '../campaigns/support/recording.ts';
import { stateOf } from '../campaigns/support/state.ts';
import { administrator } from '../helpers/grafana.ts';
import { createHarness, type Harness, type RunHow } from '../helpers/harness.ts';

const formats = ['text', 'json', 'jsonl', 'junit', 'markdown'];
const asked = { ACM_OBSERVABILITY_GRAFANA_DEV: 'true', ACM_OBSERVABILITY_GRAFANA_ADMINS: 'anna,bert' };

describe('the secrets of Grafana', () => {
  const canaries = {
    client: canary('OAuth client'),
    session: canary('session secret'),
    cookie: canary('cookie secret'),
    password: canary('admin password'),
    key: canary('secret key'),
    source: canary('data source'),
    chosen: canary('chosen by hand'),
  };
  let it1: Harness;
  let folder: string;
  let search: ReturnType<typeof createSearch>;
  /** Random: known only once it is there. */
  let own: Canary;
  const belonging = new Set<string>();
  const leaks: string[] = [];

  beforeAll(async () => {
    it1 = await createHarness({ scenario: 'quest', size: 1, acm: '2.17', state: 'installed' });
    // Paused: else the operator puts its own values back.
    const [paused] = await it1.admin.list(MultiClusterObservabilityKind);
    await it1.admin.mergePatch(
      MultiClusterObservabilityKind,
      { name: paused?.metadata.name ?? '' },
      { metadata: { annotations: { 'mco-pause': 'true' } } },
    );
    folder = await mkdtemp(join(tmpdir(), 'grafana-secrets-'));
    await it1.sandbox.people.edit<OAuthClient>(
      'local-cluster',
      OAuthClientKind,
      { name: 'grafana-proxy-client' },
      (live) => ({
        ...live,
        secret: canaries.client.value,
      }),
    );
    await edit('rbac-proxy-cookie-secret', () => ({
      session_secret: canaries.session.value,
      cookie_secret: canaries.cookie.value,
    }));
    await edit('grafana-config', (texts) => ({
      'grafana.ini': `${texts['grafana.ini']}[security]\nadmin_password = ${canaries.password.value}\nsecret_key = ${canaries.key.value}\n`,
    }));
    await edit('grafana-datasources', (texts) => ({
      'datasources.yaml': `${texts['datasources.yaml']}\n# basicAuthPassword: ${canaries.source.value}\n`,
    }));
    // The first deploy makes the secret that the search must know; what it says itself is searched below.
    search = createSearch(Object.values(canaries));
    const deployed = await it1.run('grafana deploy --yes -vv');
    expect(deployed.exitCode).toBe(0);
    const client = await it1.admin.get<OAuthClient>(OAuthClientKind, development.client.key);
    own = { of: 'own OAuth client', value: client?.secret ?? '' };
    search = createSearch([...Object.values(canaries), own]);
    leaks.push(...search.in('stdout of the first deploy', deployed.stdout));
    leaks.push(...search.in('stderr of the first deploy', deployed.stderr));
  });

  afterAll(async () => {
    await it1?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('are in no output, no file and no request but their own, whatever is run', async () => {
    const board = { uid: 'ours', title: 'Ours', panels: [] };
    const file = join(folder, 'in.json');
    await writeFile(file, JSON.stringify(board));
    it1.sandbox.visitGrafana({ of: 'grafana-dev', user: 'anna', method: 'GET', path: '/api/search' });
    const declared = { env: { ...asked, ACM_OBSERVABILITY_DASHBOARDS: file } };

    for (const line of [
      ...formats.map((format) => `plan --only grafana-dev -vv -o ${format} -o ${format}=${folder}/plan.${format}`),
      `grafana import ${file} --yes -vv`,
      `grafana export --all --to ${folder}/out -vv`,
      `grafana lint ${file} --live -vv`,
      'grafana grant-admin anna -vv',
      'grafana grant-admin never --timeout 5s -vv',
      'grafana promote ours --yes -vv',
      'grafana promote none -vv',
      `grafana import ${file} --yes -vv -o json -o jsonl=${folder}/import.jsonl`,
      `grafana export --all --to ${folder}/out -vv -o json -o jsonl=${folder}/export.jsonl`,
      `grafana promote ours --yes -vv -o json -o jsonl=${folder}/promote.jsonl`,
      `grafana grant-admin anna -vv -o json -o jsonl=${folder}/grant.jsonl`,
      'rbac grafana-deploy',
    ]) {
      await searched(line, { env: asked });
    }
    await searched('grafana diff -vv', declared);
    await searched('grafana diff -vv -o json', declared);
    await drifted();
    for (const format of formats) await searched(`plan --only grafana-dev -vv -o ${format}`, { env: asked });
    await searched('verify -vv -o json', { env: asked });
    await contested();
    await searched('plan --only grafana-dev -vv -o json', { env: asked });
    await searched('apply --only grafana-dev --yes -vv -o json --force-conflicts', { env: asked });
    await replaced();
    await searched('grafana deploy --yes -vv', {});
    await searched('check -vv', { env: asked });
    await searched(`bundle --yes --to ${folder}/bundle.tar.gz`, { env: asked });
    leaks.push(...(await inFolder()), ...inObjects());
    await searched('grafana clean --yes -vv', {});
    await searched('uninstall --yes -vv -o json', { env: asked });

    expect(leaks).toEqual([]);
    expect([...belonging].sort()).toEqual(['admin password', 'chosen by hand', 'own OAuth client', 'secret key']);
    expect(await readdir(join(folder, 'out'))).toEqual(['ours.json']);
    expect(search.searched).toBeGreaterThan(5000);
  });

  async function searched(line: string, how: RunHow): Promise<void> {
    const { wires, sent } = recording();
    const ran = await it1.run(line, { ...how, wires });
    leaks.push(...search.in(`stdout of ${line}`, ran.stdout), ...search.in(`stderr of ${line}`, ran.stderr));
    for (const request of sent) leaks.push(...inRequest(request));
    expect([line, `${ran.stdout}${ran.stderr}`.includes('BUG')]).toEqual([line, false]);
  }

  function inRequest({ method, path, headers, body = '' }: HttpRequest): string[] {
    const what = `${method} ${path}`;
    const except = [
      ...(path.includes('/secrets/grafana-dev-oauth') || path.includes('/oauthclients/grafana-proxy-client-dev')
        ? ['own OAuth client', 'chosen by hand']
        : []),
      ...(path.includes('/secrets/grafana-dev-config') ? ['admin password', 'secret key'] : []),
    ];
    for (const of of except)
      if (search.in('its own place', body).some((found) => found.includes(of))) belonging.add(of);
    return [
      ...search.in(`path of ${what}`, path),
      ...search.in(`headers of ${what}`, JSON.stringify(headers)),
      ...search.in(`body of ${what}`, body, except),
    ];
  }

  /** Somebody has changed them by hand: the differences are shown. */
  async function drifted(): Promise<void> {
    await edit('grafana-dev-config', (texts) => ({
      'grafana.ini': `${texts['grafana.ini']}; ${canaries.key.value}\n`,
    }));
    await edit('grafana-dev-oauth', (texts) => ({ ...texts, other: canaries.cookie.value }));
    await it1.sandbox.people.edit<OAuthClient>('local-cluster', OAuthClientKind, development.client.key, (live) => ({
      ...live,
      secret: canaries.client.value,
    }));
  }

  /** Another tool claims the OAuth client, with a secret of its own. */
  async function contested(): Promise<void> {
    const object = await it1.admin.get<OAuthClient>(OAuthClientKind, development.client.key);
    if (object === undefined) throw new Error('the OAuth client is gone');
    const { apiVersion, kind, metadata } = object;
    await it1.admin.apply<OAuthClient>(
      OAuthClientKind,
      { apiVersion, kind, metadata: { name: metadata.name }, secret: canaries.client.value },
      { force: true },
    );
  }

  /** Somebody has put a secret of their own choice where ours was: it is taken up. */
  async function replaced(): Promise<void> {
    await edit('grafana-dev-oauth', () => ({ 'client-secret': canaries.chosen.value }));
  }

  async function edit(name: string, change: (texts: Record<string, string>) => Record<string, string>): Promise<void> {
    await it1.sandbox.people.edit<Secret>('local-cluster', SecretKind, { namespace, name }, (live) => {
      const texts = Object.fromEntries(
        Object.entries(live.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
      );
      const data = Object.entries(change(texts)).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
      return { ...live, data: Object.fromEntries(data) };
    });
  }

  /** Anywhere but in the values of Secrets and of OAuth clients. */
  function inObjects(): string[] {
    return Object.entries(stateOf(it1.sandbox)).flatMap(([name, text]) => {
      const { metadata, secret: _, ...rest } = JSON.parse(text);
      return search.in(name, JSON.stringify(/ (Secret|OAuthClient) /.test(name) ? metadata : { metadata, ...rest }));
    });
  }

  async function inFolder(): Promise<string[]> {
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    const found = await Promise.all(
      files
        .filter((entry) => entry.isFile())
        .map(async ({ parentPath, name }) => {
          const bytes = await readFile(join(parentPath, name));
          return search.in(name, (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
        }),
    );
    return found.flat();
  }
});

it('the administrator’s name, which is a key to Grafana, is in no output either', async () => {
  const it1 = await createHarness({ scenario: 'quest', size: 1, acm: '2.17', state: 'installed' });
  try {
    for (const line of [
      'grafana deploy --yes -vv',
      'grafana grant-admin x --timeout 2s -vv',
      'grafana export --all -vv',
    ]) {
      const { stdout, stderr } = await it1.run(line);
      expect(stdout + stderr).not.toContain(administrator);
    }
  } finally {
    await it1.stop();
  }
});
