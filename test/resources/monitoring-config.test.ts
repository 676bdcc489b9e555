import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConfigMap, ConfigMapKind } from '../../src/kinds.ts';
import { readDocument } from '../../src/resources/document.ts';
import { marks } from '../../src/resources/marks.ts';
import { isTurnedOn, monitoringConfigKey, monitoringConfigResource } from '../../src/resources/monitoring-config.ts';
import { type MemoryCluster, memoryCluster } from '../helpers/memory-cluster.ts';
import { foreignDocument } from '../helpers/yaml-arbitraries.ts';

const step = 'user-workload-monitoring';

function configMap(text: string | undefined, metadata: Partial<ConfigMap['metadata']> = {}): ConfigMap {
  const data = text === undefined ? {} : { data: { 'config.yaml': text } };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...monitoringConfigKey, ...metadata }, ...data };
}

function holding(text: string | undefined, metadata: Partial<ConfigMap['metadata']> = {}) {
  const cluster = memoryCluster();
  cluster.put(ConfigMapKind, configMap(text, metadata));
  return { cluster, resource: monitoringConfigResource({ cluster, step }) };
}

const live = (cluster: MemoryCluster) => cluster.peek(ConfigMapKind, monitoringConfigKey);
const textOf = (cluster: MemoryCluster) => live(cluster)?.data?.['config.yaml'];
const writesOf = (cluster: MemoryCluster) => cluster.requests.filter((request) => request.verb !== 'get');

describe('turning user-workload monitoring on', () => {
  it('creates the ConfigMap where there is none', async () => {
    const cluster = memoryCluster();
    const resource = monitoringConfigResource({ cluster, step });

    const change = await resource.plan();
    await resource.apply(change);

    expect(change).toEqual({ kind: 'create' });
    expect(textOf(cluster)).toBe('enableUserWorkload: true\n');
    expect(live(cluster)?.metadata.labels).toEqual({ [marks.managedBy[0]]: marks.managedBy[1], [marks.step]: step });
  });

  it('writes with what its plan has read, and reads again only when somebody was faster', async () => {
    const { cluster, resource } = holding('prometheusK8s: {}\n');
    const other = holding('prometheusK8s: {}\n');

    await resource.apply(await resource.plan());
    const change = await other.resource.plan();
    other.cluster.put(ConfigMapKind, configMap('prometheusK8s: { retention: 7d }\n'));
    await other.resource.apply(change);

    expect(cluster.requests.map(({ verb }) => verb)).toEqual(['get', 'replace']);
    expect(other.cluster.requests.map(({ verb }) => verb)).toEqual(['get', 'replace', 'get', 'replace']);
    expect(textOf(other.cluster)).toMatch(/retention: 7d/);
  });

  it('is a conflict where another tool declares it, unless told to write all the same', async () => {
    const rivals = async () => ({ owners: ['Policy acm/uwm'], unseen: [] });
    const cluster = memoryCluster();

    const change = await monitoringConfigResource({ cluster, step, rivals }).plan();
    const forced = await monitoringConfigResource({ cluster, step, rivals, forceConflicts: true }).plan();
    const unseen = await monitoringConfigResource({
      cluster,
      step,
      rivals: async () => ({ owners: [], unseen: ['applications (not permitted)'] }),
    }).plan();

    expect(change).toEqual({ kind: 'conflict', owner: 'Policy acm/uwm', fields: ['data["config.yaml"]'] });
    expect(forced).toEqual({ kind: 'create' });
    expect(unseen).toEqual({
      kind: 'create',
      note: 'not seen: whether applications (not permitted) declare it too',
    });
  });

  it('sets the flag and our notes in one write, and shows only the changed line', async () => {
    const { cluster, resource } = holding(
      '# ours\nprometheusK8s:\n  retention: 15d # long\nenableUserWorkload: false\n',
    );

    const change = await resource.plan();
    await resource.apply(change);

    expect(change).toMatchObject({
      kind: 'update',
      diff: ['- config.yaml: enableUserWorkload: false', '+ config.yaml: enableUserWorkload: true'],
    });
    expect(textOf(cluster)).toBe('# ours\nprometheusK8s:\n  retention: 15d # long\nenableUserWorkload: true\n');
    expect(live(cluster)?.metadata.annotations).toEqual({ [marks.previous]: 'false', [marks.adopted]: step });
    expect(writesOf(cluster)).toHaveLength(1);
  });

  it.each([
    'enableUserWorkload: true\n',
    'enableUserWorkload: yes\n',
    'enableUserWorkload: On # x',
    '{"enableUserWorkload":true}',
  ])('%j is on already: nothing is written, and a removal leaves it on', async (text) => {
    const { cluster, resource } = holding(text);

    const change = await resource.plan();
    await resource.apply(change);
    const removal = await resource.planRemoval();

    expect([change, removal]).toEqual([{ kind: 'none' }, { kind: 'none' }]);
    expect(writesOf(cluster)).toEqual([]);
  });

  it('a quoted "true" is not true to the operator, and is set', async () => {
    const { cluster, resource } = holding('enableUserWorkload: "true"\n');

    await resource.apply(await resource.plan());

    expect(textOf(cluster)).toBe('enableUserWorkload: true\n');
  });

  it.each(['a: [1', 'a: 1\na: 2\n', '- a\n', 'EnableUserWorkload: true\n'])('%j is never touched', async (text) => {
    const { cluster, resource } = holding(text);

    const planned = resource.plan();

    await expect(planned).rejects.toMatchObject({ code: 'document-invalid' });
    await expect(resource.apply({ kind: 'update', diff: [] })).rejects.toMatchObject({ code: 'document-invalid' });
    expect(writesOf(cluster)).toEqual([]);
  });

  it('who turned it off by hand is named, and what it was before us is still known', async () => {
    const { cluster, resource } = holding('prometheusK8s: {}\n');
    await resource.apply(await resource.plan());
    const managedFields = [
      {
        manager: 'kubectl-edit',
        operation: 'Update' as const,
        time: '2026-11-22T10:00:00Z',
        fieldsV1: { 'f:data': { 'f:config.yaml': {} } },
      },
    ];
    const metadata = { ...live(cluster)?.metadata, ...monitoringConfigKey, managedFields };
    cluster.put(ConfigMapKind, configMap('prometheusK8s: {}\nenableUserWorkload: false\n', metadata));

    const change = await resource.plan();
    await resource.apply(change);

    expect(change).toMatchObject({
      kind: 'update',
      drift: [{ field: 'data["config.yaml"] enableUserWorkload', by: 'kubectl-edit', at: '2026-11-22T10:00:00Z' }],
    });
    expect(live(cluster)?.metadata.annotations?.[marks.previous]).toBe('absent');
  });
});

describe('a document that another tool applies', () => {
  const managedFields = [
    { manager: 'argocd-controller', operation: 'Apply' as const, fieldsV1: { 'f:data': { 'f:config.yaml': {} } } },
  ];

  it('is a conflict that names the tool, as it would set our change back', async () => {
    const { resource } = holding('a: 1\n', { managedFields });

    const change = await resource.plan();

    expect(change).toEqual({ kind: 'conflict', owner: 'argocd-controller', fields: ['data["config.yaml"]'] });
  });

  it('is written all the same when asked to', async () => {
    const { cluster } = holding('a: 1\n', { managedFields });
    const resource = monitoringConfigResource({ cluster, step, forceConflicts: true });

    expect(await resource.plan()).toMatchObject({ kind: 'update' });
  });

  it('is given back what was ours in it', async () => {
    const annotations = { [marks.previous]: 'absent', [marks.adopted]: step };
    const { cluster, resource } = holding('a: 1\nenableUserWorkload: true\n', { managedFields, annotations });

    await resource.remove(await resource.planRemoval());

    expect(textOf(cluster)).toBe('a: 1\n');
  });

  it('is none of our business when there is nothing to change', async () => {
    const { resource } = holding('enableUserWorkload: true\n', { managedFields });

    expect(await resource.plan()).toEqual({ kind: 'none' });
  });
});

describe('turning it back', () => {
  it('deletes the ConfigMap we made when nothing else came into it', async () => {
    const cluster = memoryCluster();
    const resource = monitoringConfigResource({ cluster, step });
    await resource.apply(await resource.plan());

    const removal = await resource.planRemoval();
    await resource.remove(removal);

    expect(removal.kind).toBe('remove');
    expect(live(cluster)).toBeUndefined();
    expect(await resource.gone()).toEqual({ state: 'ready' });
  });

  it('keeps a ConfigMap we made when others wrote into it, without our marks', async () => {
    const cluster = memoryCluster();
    const resource = monitoringConfigResource({ cluster, step });
    await resource.apply(await resource.plan());
    const made = live(cluster) as ConfigMap;
    const labels = { ...made.metadata.labels, 'cluster.open-cluster-management.io/backup': '' };
    const text = 'enableUserWorkload: true\nprometheusK8s:\n  externalLabels: {managed_cluster: x}\n';
    cluster.put(ConfigMapKind, configMap(text, { ...made.metadata, labels }));

    await resource.remove(await resource.planRemoval());

    expect(textOf(cluster)).toBe('prometheusK8s:\n  externalLabels: {managed_cluster: x}\n');
    expect(live(cluster)?.metadata.labels).toEqual({ 'cluster.open-cluster-management.io/backup': '' });
    expect(live(cluster)?.metadata.annotations).toEqual({});
  });

  it.each([
    ['absent', 'a: 1\n', 'a: 1\n'],
    ['false', 'a: 1\nenableUserWorkload: off\n', 'a: 1\nenableUserWorkload: false\n'],
    ['without data', undefined, ''],
  ])('gives back what was %s before', async (_, before, after) => {
    const { cluster, resource } = holding(before, { annotations: { theirs: 'stays' } });
    await resource.apply(await resource.plan());

    await resource.remove(await resource.planRemoval());

    expect(textOf(cluster)).toBe(after);
    expect(live(cluster)?.metadata.annotations).toEqual({ theirs: 'stays' });
  });

  it('leaves a flag somebody has turned off in the meantime as it is', async () => {
    const { cluster, resource } = holding('a: 1\n');
    await resource.apply(await resource.plan());
    cluster.put(ConfigMapKind, configMap('a: 1\nenableUserWorkload: false\n', live(cluster)?.metadata));

    await resource.remove(await resource.planRemoval());

    expect(textOf(cluster)).toBe('a: 1\nenableUserWorkload: false\n');
    expect(await resource.planRemoval()).toEqual({ kind: 'none' });
  });
});

describe('other writers', () => {
  it('a ConfigMap made by somebody else between our read and our create is merged into', async () => {
    const cluster = memoryCluster();
    const resource = monitoringConfigResource({ cluster, step });
    once(cluster, 'create', () => cluster.put(ConfigMapKind, configMap('theirs: 1\n')));

    await resource.apply({ kind: 'create' });

    expect(textOf(cluster)).toBe('theirs: 1\nenableUserWorkload: true\n');
    expect(live(cluster)?.metadata.annotations?.[marks.adopted]).toBe(step);
  });

  it('a ConfigMap deleted between our read and our write is made again', async () => {
    const { cluster, resource } = holding('theirs: 1\n');
    once(cluster, 'replace', () => cluster.take(ConfigMapKind, monitoringConfigKey));

    await resource.apply({ kind: 'update', diff: [] });

    expect(textOf(cluster)).toBe('enableUserWorkload: true\n');
  });

  it('gives up with a name when it is rewritten every time', async () => {
    const { cluster, resource } = holding('a: 0\n');
    let count = 0;
    cluster.before = ({ verb }) => {
      if (verb === 'replace') cluster.put(ConfigMapKind, configMap(`a: ${++count}\n`));
    };

    const applied = resource.apply({ kind: 'update', diff: [] });

    await expect(applied).rejects.toMatchObject({ code: 'document-contended', cluster: 'paris' });
    expect(writesOf(cluster)).toHaveLength(5);
  });

  it('for any document: nothing else changes, twice is once, and removal restores, whoever writes in between', async () => {
    const metadata = { labels: { theirs: 'x' } };
    await fc.assert(
      fc.asyncProperty(foreignDocument, foreignDocument, fc.nat(2), async (before, between, races) => {
        const { cluster, resource } = holding(before, metadata);
        const race = (verb: string) => times(cluster, verb, races, () => rewrite(cluster, between));
        race('replace');

        await resource.apply({ kind: 'update', diff: [] });
        const merged = textOf(cluster);
        const again = await resource.plan();
        race('replace');
        await resource.remove(await resource.planRemoval());

        const expected = races > 0 ? between : before;
        expect(isTurnedOn(merged)).toBe(true);
        expect(readDocument(merged, 'x')).toEqual({ ...readDocument(expected, 'x'), enableUserWorkload: true });
        expect(again).toEqual({ kind: 'none' });
        expect(textOf(cluster)).toBe(expected);
        expect(live(cluster)?.metadata).toMatchObject(metadata);
      }),
    );
  });
});

/** Somebody else replaces the text but keeps annotations and labels, as a person's edit does. */
function rewrite(cluster: MemoryCluster, text: string): void {
  const flag = isTurnedOn(textOf(cluster)) ? 'enableUserWorkload: true\n' : '';
  const changed = text.replace(/^(---\r?\n)?/, (head) => head + flag);
  cluster.put(ConfigMapKind, configMap(changed, live(cluster)?.metadata));
}

function once(cluster: MemoryCluster, verb: string, act: () => void): void {
  times(cluster, verb, 1, act);
}

function times(cluster: MemoryCluster, verb: string, count: number, act: () => void): void {
  let left = count;
  cluster.before = (request) => {
    if (request.verb === verb && left-- > 0) act();
  };
}
