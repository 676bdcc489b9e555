/** What `rbac` prints for the development Grafana is what deploying it takes, and nothing of it is printed without it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHarness, type Harness, writesIn } from '../helpers/harness.ts';
import { type Grant, grant, grantsIn, runsAs, unusedOf } from '../helpers/roles.ts';

const asked = { ACM_OBSERVABILITY_GRAFANA_DEV: 'true' };
const minutes = 60_000;

const plain = ({ verb, resource, group, name }: Grant): string =>
  `${verb} ${resource}${group === '' ? '' : `.${group}`}${name === undefined ? '' : ` ${name}`}`;

describe('the rights for the development Grafana', () => {
  let hub: Harness;

  beforeAll(async () => {
    hub = await createHarness({ scenario: 'quest', size: 1, state: 'installed' });
  });

  afterAll(() => hub?.stop());

  async function printed(mode: string, env: Record<string, string> = {}): Promise<string> {
    const { stdout, exitCode } = await hub.run(`rbac ${mode} --only grafana-dev --serviceaccount ci:grafana`, { env });
    expect(exitCode).toBe(0);
    return stdout;
  }

  it(
    'are printed only with it, each needed before the first write, and enough',
    async () => {
      const text = await printed('apply', asked);
      const others = new Set(grantsIn(await printed('apply')).map(plain));
      const own = grantsIn(text).filter((one) => !others.has(plain(one)));
      const as = runsAs(hub, 'ci:grafana');

      const open: string[] = [];
      for (const dropped of own) {
        await grant(hub, text, dropped);
        const ran = await hub.run('grafana deploy --yes -o json', as);
        if (ran.exitCode !== 77 || writesIn(ran.requests).length > 0) open.push(`${plain(dropped)}: ${ran.exitCode}`);
      }
      await grant(hub, text);
      const ran = await hub.run('grafana deploy --yes -o json', as);

      expect([...others].filter((one) => one.includes('grafana'))).toEqual([]);
      expect(own.length).toBeGreaterThan(20);
      expect(open).toEqual([]);
      expect(ran.report.problems).toEqual([]);
      expect(ran.exitCode).toBe(0);
      const unused = unusedOf(text, ran.requests).map(plain);
      expect(unused.filter((one) => own.map(plain).includes(one))).toEqual([
        'bind clusterroles.rbac.authorization.k8s.io open-cluster-management:grafana',
      ]);
    },
    5 * minutes,
  );

  it('are enough to remove it', async () => {
    await grant(hub, await printed('uninstall', asked));

    const ran = await hub.run('grafana clean --yes -o json', runsAs(hub, 'ci:grafana'));

    expect(ran.report.problems).toEqual([]);
    expect(ran.exitCode).toBe(0);
  });
});
