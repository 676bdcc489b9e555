import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isProblem } from '../../src/engine/problem.ts';
import { loadPack, loadPacks, openPack, withParameters } from '../../src/packs/load.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pack-'));
});

afterEach(() => rm(folder, { recursive: true }));

const head = 'apiVersion: acm-observability/pack-v1\nname: ours\ntitle: Ours\n';

async function load(yaml: string, parameters: Record<string, unknown> = {}) {
  await writeFile(join(folder, 'pack.yaml'), yaml.startsWith('apiVersion') ? yaml : head + yaml);
  return loadPack(folder, parameters);
}

async function refusal(yaml: string, parameters: Record<string, unknown> = {}): Promise<string> {
  try {
    await load(yaml, parameters);
  } catch (error) {
    if (isProblem(error, 'pack-invalid')) return error.message;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('a pack written once for a matrix', () => {
  const yaml = `
parameters:
  exercises: { type: list, default: [{ name: hero, database: true }, { name: fight, database: false }], description: d }
  window: { type: duration, default: 2h, description: d }
matrix:
  exercise: \${{ exercises }}
  environment: [dev, prod]
collect:
  userWorkload:
    names: [fights_total]
    recordingRules:
      - each: [exercise, environment]
        when: { exercise.database: true }
        record: our_\${{ exercise.name }}:\${{ environment }}
        expr: sum(db{namespace=~".*-\${{ environment }}"})
hub:
  groups:
    - name: ours
      interval: 1m
      rules:
        - each: [environment]
          record: our_sum:\${{ environment }}
          expr: { each: [exercise], join: ' + ', expr: 'x_\${{ exercise.name }}' }
          labels: { env: '\${{ environment }}' }
`;

  it('is written out for every combination it is meant for', async () => {
    const pack = await load(yaml);

    expect(pack.collect.userWorkload.recordingRules).toEqual([
      { record: 'our_hero:dev', expr: 'sum(db{namespace=~".*-dev"})' },
      { record: 'our_hero:prod', expr: 'sum(db{namespace=~".*-prod"})' },
    ]);
    expect(pack.hub.groups).toEqual([
      {
        name: 'ours',
        interval: '1m',
        rules: [
          { record: 'our_sum:dev', expr: 'x_hero + x_fight', labels: { env: 'dev' } },
          { record: 'our_sum:prod', expr: 'x_hero + x_fight', labels: { env: 'prod' } },
        ],
      },
    ]);
  });

  it('follows its parameters', async () => {
    const pack = await load(yaml, { exercises: [{ name: 'villain', database: true }] });

    expect(pack.collect.userWorkload.recordingRules.map((rule) => rule.record)).toEqual([
      'our_villain:dev',
      'our_villain:prod',
    ]);
  });

  it('is written out again for other parameters without reading its files again', async () => {
    await writeFile(join(folder, 'pack.yaml'), head + yaml);
    const found = await openPack(folder);
    if ('issues' in found) throw new Error('the pack does not open');
    await rm(join(folder, 'pack.yaml'));

    const again = withParameters(found.opened, { exercises: [{ name: 'villain', database: true }] });

    expect(
      'opened' in again && again.opened.pack.collect.userWorkload.recordingRules.map(({ record }) => record),
    ).toEqual(['our_villain:dev', 'our_villain:prod']);
    expect(() => withParameters(found.opened, { window: 'soon' })).toThrow(
      expect.objectContaining({ code: 'pack-invalid', message: expect.stringContaining('parameter window') }),
    );
  });
});

describe('what is wrong is told with its place', () => {
  it.each([
    ['a misspelt key', 'colect: {}\n', /pack\.yaml:\d+:\d+: .*colect/],
    ['YAML that does not parse', 'title: [\n', /pack\.yaml:\d+:\d+: /],
    ['a wrong type', 'collect:\n  platform:\n    names: up\n', /pack\.yaml:6:12: collect\.platform\.names/],
    [
      'an expression',
      'collect:\n  platform:\n    recordingRules: [{ record: r, expr: "sum(" }]\n',
      /r: line 1, column 5 of the expression/,
    ],
    ['a metric name', "collect: { platform: { names: ['a\"b'] } }\n", /is not a metric name/],
    ['a match', 'collect: { platform: { matches: [\'a="b"} or {c="d"\'] } }\n', /not the inside of one selector/],
    [
      'an expansion',
      'collect: { platform: { recordingRules: [{ record: r, expr: \'x{a="$(HOME)"}\' }] } }\n',
      /\$\(…\)/,
    ],
    ['an interval', 'hub: { groups: [{ name: g, interval: often, rules: [{ record: r, expr: up }] }] }\n', /interval/],
    [
      'a group twice',
      'hub: { groups: [{ name: g, interval: 1m, rules: [{ record: r, expr: up }] }, { name: g, interval: 1m, rules: [{ record: r, expr: up }] }] }\n',
      /group g is there twice/,
    ],
    [
      'a name that stands for nothing',
      `hub: { groups: [{ name: g, interval: 1m, rules: [{ record: r, expr: "\${{ winow }}" }] }] }\nparameters: { window: { type: duration, default: 1h, description: d } }\n`,
      /winow.*did you mean window/,
    ],
    [
      'an alert without a runbook',
      'hub: { groups: [{ name: g, interval: 1m, rules: [{ alert: a, expr: up, labels: { severity: warning }, annotations: { summary: s } }] }] }\n',
      /hub\.groups\.0\.rules\.0/,
    ],
  ])('%s', async (_, yaml, message) => {
    expect(await refusal(yaml)).toMatch(message);
  });

  it('all missing and misspelt parameters at once', async () => {
    const yaml = `parameters:
  start: { type: timestamp, required: true, description: when it begins }
  users: { type: string, required: true, pattern: '[a-z]+', description: who }
  count: { type: integer, default: 1, description: how many }
`;

    const message = await refusal(yaml, { user: 'x', users: 'UPPER', count: 1.5 });

    expect(message.split('\n')).toEqual([
      'Pack ours: parameter user: no such parameter; did you mean users?',
      'parameter start: is missing (timestamp): when it begins',
      'parameter users: must match [a-z]+',
      'parameter count: must be a whole number',
    ]);
  });

  it.each([1728047700, '2024-10-04T15:15:00+02:00', new Date('2024-10-04T13:15:00Z')])(
    '%s is a time',
    async (start) => {
      const pack = await load('parameters: { start: { type: timestamp, description: d } }\n', { start });

      expect(pack.parameters).toEqual({ start: 1728047700 });
    },
  );

  it.each(['2024-10-04', '2024-10-04T15:15:00', 'noon', -1])('%s is no time', async (start) => {
    expect(await refusal('parameters: { start: { type: timestamp, description: d } }\n', { start })).toContain(
      'with its zone',
    );
  });

  it('a pack that is not there, with the nearest one that is', async () => {
    await expect(loadPack('leaderbord')).rejects.toMatchObject({
      code: 'pack-invalid',
      message: expect.stringContaining('did you mean leaderboard?'),
    });
  });
});

it('packs are read in the order of the configuration, folders relative to its file', async () => {
  await mkdir(join(folder, 'a'));
  await writeFile(join(folder, 'a', 'pack.yaml'), head);

  const packs = await loadPacks(
    [
      { path: './a', parameters: {} },
      { name: 'leaderboard', parameters: { start: 60 } },
    ],
    folder,
  );

  expect(packs.map((pack) => pack.name)).toEqual(['ours', 'leaderboard']);
});
