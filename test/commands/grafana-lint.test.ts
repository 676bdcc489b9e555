import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHarness, type Harness } from '../helpers/harness.ts';

const panel = (expr: string) => ({
  id: 1,
  type: 'timeseries',
  title: 'Load',
  fieldConfig: { defaults: { unit: 'short' } },
  targets: [{ expr }],
});

describe('grafana lint', () => {
  let hub: Harness;
  let folder: string;
  const at = (name: string) => join(folder, name);
  const put = (name: string, content: unknown) =>
    writeFile(at(name), typeof content === 'string' ? content : JSON.stringify(content));
  const declaring = (...dashboards: unknown[]) => ({
    env: { ACM_OBSERVABILITY_DASHBOARDS: JSON.stringify(dashboards) },
  });

  beforeAll(async () => {
    hub = await createHarness({ scenario: 'quest', size: 1, state: 'installed' });
    folder = await mkdtemp(join(tmpdir(), 'grafana-lint-'));
    await put('sound.json', { uid: 'sound', title: 'Sound', panels: [panel('up')] });
    await put('stumble.json', { uid: 'stumble', title: 'Stumble', panels: [panel('rate(up[1m])')] });
    await put('faulty.json', { uid: 'faulty', title: 'Faulty', panels: [panel('sum(up')] });
    await put('absent.json', { uid: 'absent', title: 'Absent', panels: [panel('nobody_has_this')] });
    await put('broken.json', '{ "title": ');
  });

  afterAll(async () => {
    await hub?.stop();
    await rm(folder, { recursive: true });
  });

  it('names file, dashboard, place and fault, needs no hub, and ends with 3 where something cannot work', async () => {
    const { stdout, exitCode, requests } = await hub.run(
      `grafana lint ${['sound', 'stumble', 'faulty', 'broken'].map((name) => at(`${name}.json`)).join(' ')}`,
    );

    const shown = (name: string) => at(name);
    expect(stdout.split('\n')).toEqual([
      `${shown('stumble.json')}: warning: "Stumble", panel "Load": [1m] holds too few samples at 300 s between two: write [$__rate_interval]`,
      `${shown('faulty.json')}: error: "Faulty", panel "Load": the expression does not parse: it ends too early`,
      expect.stringMatching(/broken\.json: error: file: /),
      '3 dashboards: 2 errors, 1 warning.',
      '',
    ]);
    expect(exitCode).toBe(3);
    expect(requests).toEqual([]);
  });

  it('ends well with warnings, and with 4 under --strict', async () => {
    const line = `grafana lint ${at('stumble.json')}`;

    expect((await hub.run(line)).exitCode).toBe(0);
    expect((await hub.run(`${line} --strict`)).exitCode).toBe(4);
  });

  it('takes the dashboards of the configuration and of its packs, and finds two that Grafana would take for one', async () => {
    const packs = JSON.stringify([{ name: 'leaderboard', parameters: { start: 60 } }]);
    const fine = await hub.run('grafana lint -o json', {
      env: { ...declaring({ path: at('sound.json'), folder: 'Team' }).env, ACM_OBSERVABILITY_PACKS: packs },
    });
    await put('twin.json', { uid: 'sound', title: 'Twin', panels: [] });
    const twins = await hub.run('grafana lint', declaring(at('sound.json'), at('twin.json')));
    const none = await hub.run('grafana lint');

    const { dashboards, findings } = JSON.parse(fine.stdout);
    expect(dashboards).toBeGreaterThan(1);
    expect(findings.filter(({ severity }: { severity: string }) => severity === 'error')).toEqual([]);
    expect([fine.exitCode, twins.exitCode, none.exitCode]).toEqual([0, 65, 64]);
    expect(twins.stderr).toContain('same uid sound');
  });

  it('asks the hub with --live which metrics there are', async () => {
    const offline = await hub.run(`grafana lint ${at('absent.json')} ${at('sound.json')} -o json`);
    const live = await hub.run(`grafana lint ${at('absent.json')} ${at('sound.json')} --live -o json`);

    const provided = await hub.run(`grafana lint ${at('absent.json')} --live -o json`, {
      env: { ACM_OBSERVABILITY_METRICS_PLATFORM: 'nobody_has_this' },
    });

    expect(JSON.parse(offline.stdout).findings).toEqual([]);
    expect(JSON.parse(provided.stdout).findings).toEqual([]);
    expect(
      JSON.parse(live.stdout).findings.map(({ file, message }: Record<string, string>) => [file, message]),
    ).toEqual([[at('absent.json'), 'nobody collects nobody_has_this']]);
  });

  it('has text and JSON, also in files', async () => {
    const refused = await hub.run(`grafana lint ${at('sound.json')} -o junit`);
    const path = relative(process.cwd(), at('found.json'));
    const written = await hub.run(`grafana lint ${at('faulty.json')} -o text -o json=${path}`);

    expect(refused.exitCode).toBe(64);
    expect(written.stdout).toContain('1 dashboard: 1 error, 0 warnings.');
  });
});
