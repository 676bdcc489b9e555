/** What we write for Thanos, given to a real one of the version ACM 2.14 ships. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createObjectStore } from '../../src/adapters/object-store.ts';
import { loadPack } from '../../src/packs/load.ts';
import { rulerKey } from '../../src/packs/ruler.ts';
import { parseThanosYaml, thanosYaml } from '../../src/resources/thanos-config.ts';
import { rulesObstacle, storeObstacle } from '../../src/sandbox/controllers/thanos/start.ts';
import { rulerText } from '../helpers/ruler-text.ts';
import { need } from './servers/locate.ts';
import { lookAfterServers } from './servers/process.ts';
import { type RunningPrometheus, startPrometheus } from './servers/prometheus.ts';
import { openBucket, startRuler } from './servers/thanos.ts';
import { type RunningGateway, startGateway } from './servers/versitygw.ts';

const needed = need('thanos', 'prometheus', 'versitygw');
const region = 'eu-west-3';
const bucket = 'acm-metrics';

describe.skipIf(!needed.have)(`a real Thanos${needed.note}`, () => {
  let gateway: RunningGateway;
  let prometheus: RunningPrometheus;
  let thanos: string;
  lookAfterServers();

  beforeAll(async () => {
    if (!needed.have) throw new Error(needed.note);
    thanos = needed.paths.thanos;
    gateway = await startGateway(needed.paths.versitygw, region);
    prometheus = await startPrometheus(needed.paths.prometheus);
    const counts = { kubernetes: 0, objectStore: 0, metrics: 0 };
    const store = createObjectStore({ bucket, region, endpoint: gateway.url, credentials: gateway.root, counts });
    await store.createBucket();
    await store.write('marker', '1');
  });
  afterAll(async () => {
    await gateway?.stop();
    await prometheus?.stop();
  });

  /** The text `apply` writes for this store. */
  const ours = (): string =>
    thanosYaml({
      storage: { provider: 's3', create: true, bucket, region, endpoint: gateway.url },
      accessKey: gateway.root.accessKeyId,
      secretKey: gateway.root.secretAccessKey,
      privateCa: false,
    });

  it('opens the bucket with the thanos.yaml we write, and the sandbox says so too', async () => {
    expect(await openBucket(thanos, ours())).toBeUndefined();
    expect(await storeObstacle(ours())).toBeUndefined();
    expect(parseThanosYaml(ours())).toMatchObject({ bucket, endpoint: gateway.url, region });
  });

  it.each<[string, (text: string) => string]>([
    ['that is no YAML', (text) => `${text}a: [1`],
    ['without a type', (text) => text.replace('type: s3', 'kind: s3')],
    ['without a config', () => 'type: s3\n'],
    ['without a bucket', (text) => text.replace(/^ +bucket: .*\n/m, '')],
    ['without an endpoint', (text) => text.replace(/^ +endpoint: .*\n/m, '')],
    ['with a scheme in the endpoint', (text) => text.replace('endpoint: ', 'endpoint: http://')],
    ['with a path in the endpoint', (text) => text.replace(/^( +endpoint: .*)$/m, '$1/acm-metrics')],
  ])('refuses, as we do, one %s', async (_, broken) => {
    const text = broken(ours());

    expect(await openBucket(thanos, text)).toBeDefined();
    expect(() => parseThanosYaml(text)).toThrow(expect.objectContaining({ code: 'thanos-yaml-invalid' }));
  });

  it.each<[string, (text: string) => string]>([
    ['that is no YAML', (text) => `${text}a: [1`],
    ['without a config', () => 'type: s3\n'],
    ['with a field it does not know', (text) => `${text}  acces_key: x\n`],
    ['with a scheme in the endpoint', (text) => text.replace('endpoint: ', 'endpoint: http://')],
  ])('refuses, as the sandbox does, one %s', async (_, broken) => {
    const text = broken(ours());

    expect(await openBucket(thanos, text)).toBeDefined();
    expect(await storeObstacle(text)).toBeDefined();
  });

  it('loads the rule file of the leaderboard, and every rule of it is healthy', async () => {
    const pack = await loadPack('leaderboard', { start: Math.floor(Date.now() / 1000) - 600 });
    const text = await rulerText([pack]);
    const query = prometheus.url;
    const ruler = await startRuler(thanos, query, [{ name: rulerKey, text: quick(text) }]);

    const groups = await evaluated(ruler.url);
    await ruler.stop();

    expect(groups.map(({ name }) => name).sort()).toEqual(pack.hub.groups.map(({ name }) => name).sort());
    const rules = groups.flatMap((group) => group.rules);
    expect(rules).toHaveLength(pack.hub.groups.flatMap((group) => group.rules).length);
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(rulesObstacle(text)).toBeUndefined();
  });

  const rules = '  rules:\n  - record: x\n    expr: up\n';

  it.each([
    ['that is no YAML', 'groups: [1'],
    ['that is a list', '[]\n'],
    ['with a key a group does not have', `groups:\n- name: a\n  foo: 1\n${rules}`],
    ['with a key a rule does not have', `groups:\n- name: a\n${rules}    foo: 1\n`],
    ['with a key twice', 'groups: []\ngroups: []\n'],
    ['with a group twice', `groups:\n- name: a\n${rules}- name: a\n${rules}`],
    ['with a group without a name', 'groups:\n- rules: []\n'],
    ['with an expression that is no PromQL', 'groups:\n- name: a\n  rules:\n  - record: x\n    expr: "up{"\n'],
    ['with a rule that is neither', 'groups:\n- name: a\n  rules:\n  - expr: up\n'],
    ['with a rule that is both', `groups:\n- name: a\n${rules}    alert: y\n`],
    ['with a rule without an expression', 'groups:\n- name: a\n  rules:\n  - record: x\n'],
  ])('does not start, as the sandbox says, with a rule file %s', async (_, text) => {
    await expect(startRuler(thanos, prometheus.url, [{ name: rulerKey, text }])).rejects.toThrow(/thanos rule ended/);
    expect(rulesObstacle(text)).toBeDefined();
  });

  it.each([
    ['that is empty', ''],
    ['with a key beside the groups', `foo: 1\ngroups:\n- name: a\n${rules}`],
    ['with a strategy of Thanos’ own', `groups:\n- name: a\n  partial_response_strategy: warn\n${rules}`],
  ])('starts, as the sandbox says, with a rule file %s', async (_, text) => {
    const ruler = await startRuler(thanos, prometheus.url, [{ name: rulerKey, text }]);
    await ruler.stop();

    expect(rulesObstacle(text)).toBeUndefined();
  });
});

/** The same groups every second: nobody waits minutes for a first evaluation. */
function quick(text: string): string {
  return text.replace(/^( +interval: ).*$/gm, '$11s');
}

interface Group {
  readonly name: string;
  readonly rules: readonly { readonly name: string; readonly health: string; readonly lastError?: string }[];
}

/** The groups once each rule has been evaluated. */
async function evaluated(url: string): Promise<readonly Group[]> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer: { data: { groups: readonly Group[] } } = JSON.parse(
      await (await fetch(`${url}/api/v1/rules`)).text(),
    );
    const { groups } = answer.data;
    const done = groups.length > 0 && groups.every(({ rules }) => rules.every(({ health }) => health !== 'unknown'));
    if (done) return groups;
    await sleep(100);
  }
  throw new Error('the rules have not been evaluated');
}
