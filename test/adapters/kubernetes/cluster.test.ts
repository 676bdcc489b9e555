import { describe, expect, it } from 'vitest';
import { ConfigMapKind, ManagedClusterKind, Namespace } from '../../../src/kinds.ts';
import type { ApiError, Cluster } from '../../../src/ports.ts';
import { bench, broken, configMap, failed, key, status, type Turn } from './scripted.ts';

describe('requests', () => {
  it('find core and grouped, namespaced and cluster-wide kinds', async () => {
    const { cluster, transport } = bench({ status: 200 }, { status: 200 }, { status: 200 });

    await cluster.get(ConfigMapKind, key);
    await cluster.get(ManagedClusterKind, { name: 'paris' });
    await cluster.get(Namespace, { name: 'a b' });

    expect(transport.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /api/v1/namespaces/lab/configmaps/x',
      'GET /apis/cluster.open-cluster-management.io/v1/managedclusters/paris',
      'GET /api/v1/namespaces/a%20b',
    ]);
  });

  it('apply as our field manager, by dry run and force where told', async () => {
    const { cluster, transport } = bench({ status: 200 });

    await cluster.apply(ConfigMapKind, configMap(), { dryRun: true, force: true });

    const [request] = transport.requests;
    expect(request?.path).toBe(
      '/api/v1/namespaces/lab/configmaps/x?fieldManager=acm-observability&force=true&dryRun=All&fieldValidation=Strict',
    );
    expect(request?.headers['content-type']).toBe('application/apply-patch+yaml');
    expect(JSON.parse(request?.body ?? '')).toEqual(configMap());
  });

  it('delete with preconditions and propagation', async () => {
    const { cluster, transport } = bench({ status: 200 });

    await cluster.delete(ConfigMapKind, key, { uid: 'u', resourceVersion: '7', propagation: 'Foreground' });

    expect(JSON.parse(transport.requests[0]?.body ?? '')).toMatchObject({
      kind: 'DeleteOptions',
      preconditions: { uid: 'u', resourceVersion: '7' },
      propagationPolicy: 'Foreground',
    });
  });

  it('refuse a replace without the version it was read at: a mistake of ours', async () => {
    const { cluster, transport } = bench();

    const error = await failed(cluster.replace(ConfigMapKind, configMap()));

    expect(error).toBeInstanceOf(Error);
    expect(transport.requests).toEqual([]);
  });

  it('ask every access question, and answer in order', async () => {
    const allowed = (is: boolean): Turn => ({ status: 201, body: { status: { allowed: is } } });
    const { cluster } = bench(allowed(true), allowed(false));
    const question = { verb: 'get', group: '', resource: 'secrets' };

    const answers = await cluster.access([question, { ...question, verb: 'delete' }]);

    expect(answers).toEqual([true, false]);
  });

  it('hand back any answer of what is behind a proxy, once', async () => {
    const { cluster, counts } = bench({ status: 503, body: 'no endpoints', headers: { 'content-type': 'text/plain' } });

    const answer = await cluster.raw('/api/v1/namespaces/a/services/b:9090/proxy/');

    expect(answer).toEqual({ status: 503, contentType: 'text/plain', body: 'no endpoints' });
    expect(counts.kubernetes).toBe(1);
  });
});

describe('answers', () => {
  it('are undefined and absent where there is no such object', async () => {
    const { cluster } = bench(status(404, 'NotFound', 'no'), status(404, 'NotFound', 'no'));

    expect(await cluster.get(ConfigMapKind, key)).toBeUndefined();
    expect(await cluster.delete(ConfigMapKind, key)).toBe('absent');
  });

  it('carry status, reason, message and causes of a refusal', async () => {
    const causes = [{ reason: 'FieldManagerConflict', message: 'conflict with "x"', field: '.data.a' }];
    const { cluster } = bench(status(409, 'Conflict', 'Apply failed', { causes }));

    const error = await failed(cluster.apply(ConfigMapKind, configMap()));

    expect(error).toMatchObject({ status: 409, reason: 'Conflict', message: 'Apply failed', details: { causes } });
  });

  it('that are not JSON still name status and text', async () => {
    const { cluster } = bench({ status: 403, body: '<html>\n  blocked by policy</html>' });

    const error = (await failed(cluster.get(ConfigMapKind, key))) as ApiError;

    expect(error).toMatchObject({ status: 403, reason: 'Forbidden' });
    expect(error.message).toContain('blocked by policy');
  });

  it('of a login page instead of an API server mean that it is not reached', async () => {
    const { cluster } = bench({ status: 200, body: '<html>Log in</html>', headers: { 'content-type': 'text/html' } });

    const error = await failed(cluster.get(ConfigMapKind, key));

    expect(error).toMatchObject({ code: 'unreachable', proof: 'HTTP 200, text/html: <html>Log in</html>' });
  });

  it.each([
    status(401, 'Unauthorized', 'Unauthorized'),
    status(403, 'Forbidden', 'User "system:anonymous" cannot get resource'),
  ])('tell that nobody is logged in', async (turn) => {
    const { cluster } = bench(turn);

    expect(await failed(cluster.get(ConfigMapKind, key))).toMatchObject({ code: 'not-logged-in' });
  });
});

describe('lists', () => {
  const page = (names: readonly string[], next?: string): Turn => ({
    status: 200,
    body: { metadata: { continue: next }, items: names.map((name) => ({ metadata: { name } })) },
  });

  it('are read to the end, and their items know their kind', async () => {
    const { cluster, transport } = bench(page(['a', 'b'], 'tok en'), page(['c']));

    const items = await cluster.list(ConfigMapKind, { namespace: 'lab', labelSelector: 'a=b' });

    expect(items.map(({ kind, apiVersion, metadata }) => [apiVersion, kind, metadata.name])).toEqual([
      ['v1', 'ConfigMap', 'a'],
      ['v1', 'ConfigMap', 'b'],
      ['v1', 'ConfigMap', 'c'],
    ]);
    expect(transport.requests[1]?.path).toBe(
      '/api/v1/namespaces/lab/configmaps?limit=2500&labelSelector=a%3Db&continue=tok+en',
    );
  });

  it('ask for more at once where objects are small, and for fewer where they are large', async () => {
    const sized = (bytes: number, next?: string): Turn => ({
      status: 200,
      body: { metadata: { continue: next }, items: [{ metadata: { name: 'a' }, data: { a: 'x'.repeat(bytes) } }] },
    });
    const { cluster, transport } = bench(sized(100, 'n'), sized(2_500, 'n'), sized(200_000, 'n'), sized(1));

    await cluster.list(ConfigMapKind);

    const limits = transport.requests.map(({ path }) => Number(/limit=(\d+)/.exec(path)?.[1]));
    expect([limits[0], limits[1], limits[3]]).toEqual([250, 2_500, 25]);
    expect(limits[2]).toBeGreaterThan(1_000);
    expect(limits[2]).toBeLessThan(1_400);
  });

  it('hold of each object what is kept of it, and ask for nothing more', async () => {
    const { cluster, transport } = bench(page(['a', 'b'], 'n'), page(['c']));

    const names = await cluster.list(ConfigMapKind, {}, ({ kind, metadata }) => `${kind} ${metadata.name}`);

    expect(names).toEqual(['ConfigMap a', 'ConfigMap b', 'ConfigMap c']);
    expect(transport.requests).toHaveLength(2);
  });

  it('begin again, once, when the moment they show is forgotten', async () => {
    const expired = status(410, 'Expired', 'too old');
    const { cluster } = bench(page(['a'], 'n'), expired, page(['a', 'b']));
    const twice = bench(page(['a'], 'n'), expired, expired);

    expect(await cluster.list(ConfigMapKind)).toHaveLength(2);
    expect(await failed(twice.cluster.list(ConfigMapKind))).toMatchObject({ status: 410 });
  });
});

describe('watches', () => {
  const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;
  const collect = async (cluster: Cluster, signal = new AbortController().signal): Promise<string[]> => {
    const seen: string[] = [];
    for await (const { type } of cluster.watch(ConfigMapKind, { resourceVersion: '5' }, signal)) seen.push(type);
    return seen;
  };

  it('give events as they come, bookmarks too, and end with the stream; a half line is no event', async () => {
    const body = `${line('ADDED', configMap('6'))}${line('BOOKMARK', configMap('9'))}{"type":"ADD`;
    const { cluster, transport } = bench({ status: 200, body });

    const seen = await collect(cluster);

    expect(seen).toEqual(['ADDED', 'BOOKMARK']);
    expect(transport.requests[0]?.path).toBe(
      '/api/v1/configmaps?watch=true&allowWatchBookmarks=true&resourceVersion=5',
    );
    expect(transport.requests[0]?.timeoutMs).toBeUndefined();
  });

  it('fail with 410 when the version is too old, as an event or as the answer', async () => {
    const gone = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };

    const asEvent = await failed(collect(bench({ status: 200, body: line('ERROR', gone) }).cluster));
    const asAnswer = await failed(collect(bench(status(410, 'Expired', 'too old')).cluster));

    expect(asEvent).toMatchObject({ status: 410, reason: 'Expired' });
    expect(asAnswer).toMatchObject({ status: 410 });
  });

  it('end quietly when they are aborted', async () => {
    const abort = new AbortController();
    const { cluster } = bench({ status: 200, body: line('ADDED', configMap('6')) });
    abort.abort();

    expect(await collect(cluster, abort.signal)).toEqual([]);
  });

  it('tell when the server cannot be reached at all', async () => {
    const { cluster } = bench(...Array.from({ length: 6 }, () => broken('ECONNREFUSED')));

    expect(await failed(collect(cluster))).toMatchObject({ code: 'unreachable' });
  });
});

describe('what answers in the place of an API server', () => {
  const named = { metadata: { name: 'paris' } };

  it.each([
    ['no name', { metadata: {} }, 'ManagedCluster: metadata.name: nothing, not a text'],
    [
      'labels that are no texts',
      { metadata: { name: 'x', labels: { a: 1 } } },
      'metadata.labels: an object, not an object of texts',
    ],
    [
      'conditions that are no list',
      { ...named, status: { conditions: 'True' } },
      'status.conditions: a text, not a list',
    ],
    ['a condition without a type', { ...named, status: { conditions: [{}] } }, 'status.conditions[0].type: nothing'],
    ['a text in place of an object', 'hello', 'the object: a text, not an object'],
  ])('with %s is said to be something else', async (_, item, proof) => {
    const { cluster } = bench({ status: 200, body: { items: [item] } });

    const error = await failed(cluster.list(ManagedClusterKind));

    expect(error).toMatchObject({ code: 'unreachable', proof: expect.stringContaining(proof) });
  });

  it('is not suspected of a field without a value', async () => {
    const metadata = { name: 'x', namespace: 'lab', annotations: null, creationTimestamp: null };
    const { cluster } = bench({ status: 200, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: null } });

    const found = await cluster.get(ConfigMapKind, key);

    expect(found).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'lab' } });
  });
});
