/** Who becomes an administrator of the development Grafana, and who is waited for. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administrator } from '../helpers/grafana.ts';
import { createHarness, type Harness, writesIn } from '../helpers/harness.ts';

let hub: Harness;

beforeAll(async () => {
  hub = await createHarness({ scenario: 'quest', size: 1, acm: '2.14', state: 'installed' });
  expect((await hub.run('grafana deploy --yes -o json')).exitCode).toBe(0);
});

afterAll(() => hub?.stop());

const logIn = (user: string) =>
  hub.sandbox.visitGrafana({ of: 'grafana-dev', user, method: 'GET', path: '/api/search' });
const admins = () => {
  const path = '/api/orgs/1/users';
  const { body } = hub.sandbox.visitGrafana({ of: 'grafana-dev', user: administrator, method: 'GET', path });
  return (body as { login: string; role: string }[])
    .filter(({ role, login }) => role === 'Admin' && login !== administrator)
    .map(({ login }) => login);
};

describe('a grant', () => {
  it('to several does not keep one waiting for another, in whatever order they log in', async () => {
    logIn('late');
    const granting = hub.run('grafana grant-admin never early late --timeout 60s');
    await hub.clock.sleep(20_000);
    const atOnce = admins();
    logIn('early');
    await hub.clock.sleep(20_000);
    const onTheWay = admins();

    const { exitCode, stderr, stdout } = await granting;

    expect([atOnce, onTheWay]).toEqual([['late'], ['late', 'early']]);
    expect([exitCode, stdout]).toEqual([7, '']);
    const told = stderr.replace(/\s+/g, ' ');
    expect(told).toContain('never, early have not logged in at https://grafana-dev-');
    expect(told).toContain('late is an administrator now.');
    expect(told).toContain('early is an administrator now.');
    expect(told).toContain('never has not logged in at https://grafana-dev-');
  });

  it('waits for nobody where it is told not to, and does what can be done', async () => {
    logIn('there');
    const at = hub.clock.now();

    const { exitCode, stderr } = await hub.run('grafana grant-admin absent there --no-wait');

    expect(exitCode).toBe(7);
    expect(hub.clock.now() - at).toBeLessThan(1_000);
    expect(stderr).not.toContain('Waiting');
    expect(admins()).toContain('there');
  });

  it('is to those of the configuration where nobody is named; nobody at all is an error', async () => {
    logIn('configured');
    const how = { env: { ACM_OBSERVABILITY_GRAFANA_ADMINS: 'configured' } };

    const granted = await hub.run('grafana grant-admin', how);
    const again = await hub.run('grafana grant-admin configured configured', how);
    const nobody = await hub.run('grafana grant-admin');

    expect([granted, again, nobody].map(({ exitCode }) => exitCode)).toEqual([0, 0, 65]);
    expect(granted.stdout).toMatch(/^configured is an administrator now\.\n\nAdministrators:\n/);
    expect(again.stdout.match(/already/g)).toHaveLength(1);
    expect(writesIn(again.requests)).toEqual([]);
  });
});
