/**
 * The program dies right after any single write of a `grafana deploy` or a `grafana clean`, or of a dashboard's way. Run again
 * it comes to the same end, object by object; only the secret of the OAuth client, which is random, is its own.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type KubeObject, type OAuthClient, OAuthClientKind, type Secret, SecretKind } from '../../src/kinds.ts';
import { development } from '../../src/resources/grafana-dev/names.ts';
import { administrator } from '../helpers/grafana.ts';
import { createHarness, type Harness, killed, writesIn } from '../helpers/harness.ts';
import { releases } from '../helpers/releases.ts';
import { dyingAfter } from './support/death.ts';
import { patience, sampled, upTo } from './support/sample.ts';
import { orphansIn } from './support/state.ts';
import { type Row, tell } from './support/tally.ts';

const rows: Row[] = [];

interface Way {
  readonly name: string;
  /** Makes ready what the command line that it gives back needs. */
  prepare(turn: string): Promise<readonly string[]>;
  isThere(turn: string): boolean;
}

const places = Object.values(development);

afterAll(() => tell('grafana', rows));

async function living({ admin }: Harness): Promise<string[]> {
  const found = await Promise.all(places.map(({ kind, key }) => admin.get<KubeObject>(kind, key)));
  return found.filter((object) => object !== undefined).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}

async function secrets({ admin }: Harness): Promise<(string | undefined)[]> {
  const kept: Secret | undefined = await admin.get(SecretKind, development.oauth.key);
  const client: OAuthClient | undefined = await admin.get(OAuthClientKind, development.client.key);
  return [Buffer.from(kept?.data?.['client-secret'] ?? '', 'base64').toString(), client?.secret];
}

describe.each(releases)('the development Grafana on ACM %s', (acm) => {
  it('is finished, or gone, by the next run after a death at any write', { timeout: patience }, async () => {
    const hub = await createHarness({ scenario: 'quest', size: 1, acm, state: 'installed' });
    try {
      const counting = {
        deploy: dyingAfter(Number.POSITIVE_INFINITY, hub.clock),
        clean: dyingAfter(Number.POSITIVE_INFINITY, hub.clock),
      };
      for (const verb of ['deploy', 'clean'] as const)
        await hub.run(`grafana ${verb} --yes -o json`, { wires: counting[verb] });
      const wrong: string[] = [];
      let deaths = 0;

      for (const verb of ['deploy', 'clean'] as const) {
        for (const moment of sampled(upTo(counting[verb].writes.length), 4)) {
          if (verb === 'clean') await hub.run('grafana deploy --yes -o json');
          const wires = dyingAfter(moment, hub.clock);
          const first = await hub.run(`grafana ${verb} --yes -o json`, { wires });
          const second = await hub.run(`grafana ${verb} --yes -o json`);
          const third = await hub.run(`grafana ${verb} --yes -o json`);
          deaths += first.exitCode === killed ? 1 : 0;
          const [kept, used] = await secrets(hub);
          const where = `${verb} after write ${moment} (${wires.writes.at(-1)})`;
          const there = (await living(hub)).length;
          if (second.exitCode !== 0) wrong.push(`${where}: exit ${second.exitCode} ${second.stdout.slice(0, 500)}`);
          if (there !== (verb === 'deploy' ? places.length : 0)) wrong.push(`${where}: ${there} objects`);
          if (verb === 'deploy' && kept !== used) wrong.push(`${where}: two secrets`);
          if (writesIn(third.requests).length > 0) wrong.push(`${where}: not at rest`);
          wrong.push(...orphansIn(hub.sandbox).map((name) => `${where}: orphan ${name}`));
          if (verb === 'deploy') await hub.run('grafana clean --yes -o json');
        }
      }

      expect(counting.deploy.writes.length).toBeGreaterThan(9);
      expect(deaths).toBeGreaterThan(5);
      expect(wrong).toEqual([]);
      rows.push({
        what: `grafana deploy and clean killed after a write, ACM ${acm}`,
        tried: deaths,
        bad: { lost: 0, stuck: 0 },
      });
    } finally {
      await hub.stop();
    }
  });
});

describe.each(releases)('a dashboard’s way on ACM %s', (acm) => {
  it('is gone to its end by the next run after a death at any write', { timeout: patience }, async () => {
    const hub = await createHarness({ scenario: 'quest', size: 1, acm, state: 'installed' });
    const folder = await mkdtemp(join(tmpdir(), 'grafana-deaths-'));
    const visit = (path: string, of = 'grafana-dev', user = administrator) =>
      hub.sandbox.visitGrafana({ of, user, method: 'GET', path });
    const filesOf = (turn: string) => ['one', 'two'].map((name) => join(folder, `${name}-${turn}.json`));
    /** Each with names of its own every time, and what must be there in the end. */
    const ways: readonly Way[] = [
      {
        name: 'import',
        async prepare(turn) {
          for (const [at, file] of filesOf(turn).entries()) {
            const model = { uid: `uid-${turn}-${at}`, title: `Board ${turn} ${at}`, panels: [] };
            await writeFile(file, JSON.stringify(model));
          }
          return ['grafana', 'import', ...filesOf(turn), '--folder', `Team ${turn}`, '--yes'];
        },
        isThere: (turn) =>
          [0, 1].every((at) => {
            const { body } = visit(`/api/dashboards/uid/uid-${turn}-${at}`);
            return JSON.stringify(body).includes(`"folderTitle":"Team ${turn}"`);
          }),
      },
      {
        name: 'grant-admin',
        async prepare(turn) {
          visit('/api/search', 'grafana-dev', `user-${turn}`);
          return ['grafana', 'grant-admin', `user-${turn}`];
        },
        isThere: (turn) =>
          new RegExp(`"login":"user-${turn}"[^}]*"role":"Admin"`).test(JSON.stringify(visit('/api/orgs/1/users').body)),
      },
      {
        name: 'promote',
        async prepare(turn) {
          const body = { dashboard: { uid: `new-${turn}`, title: `New ${turn}`, panels: [] }, overwrite: true };
          const path = '/api/dashboards/db';
          hub.sandbox.visitGrafana({ of: 'grafana-dev', user: administrator, method: 'POST', path, body });
          return ['grafana', 'promote', `new-${turn}`, '--yes'];
        },
        isThere: (turn) => visit(`/api/dashboards/uid/new-${turn}`, 'observability-grafana').status === 200,
      },
    ];
    try {
      await hub.run('grafana deploy --yes -o json');
      const wrong: string[] = [];
      let deaths = 0;
      for (const { name, prepare, isThere } of ways) {
        const counting = dyingAfter(Number.POSITIVE_INFINITY, hub.clock);
        await hub.run(await prepare('0'), { wires: counting });
        for (const moment of upTo(counting.writes.length)) {
          const turn = String(moment);
          const line = await prepare(turn);
          const wires = dyingAfter(moment, hub.clock);
          const first = await hub.run(line, { wires });
          const second = await hub.run(line);
          const third = await hub.run(line);
          deaths += first.exitCode === killed ? 1 : 0;
          const where = `${name} after write ${moment} (${wires.writes.at(-1)})`;
          if (second.exitCode !== 0) wrong.push(`${where}: exit ${second.exitCode} ${second.stderr.slice(0, 500)}`);
          if (!isThere(turn)) wrong.push(`${where}: not there`);
          if (writesIn(third.requests).length > 0) wrong.push(`${where}: not at rest`);
          wrong.push(...orphansIn(hub.sandbox).map((orphan) => `${where}: orphan ${orphan}`));
        }
      }

      expect(deaths).toBeGreaterThan(5);
      expect(wrong).toEqual([]);
      rows.push({
        what: `grafana import, grant-admin and promote killed after a write, ACM ${acm}`,
        tried: deaths,
        bad: { lost: 0, stuck: 0 },
      });
    } finally {
      await hub.stop();
      await rm(folder, { recursive: true });
    }
  });
});
