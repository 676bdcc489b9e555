import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConfigMap, ConfigMapKind } from '../../src/kinds.ts';
import type { Pack } from '../../src/packs/pack.ts';
import { allowlistName, allowlistResource } from '../../src/resources/allowlist-entries.ts';
import { readDocument } from '../../src/resources/document.ts';
import { marks } from '../../src/resources/marks.ts';
import { rulerName, rulerResource } from '../../src/resources/ruler-entries.ts';
import { type MemoryCluster, memoryCluster } from '../helpers/memory-cluster.ts';
import { pack } from '../helpers/packs.ts';

const namespace = 'open-cluster-management-observability';
const key = { namespace, name: allowlistName };
const none = { platform: [], userWorkload: [] };

const rule = (record: string, expr: string) => ({ record, expr });
const withRules = (...rules: { record: string; expr: string }[]) => pack({ platform: { recordingRules: rules } });

function allowlist(hub: MemoryCluster, packs: readonly Pack[], owner = 'us', names: readonly string[] = []) {
  return allowlistResource({ hub, namespace, packs, owner, metrics: { ...none, platform: names } });
}

function foreign(text: string, extra: Partial<ConfigMap['metadata']> = {}): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...key, ...extra }, data: { 'metrics_list.yaml': text } };
}

const live = (hub: MemoryCluster) => hub.peek(ConfigMapKind, key);
const platform = (hub: MemoryCluster) => live(hub)?.data?.['metrics_list.yaml'];
const writes = (hub: MemoryCluster) => hub.requests.filter((request) => request.verb !== 'get').length;

async function bring(resource: ReturnType<typeof allowlistResource>): Promise<void> {
  await resource.apply(await resource.plan());
}

async function takeBack(resource: ReturnType<typeof allowlistResource>): Promise<void> {
  await resource.remove(await resource.planRemoval());
}

describe('entries beside other people’s', () => {
  it('are added below theirs, with comments kept, and taken out again', async () => {
    const hub = memoryCluster();
    const text = '# team blue\nnames:\n  - theirs # keep\nmatches: []\n';
    hub.put(ConfigMapKind, foreign(text, { labels: { 'cluster.open-cluster-management.io/backup': '' } }));
    const ours = allowlist(hub, [withRules(rule('our:x', 'up'))], 'us', ['kube_pod_info']);

    await bring(ours);
    const merged = platform(hub);
    const again = await ours.plan();
    await takeBack(ours);

    expect(merged).toBe(
      "# team blue\nnames:\n  - theirs # keep\n  - 'kube_pod_info'\nmatches: []\nrecording_rules:\n- record: our:x\n  expr: 'up'\n",
    );
    expect(again).toEqual({ kind: 'none' });
    expect(live(hub)).toMatchObject(foreign(text, { labels: { 'cluster.open-cluster-management.io/backup': '' } }));
    expect(live(hub)?.metadata.annotations).toEqual({});
    expect(writes(hub)).toBe(2);
  });

  it('that are there already stay theirs', async () => {
    const hub = memoryCluster();
    hub.put(ConfigMapKind, foreign('names: [up]\n'));
    const ours = allowlist(hub, [], 'us', ['up']);

    expect(await ours.plan()).toEqual({ kind: 'none' });
    expect(await ours.planRemoval()).toEqual({ kind: 'none' });
  });

  it('of the same name with another meaning are a collision, and nothing is written', async () => {
    const hub = memoryCluster();
    hub.put(ConfigMapKind, foreign('recording_rules:\n- {record: "our:x", expr: theirs}\n'));

    const planned = allowlist(hub, [withRules(rule('our:x', 'up'))]).plan();

    await expect(planned).rejects.toMatchObject({ code: 'pack-collision', message: expect.stringContaining('our:x') });
    expect(writes(hub)).toBe(0);
  });

  it('under the deprecated key are moved to the new one, or ours would silence them', async () => {
    const hub = memoryCluster();
    hub.put(ConfigMapKind, foreign('rules: # old\n- record: their:y\n  expr: up\n'));

    await bring(allowlist(hub, [withRules(rule('our:x', 'down'))]));

    expect(platform(hub)).toBe(
      "recording_rules: # old\n- record: their:y\n  expr: up\n- record: our:x\n  expr: 'down'\n",
    );
  });

  it('a list ACM could not read is never touched', async () => {
    const hub = memoryCluster();
    hub.put(ConfigMapKind, foreign('names: up\n'));

    await expect(allowlist(hub, [], 'us', ['x']).plan()).rejects.toMatchObject({ code: 'document-invalid' });
    expect(writes(hub)).toBe(0);
  });
});

describe('our own entries', () => {
  it('are made where there is nothing, and the ConfigMap goes with them', async () => {
    const hub = memoryCluster();
    const ours = allowlist(hub, [], 'us', ['up']);

    const change = await ours.plan();
    await bring(ours);
    const labels = live(hub)?.metadata.labels;
    await takeBack(ours);

    expect(change).toEqual({ kind: 'create' });
    expect(labels).toEqual({ [marks.managedBy[0]]: marks.managedBy[1], [marks.step]: 'allowlist' });
    expect(live(hub)).toBeUndefined();
  });

  it('without anything to collect make no ConfigMap', async () => {
    expect(await allowlist(memoryCluster(), []).plan()).toEqual({ kind: 'none' });
  });

  it('no longer declared are taken out; a changed one is set in its place', async () => {
    const hub = memoryCluster();
    await bring(allowlist(hub, [withRules(rule('our:x', 'up'), rule('our:y', 'up'))], 'us', ['a', 'b']));

    const later = allowlist(hub, [withRules(rule('our:x', 'down'))], 'us', ['b']);
    const change = await later.plan();
    await bring(later);

    expect(change).toMatchObject({ kind: 'update' });
    expect(platform(hub)).toBe("names:\n- 'b'\nrecording_rules:\n- record: our:x\n  expr: 'down'\n");
    expect(change).not.toHaveProperty('drift');
  });

  it('with nothing left to declare, the ConfigMap we made is removed by apply', async () => {
    const hub = memoryCluster();
    await bring(allowlist(hub, [], 'us', ['a']));

    const change = await allowlist(hub, []).plan();
    await bring(allowlist(hub, []));

    expect(change.kind).toBe('remove');
    expect(live(hub)).toBeUndefined();
  });

  it.each([
    ['changed', (text: string) => text.replace("'up'", "'down'")],
    [
      'taken out',
      (text: string) => text.replace("- record: our:x\n  expr: 'up'\n", '').replace('recording_rules:\n', ''),
    ],
  ])('%s by hand are drift, with who did it', async (_, edit) => {
    const hub = memoryCluster();
    const ours = allowlist(hub, [withRules(rule('our:x', 'up'))], 'us', ['a']);
    await bring(ours);
    const before = platform(hub) ?? '';
    const managedFields = [
      { manager: 'kubectl-edit', operation: 'Update' as const, fieldsV1: { 'f:data': { 'f:metrics_list.yaml': {} } } },
    ];
    hub.put(ConfigMapKind, foreign(edit(before), { ...live(hub)?.metadata, managedFields }));

    const change = await ours.plan();
    await bring(ours);

    expect(change).toMatchObject({ drift: [{ field: 'data["metrics_list.yaml"] our:x', by: 'kubectl-edit' }] });
    expect(platform(hub)).toBe(before);
  });
});

describe('two owners on one hub', () => {
  it('do not notice each other, and what both want stays until the last lets go', async () => {
    const hub = memoryCluster();
    const red = allowlist(hub, [withRules(rule('red:x', 'up'))], 'red', ['shared', 'red_only']);
    const blue = allowlist(hub, [withRules(rule('blue:x', 'up'))], 'blue', ['shared']);

    await bring(red);
    await bring(blue);
    const redAgain = await red.plan();
    await takeBack(red);
    const left = platform(hub);
    const blueAgain = await blue.plan();
    await takeBack(blue);

    expect(redAgain).toEqual({ kind: 'none' });
    expect(left).toBe("names:\n- 'shared'\nrecording_rules:\n- record: blue:x\n  expr: 'up'\n");
    expect(blueAgain).toEqual({ kind: 'none' });
    expect(live(hub)).toBeUndefined();
  });

  it('an unreadable note is a Problem: what is whose must not be guessed', async () => {
    const hub = memoryCluster();
    hub.put(ConfigMapKind, foreign('names: [a]\n', { annotations: { [marks.entries]: '{' } }));

    await expect(allowlist(hub, [], 'us', ['b']).plan()).rejects.toMatchObject({ code: 'document-invalid' });
  });

  it('for any two sets and any order both survive writes in between, and removal leaves what others wrote', async () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(names, names, names, fc.boolean(), async (theirs, red, blue, race) => {
        const hub = memoryCluster();
        const text =
          theirs.length === 0 ? '# nobody yet\n' : `names:\n${theirs.map((name) => `- ${name} # theirs\n`).join('')}`;
        hub.put(ConfigMapKind, foreign(text));
        const first = allowlist(hub, [], 'red', red);
        const second = allowlist(hub, [], 'blue', blue);
        let pending = race;
        hub.before = ({ verb }) => {
          if (verb !== 'replace' || !pending) return;
          pending = false;
          hub.put(ConfigMapKind, foreign(`${platform(hub)}# more\n`, live(hub)?.metadata));
        };

        await bring(first);
        await bring(second);
        const both = readDocument(platform(hub), 'x').names ?? [];
        await takeBack(first);
        await takeBack(second);

        expect(new Set(both as string[])).toEqual(new Set([...theirs, ...red, ...blue]));
        expect(platform(hub)?.replace('# more\n', '')).toBe(text);
      }),
    );
  });
});

describe('rule groups of the hub’s ruler', () => {
  const group = (name: string, expr: string) => ({ name, interval: '1m', rules: [{ record: 'r', expr }] });
  const rulerKey = { namespace, name: rulerName };
  const text = (hub: MemoryCluster) => hub.peek(ConfigMapKind, rulerKey)?.data?.['custom_rules.yaml'];

  it('keep the author’s lines, and live beside other groups', async () => {
    const hub = memoryCluster();
    const theirs = '# theirs\ngroups:\n  - name: blue\n    rules: [] # none yet\n';
    hub.put(ConfigMapKind, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: rulerKey,
      data: { 'custom_rules.yaml': theirs },
    });
    const ours = rulerResource({
      hub,
      namespace,
      owner: 'us',
      packs: [pack({ groups: [group('red', 'a # why\n  + b\n')] })],
    });

    await bring(ours);
    const merged = text(hub);
    const again = await ours.plan();
    await takeBack(ours);

    expect(merged).toBe(
      `${theirs}  - name: red\n    interval: 1m\n    rules:\n      - record: r\n        expr: |-\n          a # why\n            + b\n`,
    );
    expect(again).toEqual({ kind: 'none' });
    expect(text(hub)).toBe(theirs);
  });

  it('of one name with another content are a collision', async () => {
    const hub = memoryCluster();
    await bring(rulerResource({ hub, namespace, owner: 'blue', packs: [pack({ groups: [group('same', 'a')] })] }));

    const planned = rulerResource({
      hub,
      namespace,
      owner: 'red',
      packs: [pack({ groups: [group('same', 'b')] })],
    }).plan();

    await expect(planned).rejects.toMatchObject({ code: 'pack-collision', message: expect.stringContaining('blue') });
  });

  it('come back from the document as they were, whatever is in an expression', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ minLength: 1, unit: 'binary' }), { minLength: 1, maxLength: 3 }),
        async (parts) => {
          const hub = memoryCluster();
          const expr = parts.join('\n').replace(/[\r\u0085\u2028\u2029]/g, ' ');
          const ours = rulerResource({ hub, namespace, owner: 'us', packs: [pack({ groups: [group('red', expr)] })] });

          await bring(ours);

          const groups = readDocument(text(hub), 'x').groups;
          expect(groups).toEqual([{ name: 'red', interval: '1m', rules: [{ record: 'r', expr: expr.trim() }] }]);
        },
      ),
    );
  });
});
