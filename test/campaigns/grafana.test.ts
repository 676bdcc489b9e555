/**
 * The program dies right after any single write of a `grafana deploy` or a `grafana clean`. Run again it comes to the same
 * end, object by object; only the secret of the OAuth client, which is random, is its own.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { type KubeObject, type OAuthClient, OAuthClientKind, type Secret, SecretKind } from '../../src/kinds.ts';
import { development } from '../../src/resources/grafana-dev/names.ts';
import { createHarness, type Harness, killed, writesIn } from '../helpers/harness.ts';
import { dyingAfter } from './support/death.ts';
import { patience, sampled, upTo } from './support/sample.ts';
import { orphansIn } from './support/state.ts';
import { type Row, tell } from './support/tally.ts';

const rows: Row[] = [];
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

describe.each(['2.14', '2.17'])('the development Grafana on ACM %s', (acm) => {
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
