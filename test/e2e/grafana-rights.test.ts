/** What `rbac` prints for the development Grafana is what deploying it takes, and nothing of it is printed without it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GrafanaMode } from '../../src/cli/grafana.ts';
import { createHarness, type Harness, writesIn } from '../helpers/harness.ts';
import { type Grant, grant, grantsIn, runsAs, unusedOf } from '../helpers/roles.ts';

const asked = { ACM_OBSERVABILITY_GRAFANA_DEV: 'true' };
const minutes = 60_000;
const looks = { fieldConfig: { defaults: { unit: 'short' } } };
const board = {
  uid: 'a',
  title: 'A',
  panels: [{ id: 1, type: 'stat', title: 'Up', ...looks, targets: [{ expr: 'up' }] }],
};
/** Of a run that takes more than a few seconds: on a busy machine that is any. */
const renewal = 'update leases.coordination.k8s.io acm-observability';

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

      expect([...others].filter((one) => /grafana-(dev|proxy|config|crb)/.test(one))).toEqual([]);
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

describe('the rights for a command of grafana', () => {
  let hub: Harness;
  let folder: string;

  beforeAll(async () => {
    hub = await createHarness({ scenario: 'quest', size: 1, state: 'installed' });
    folder = await mkdtemp(join(tmpdir(), 'grafana-rights-'));
    await writeFile(join(folder, 'a.json'), JSON.stringify(board));
  });

  afterAll(async () => {
    await hub?.stop();
    await rm(folder, { recursive: true });
  });

  /** Each on what the one before left. Granted, and not called for by this very run: see the reason. */
  const commands: readonly (readonly [GrafanaMode, string, readonly string[]])[] = [
    [
      'grafana-deploy',
      'grafana deploy --yes',
      // Asked by the API server of who makes the binding.
      ['bind clusterroles.rbac.authorization.k8s.io open-cluster-management:grafana'],
    ],
    ['grafana-import', 'grafana import FOLDER/a.json --yes', []],
    ['grafana-grant-admin', 'grafana grant-admin anna', []],
    ['grafana-export', 'grafana export --all --to FOLDER/out', []],
    ['grafana-diff', 'grafana diff', []],
    ['grafana-lint', 'grafana lint FOLDER/a.json --live', []],
    ['grafana-promote', 'grafana promote a --yes', []],
    ['grafana-clean', 'grafana clean --yes', []],
  ];

  it.each(commands)(
    'are enough for %s, none can be missing, and what is missing is named before anything is written',
    async (mode, line, uncalled) => {
      const how = { env: { ACM_OBSERVABILITY_DASHBOARDS: join(folder, 'a.json') } };
      const own = mode === 'grafana-diff' ? how : {};
      const { stdout: text, exitCode } = await hub.run(`rbac ${mode} --serviceaccount ci:${mode}`);
      const as = { ...runsAs(hub, `ci:${mode}`), ...own };
      const command = line.replace('FOLDER', folder);
      if (mode === 'grafana-grant-admin') {
        hub.sandbox.visitGrafana({ of: 'grafana-dev', user: 'anna', method: 'GET', path: '/api/search' });
      }

      const open: string[] = [];
      for (const dropped of grantsIn(text)) {
        await grant(hub, text, dropped);
        const { exitCode: code, stdout, stderr, requests } = await hub.run(command, as);
        const said = `${stdout}${stderr}`.replace(/[\s│]+/g, ' ');
        const isNamed =
          said.includes(plain(dropped)) || said.includes(`cannot ${dropped.verb} resource "${dropped.resource}"`);
        if (code !== 77 || !isNamed || writesIn(requests).length > 0) open.push(`${plain(dropped)}: ${code} ${said}`);
      }
      await grant(hub, text);
      const ran = await hub.run(command, as);

      expect(exitCode).toBe(0);
      expect(open).toEqual([]);
      expect([ran.exitCode, ran.stderr]).toEqual([0, expect.not.stringContaining('error')]);
      const unused = unusedOf(text, ran.requests).map(plain);
      expect(unused.filter((one) => one !== renewal)).toEqual(uncalled);
    },
    5 * minutes,
  );
});
