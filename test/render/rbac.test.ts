import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Right } from '../../src/engine/rights.ts';
import { observabilityNamespace } from '../../src/hub.ts';
import { rbacText } from '../../src/render/rbac.ts';

const hub = { name: 'local-cluster', api: 'https://api.hub.example.com:6443' };
const view = { group: 'view.open-cluster-management.io', resource: 'managedclusterviews' };
const action = { group: 'action.open-cluster-management.io', resource: 'managedclusteractions' };
const config = { group: '', resource: 'configmaps', namespace: 'openshift-monitoring' };

const rights: readonly Right[] = [
  { verb: 'get', group: '', resource: 'namespaces', name: observabilityNamespace },
  { verb: 'create', group: '', resource: 'namespaces' },
  { verb: 'get', group: '', resource: 'secrets', namespace: observabilityNamespace, name: 'thanos-object-storage' },
  { verb: 'create', group: '', resource: 'secrets', namespace: observabilityNamespace },
  { verb: 'list', ...view },
  { verb: 'create', ...view, namespace: 'lyon', fleet: true },
  { verb: 'create', ...action, namespace: 'lyon', fleet: true },
  {
    verb: 'list',
    group: '',
    resource: 'events',
    namespace: observabilityNamespace,
    optional: 'why a pod does not run',
  },
  { verb: 'create', ...config, cluster: 'paris' },
  { verb: 'get', ...config, name: 'cluster-monitoring-config', cluster: 'paris' },
];

const namespace = observabilityNamespace;
const account = { namespace: 'ci', name: 'observability' };

describe('the YAML of rights', () => {
  it('reads as it should', async () => {
    const text = rbacText({ command: 'apply', hub, namespace, rights, account });

    await expect(text).toMatchFileSnapshot('rbac.golden.yaml');
  });

  it('is the same whatever the order in which the rights were told', () => {
    const text = rbacText({ command: 'apply', hub, namespace, rights: rights.toReversed(), account });

    expect(text).toBe(rbacText({ command: 'apply', hub, namespace, rights, account }));
  });

  it('makes the namespace its Roles live in, and grants nobody to', () => {
    const objects = parseAllDocuments(rbacText({ command: 'apply', hub, namespace, rights })).map((document) =>
      document.toJS(),
    );

    expect(objects[0]).toEqual({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: observabilityNamespace } });
    expect(JSON.stringify(objects[1].rules[0])).not.toContain('create');
  });

  it('asks for the right to make the namespace where no Role needs it first', () => {
    const text = rbacText({ command: 'apply', hub, namespace, rights: rights.slice(0, 2) });

    expect(text).toContain('verbs: [create]');
    expect(text).not.toContain('kind: Namespace');
  });

  it('warns of what Views and Actions amount to, and of Views alone', () => {
    const withoutActions = rights.filter(({ resource }) => resource !== action.resource);

    expect(rbacText({ command: 'apply', hub, namespace, rights })).toContain(
      'amounts to administering the managed clusters',
    );
    expect(rbacText({ command: 'verify', hub, namespace, rights: withoutActions })).toContain('amounts to reading all');
    expect(rbacText({ command: 'plan', hub, namespace, rights: rights.slice(0, 4) })).not.toContain('BEWARE');
  });
});
