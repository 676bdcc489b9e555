import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { CertificateSigningRequestKind, ConfigMapKind, DeploymentKind } from '../../src/kinds.ts';
import { type ApiServer, createApiServer } from '../../src/sandbox/api/index.ts';
import { type Listening, listen } from './api/socket.ts';

const kubectl = findKubectl();
const suite = kubectl === undefined ? describe.skip : describe;

suite(`a real kubectl on the sandbox${kubectl === undefined ? ' (skipped: set KUBECTL to one)' : ''}`, () => {
  let api: ApiServer;
  let socket: Listening;
  let home: string;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'kubectl-'));
    api = createApiServer({ name: 'hub', clock: systemClock(), collectMs: 1 });
    api.seed([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } },
      {
        apiVersion: 'cluster.open-cluster-management.io/v1',
        kind: 'ManagedCluster',
        metadata: { name: 'paris' },
        spec: { hubAcceptsClient: true },
        status: { conditions: [{ type: 'ManagedClusterConditionAvailable', status: 'True' }] },
      },
    ]);
    socket = await listen(api);
  });
  afterAll(async () => {
    api.close();
    await socket.close();
    await rm(home, { recursive: true });
  });

  const environment = (): NodeJS.ProcessEnv => ({ PATH: process.env.PATH, HOME: home, KUBECONFIG: '/dev/null' });
  const run = (
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): Promise<{ code: number; out: string; err: string }> =>
    new Promise((resolve) => {
      const options = { env: { ...environment(), ...env }, timeout: 30_000 };
      execFile(kubectl ?? '', ['--server', socket.url, ...args], options, (error, out, err) => {
        resolve({ code: error === null ? 0 : 1, out, err });
      });
    });
  const file = async (name: string, object: object): Promise<string> => {
    const path = join(home, name);
    await writeFile(path, JSON.stringify(object));
    return path;
  };
  const configMap = (name: string, data: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default' },
    data,
  });

  it('lists with the columns people know, by short name too', async () => {
    const { out } = await run(['get', 'mcl']);

    expect(out).toMatch(/^NAME +HUB ACCEPTED +JOINED +AVAILABLE +AGE\nparis +true +True +\S+\n$/);
  });

  it('gets one object as YAML', async () => {
    const { out } = await run(['get', 'managedcluster', 'paris', '-o', 'yaml']);

    expect(out).toContain('hubAcceptsClient: true');
  });

  it('creates, labels, annotates, patches and deletes', async () => {
    const created = await run(['create', 'configmap', 'made', '--from-literal=x=1']);
    await run(['label', 'configmap', 'made', 'app=test']);
    await run(['annotate', 'configmap', 'made', 'note=hello']);
    await run(['patch', 'configmap', 'made', '--type=strategic', '-p', '{"data":{"strategic":"1"}}']);
    await run(['patch', 'configmap', 'made', '--type=merge', '-p', '{"data":{"merge":"1"}}']);
    await run(['patch', 'configmap', 'made', '--type=json', '-p', '[{"op":"add","path":"/data/json","value":"1"}]']);
    const found = await run(['get', 'configmap', '-l', 'app=test', '-o', 'jsonpath={.items[*].data}']);
    const deleted = await run(['delete', 'configmap', 'made']);
    const after = await run(['get', 'configmap', 'made']);

    expect(created).toMatchObject({ code: 0, out: 'configmap/made created\n' });
    expect(JSON.parse(found.out)).toEqual({ x: '1', strategic: '1', merge: '1', json: '1' });
    expect(deleted.out).toContain('configmap "made" deleted');
    expect(after.err).toContain('configmaps "made" not found');
  });

  it('makes Secrets and roles, which it sends as protobuf', async () => {
    await run(['create', 'secret', 'generic', 'keys', '--from-literal=password=p4ss']);
    await run(['create', 'clusterrole', 'reader', '--verb=get,list', '--resource=configmaps']);

    const secret = await run(['get', 'secret', 'keys', '-o', 'jsonpath={.data.password}']);
    const role = await run(['get', 'clusterrole', 'reader', '-o', 'jsonpath={.rules}']);

    expect(Buffer.from(secret.out, 'base64').toString()).toBe('p4ss');
    expect(JSON.parse(role.out)).toEqual([{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] }]);
  });

  it('approves a request for a certificate, by the subresource made for it', async () => {
    const spec = {
      request: 'Yg==',
      signerName: 'open-cluster-management.io/observability-signer',
      usages: ['client auth'],
    };
    api.seed([
      { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name: 'paris-1' }, spec },
    ]);

    expect(await run(['certificate', 'approve', 'paris-1'])).toMatchObject({ code: 0, err: '' });

    const live = api.get(CertificateSigningRequestKind, { name: 'paris-1' });
    expect(live?.spec).toEqual(spec);
    expect(live?.status?.conditions).toEqual([
      expect.objectContaining({
        type: 'Approved',
        status: 'True',
        reason: 'KubectlApprove',
        lastUpdateTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      }),
    ]);
  });

  it('scales a workload', async () => {
    const spec = { replicas: 0, selector: {}, template: {} };
    api.seed([{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' }, spec }]);

    expect(await run(['scale', 'deployment', 'web', '--replicas=2'])).toMatchObject({
      code: 0,
      out: 'deployment.apps/web scaled\n',
    });

    expect(api.get(DeploymentKind, { namespace: 'default', name: 'web' })?.spec).toEqual({ ...spec, replicas: 2 });
    expect((await run(['scale', 'deployment', 'nobody', '--replicas=2'])).err).toContain('not found');
  });

  it('applies on the server, and again without a change', async () => {
    const path = await file('ssa.json', configMap('applied', { x: 'one' }));

    const first = await run(['apply', '--server-side', '-f', path]);
    const version = api.get(ConfigMapKind, applied);
    await run(['apply', '--server-side', '-f', path]);
    const again = api.get(ConfigMapKind, applied);

    expect(first.out).toBe('configmap/applied serverside-applied\n');
    expect(again).toEqual(version);
  });

  it('edits, and the next apply names the editor and the field in conflict', async () => {
    const path = await file('edited.json', configMap('edited', { x: 'one' }));
    await run(['apply', '--server-side', '-f', path]);

    const edited = await run(['edit', 'configmap', 'edited'], { EDITOR: 'sed -i s/one/three/' });
    const refused = await run(['apply', '--server-side', '-f', path]);
    const forced = await run(['apply', '--server-side', '--force-conflicts', '-f', path]);

    expect(edited.out).toBe('configmap/edited edited\n');
    expect(refused.err).toContain('Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.x');
    expect(forced.code).toBe(0);
  });

  it('edits a custom object', async () => {
    const edited = await run(['edit', 'managedcluster', 'paris'], {
      EDITOR: 'sed -i s/hubAcceptsClient:.true/hubAcceptsClient:\\ false/',
    });
    const after = await run([
      'get',
      'managedcluster',
      'paris',
      '-o',
      'jsonpath={.spec.hubAcceptsClient} {.metadata.generation}',
    ]);

    expect(edited.out).toContain('edited');
    expect(after.out).toBe('false 2');
  });

  it('applies from the client, with the last configuration in an annotation', async () => {
    const before = await file('client.json', configMap('client', { x: 'one', y: 'two' }));
    const after = await file('client-2.json', configMap('client', { x: 'one' }));

    const created = await run(['apply', '-f', before]);
    const changed = await run(['apply', '-f', after]);
    const unchanged = await run(['apply', '-f', after]);
    const data = await run(['get', 'configmap', 'client', '-o', 'jsonpath={.data}']);

    expect(created.out).toBe('configmap/client created\n');
    expect(changed.out).toBe('configmap/client configured\n');
    expect(unchanged.out).toBe('configmap/client unchanged\n');
    expect(data.out).toBe('{"x":"one"}');
  });

  it('watches', async () => {
    const child = spawn(kubectl ?? '', ['--server', socket.url, 'get', 'configmaps', '-w', '-o', 'name'], {
      env: environment(),
    });
    const seen = new Promise<string>((resolve) => {
      let out = '';
      child.stdout.on('data', (chunk) => {
        out += String(chunk);
        if (out.includes('configmap/watched')) resolve(out);
      });
    });
    while (!socket.requests.some((request) => request.includes('configmaps') && request.includes('watch=true'))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }

    await run(['apply', '--server-side', '-f', await file('watched.json', configMap('watched', {}))]);

    expect(await seen).toContain('configmap/watched');
    child.kill();
  });

  it('deletes a namespace with what is in it, and waits for the end', async () => {
    await run(['create', 'namespace', 'lab']);
    const path = await file('lab.json', { ...configMap('inside', {}), metadata: { name: 'inside', namespace: 'lab' } });
    await run(['apply', '-f', path]);

    const deleted = await run(['delete', 'namespace', 'lab']);
    const after = await run(['get', 'configmaps', '-n', 'lab', '-o', 'name']);

    expect(deleted).toMatchObject({ code: 0, out: 'namespace "lab" deleted\n' });
    expect(after.out).toBe('');
  });

  it('asks what it may do', async () => {
    const can = await run(['auth', 'can-i', 'delete', 'pods']);
    const who = await run(['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}']);
    const list = await run(['auth', 'can-i', '--list']);

    expect(can.out).toBe('yes\n');
    expect(who.out).toBe('system:admin');
    expect(list.out).toContain('*.*');
  });

  it('is warned of a field nobody knows, and refused with strict validation', async () => {
    const spec = {
      storageConfig: { metricObjectStorage: { name: 'thanos', key: 'thanos.yaml' } },
      observabilityAddonSpec: {},
    };
    const mco = {
      apiVersion: 'observability.open-cluster-management.io/v1beta2',
      kind: 'MultiClusterObservability',
      metadata: { name: 'observability' },
      spec: { ...spec, retentionConfigX: 1 },
    };
    const path = await file('mco.json', mco);

    const strict = await run(['create', '-f', path]);
    const warned = await run(['create', '--validate=warn', '-f', path]);
    const swallowed = await run(['apply', '--server-side', '--force-conflicts', '-f', path]);

    expect(strict.err).toContain('strict decoding error: unknown field "spec.retentionConfigX"');
    expect(warned).toMatchObject({ code: 0, err: 'Warning: unknown field "spec.retentionConfigX"\n' });
    expect(swallowed).toMatchObject({ code: 0, err: '' });
  });
});

const applied = { name: 'applied', namespace: 'default' };

/** From KUBECTL, the cache of the project, or PATH when it is at least 1.30. */
function findKubectl(): string | undefined {
  if (process.env.KUBECTL) return process.env.KUBECTL;
  const cached = new URL('../../.cache/bin/kubectl', import.meta.url).pathname;
  if (existsSync(cached)) return cached;
  try {
    const version: unknown = JSON.parse(
      execFileSync('kubectl', ['version', '--client', '-o', 'json'], { stdio: 'pipe' }).toString(),
    );
    const [, minor = '0'] = /"gitVersion":"v1\.(\d+)/.exec(JSON.stringify(version)) ?? [];
    return Number(minor) >= 30 ? 'kubectl' : undefined;
  } catch {
    // None on PATH: the suite says so by being skipped.
    return undefined;
  }
}
