import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isProblem, type Problem } from '../../src/engine/problem.ts';
import {
  describeRights,
  missingRights,
  type Right,
  type Rule,
  requireRights,
  rulesOf,
} from '../../src/engine/rights.ts';
import type { Access } from '../../src/ports.ts';

const pods: Right = { verb: 'list', group: '', resource: 'pods', namespace: 'a' };
const views = (verb: string, namespace: string): Right => ({
  verb,
  group: 'view.example.com',
  resource: 'views',
  namespace,
  fleet: true,
});

/** A hub that allows what the predicate says, and notes what it was asked. */
function hubAllowing(allows: (question: Access) => boolean) {
  const asked: Access[] = [];
  const access = async (questions: readonly Access[]): Promise<boolean[]> => {
    asked.push(...questions);
    return questions.map(allows);
  };
  return { asked, access };
}

describe('rights as rules', () => {
  it('are one rule for verbs that share their names, and another for what names cannot limit', () => {
    const secret = { group: '', resource: 'secrets' };

    const rules = rulesOf([
      { verb: 'patch', ...secret, name: 'b' },
      { verb: 'get', ...secret, name: 'b' },
      { verb: 'get', ...secret, name: 'a' },
      { verb: 'patch', ...secret, name: 'a' },
      { verb: 'create', ...secret },
    ]);

    expect(rules).toEqual([
      { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
      { apiGroups: [''], resources: ['secrets'], resourceNames: ['a', 'b'], verbs: ['get', 'patch'] },
    ]);
  });

  it('need no name where the same verb is granted without one', () => {
    const rules = rulesOf([
      { verb: 'get', group: '', resource: 'pods', name: 'a' },
      { verb: 'get', group: '', resource: 'pods' },
    ]);

    expect(rules).toEqual([{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]);
  });

  it('join resources of a group that have the same verbs, and write a subresource as RBAC does', () => {
    const rules = rulesOf([
      { verb: 'list', group: 'apps', resource: 'statefulsets' },
      { verb: 'list', group: 'apps', resource: 'deployments' },
      { verb: 'get', group: '', resource: 'services', subresource: 'proxy', name: 'query:9090' },
    ]);

    expect(rules).toEqual([
      { apiGroups: [''], resources: ['services/proxy'], resourceNames: ['query:9090'], verbs: ['get'] },
      { apiGroups: ['apps'], resources: ['deployments', 'statefulsets'], verbs: ['list'] },
    ]);
  });

  const anyRight = fc.record(
    {
      verb: fc.constantFrom('get', 'list', 'create', 'update', 'patch', 'delete'),
      group: fc.constantFrom('', 'apps', 'view.example.com'),
      resource: fc.constantFrom('pods', 'secrets', 'configmaps'),
      name: fc.constantFrom('a', 'b', 'c'),
    },
    { requiredKeys: ['verb', 'group', 'resource'] },
  );
  const grants = ({ apiGroups, resources, resourceNames, verbs }: Rule, right: Right): boolean =>
    apiGroups.includes(right.group) &&
    resources.includes(right.resource) &&
    verbs.includes(right.verb) &&
    (resourceNames === undefined || (right.name !== undefined && resourceNames.includes(right.name)));

  it('grant what was asked for and nothing else', () => {
    fc.assert(
      fc.property(fc.array(anyRight), anyRight, (rights, other) => {
        const rules = rulesOf(rights);

        const covers = (right: Right): boolean => rules.some((rule) => grants(rule, right));
        const meant = rights.some(
          ({ verb, group, resource, name }) =>
            verb === other.verb &&
            group === other.group &&
            resource === other.resource &&
            (name === undefined || name === other.name),
        );
        expect(rights.every(covers)).toBe(true);
        expect(covers(other)).toBe(meant);
      }),
    );
  });

  it('come in an order that depends on nothing but them', () => {
    const shuffled = fc
      .array(anyRight)
      .chain((rights) => fc.tuple(fc.constant(rights), fc.shuffledSubarray(rights, { minLength: rights.length })));

    fc.assert(
      fc.property(shuffled, ([rights, others]) => {
        expect(rulesOf(others)).toEqual(rulesOf(rights));
      }),
    );
  });
});

describe('asking for rights', () => {
  it('names what is missing, verbs of one object together', async () => {
    const { access } = hubAllowing(({ verb }) => verb === 'get');
    const secret = { group: '', resource: 'secrets', namespace: 'a', name: 's' };
    const rights = [pods, ...['patch', 'get', 'delete'].map((verb) => ({ verb, ...secret }))];

    const problem: unknown = await requireRights({ access }, rights).catch((error: unknown) => error);

    expect(isProblem(problem, 'not-permitted')).toBe(true);
    expect((problem as Problem).message).toBe('missing: list pods in a; patch, delete secrets s in a');
  });

  it('asks about the fleet once, and cluster by cluster only where that is refused', async () => {
    const everywhere = hubAllowing(() => true);
    const here = hubAllowing(({ verb, namespace }) => verb === 'create' || namespace === 'paris');
    const rights = ['paris', 'lyon'].flatMap((name) => [views('create', name), views('delete', name)]);

    const none = await missingRights(everywhere, rights);
    const some = await missingRights(here, rights);

    expect(none).toEqual([]);
    expect(everywhere.asked).toHaveLength(2);
    expect(describeRights(some)).toBe('delete views.view.example.com in lyon');
  });

  it('names the fleet where no cluster of it is open', async () => {
    const { access } = hubAllowing(() => false);

    const missing = await missingRights({ access }, [views('delete', 'paris'), views('delete', 'lyon')]);

    expect(describeRights(missing)).toBe('delete views.view.example.com in the namespaces of the managed clusters');
  });

  it('asks the hub neither for what another cluster grants nor for what is only useful', async () => {
    const { access, asked } = hubAllowing(() => false);

    const missing = await missingRights({ access }, [
      { ...pods, cluster: 'paris' },
      { ...pods, optional: 'why a workload does not run' },
    ]);

    expect(missing).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('asks for what is needed by one and only useful to another', async () => {
    const { access } = hubAllowing(() => false);

    const missing = await missingRights({ access }, [{ ...pods, optional: 'words' }, pods]);

    expect(missing).toEqual([pods]);
  });
});
