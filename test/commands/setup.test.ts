import { render } from '@inquirer/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Answers, answersToYaml, twin } from '../../src/commands/setup/answers.ts';
import type { Ask } from '../../src/commands/setup/ask.ts';
import { foundBy } from '../../src/commands/setup/found.ts';
import type { Found } from '../../src/commands/setup/questions.ts';
import { terminalAsk } from '../../src/commands/setup/terminal.ts';
import { introduction, setup } from '../../src/commands/setup.ts';
import { loadConfig } from '../../src/config/load.ts';
import { loadPacks, shippedPacks } from '../../src/packs/load.ts';
import { folderWith } from '../config/folder.ts';

const found: Found = {
  hub: { name: 'hub-paris', api: 'https://api.hub.example.com:6443', acmVersion: '2.14.1', clusterID: '1C2D3E4F-aaaa' },
  clusters: [
    { name: 'paris', available: true },
    { name: 'lyon', available: true },
    { name: 'edge-07', available: false },
  ],
  missingRights: [],
  store: { region: 'eu-west-3', keys: 'static', keysFrom: 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY' },
  packs: await shippedPacks(),
};

/** Answers from a list; an absent answer takes the default. Keeps everything said and asked. */
function scripted(answers: Readonly<Record<string, string | boolean | readonly string[]>>) {
  const said: string[] = [];
  const refused: string[] = [];
  const answerTo = (message: string) => {
    said.push(message);
    return Object.entries(answers).find(([part]) => message.includes(part))?.[1];
  };
  const ask: Ask = {
    say: (text) => {
      said.push(text);
    },
    text: async ({ message, default: byDefault = '', fault }) => {
      const text = String(answerTo(message) ?? byDefault);
      const wrong = fault?.(text);
      if (wrong === undefined) return text;
      refused.push(`${message} ${wrong}`);
      return byDefault;
    },
    secret: async (message) => String(answerTo(message) ?? ''),
    yesNo: async (message, byDefault) => (answerTo(message) ?? byDefault) === true,
    choose: async (message, choices, byDefault) => {
      const answer = answerTo(message);
      return choices.find(({ value }) => value === answer)?.value ?? byDefault;
    },
    pick: async (message) => [...((answerTo(message) ?? []) as readonly string[])],
  };
  return { ask, said, refused };
}

/** Runs the wizard and loads what it wrote, with no other source of values. */
async function run(answers: Parameters<typeof scripted>[0], what: Found = found, exists = false) {
  const files: Record<string, string> = {};
  const script = scripted(answers);
  const outcome = await setup({
    found: what,
    ask: script.ask,
    file: { path: 'acm-observability.yaml', exists },
    write: async (path, text) => {
      files[path] = text;
    },
  });
  const { config } = await loadConfig({ cwd: await folderWith(files), env: {} });
  return { outcome, config, files, ...script };
}

describe('setup', () => {
  it('needs nothing but the return key: every question has an answer', async () => {
    const { config, outcome, refused } = await run({});

    expect(refused).toEqual([]);
    expect(outcome).toEqual({ written: true, showPlan: true });
    expect(config.storage).toEqual({
      provider: 's3',
      bucket: 'acm-metrics-1c2d3e4f',
      region: 'eu-west-3',
      create: true,
    });
    expect(config.clusters.select).toEqual({ all: true });
    expect(config.hub.clusterID).toBe('1C2D3E4F-aaaa');
  });

  it('puts every answer into the file', async () => {
    const { config, refused } = await run({
      '1/5': 'names',
      'Which ones': ['paris', 'edge-07'],
      '2/5': 's3',
      '3/5': 'metrics-of-ours',
      Endpoint: 'https://s3.example.com:9000',
      'File with its CA': './store-ca.crt',
      '4/5': 'leaderboard, catalog_entities_count',
      'leaderboard, start': '2026-10-04T15:15:00+02:00',
      '5/5': './dashboards/*.json',
    });

    expect(refused).toEqual([]);
    expect(config.clusters.select).toEqual({ names: ['paris', 'edge-07'] });
    expect(config.storage).toMatchObject({
      bucket: 'metrics-of-ours',
      endpoint: 'https://s3.example.com:9000',
      caFile: './store-ca.crt',
    });
    expect(config.packs).toEqual([{ name: 'leaderboard', parameters: { start: '2026-10-04T15:15:00+02:00' } }]);
    await expect(loadPacks(config.packs, config.baseFolder)).resolves.toHaveLength(1);
    expect(config.metrics).toEqual({ platform: [], userWorkload: ['catalog_entities_count'] });
    expect(config.dashboards).toEqual(['./dashboards/*.json']);
  });

  it('refuses a value a pack could not use', async () => {
    const { refused } = await run({ '4/5': 'leaderboard', 'leaderboard, start': 'tomorrow' });

    expect(refused).toEqual([expect.stringContaining('must be a time with its zone')]);
  });

  it('asks for keys only when there are none that last, and writes them nowhere', async () => {
    const none: Found = { ...found, store: { keys: 'none' } };

    const typed = await run({ Region: 'eu-west-3', 'Access key': 'canary-id', 'Secret key': 'canary-key' }, none);
    const later = await run({ Region: 'eu-west-3' }, none);
    const there = await run({});

    expect(typed.outcome.keys).toEqual({ accessKey: 'canary-id', secretKey: 'canary-key' });
    expect(JSON.stringify([typed.files, typed.said])).not.toContain('canary');
    expect(later.outcome.keys).toBeUndefined();
    expect(later.said.join('\n')).toContain('ACM_OBSERVABILITY_STORAGE_SECRET_KEY');
    expect(there.said.join('\n')).not.toContain('Secret key');
    expect(there.said.join('\n')).toContain('Key: from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (found, hidden)');
  });

  it('says why keys that expire will not do', async () => {
    const { said } = await run({ Region: 'eu-west-3' }, { ...found, store: { keys: 'temporary' } });

    expect(said.join('\n')).toContain('The keys found expire');
  });

  it('refuses a key pasted into a question that is shown', async () => {
    const { refused } = await run({ '4/5': 'AKIAZZZZZZZZZZZZZZZZ' });

    expect(refused).toEqual([expect.stringContaining('looks like a secret')]);
  });

  it('keeps a file that is there unless told otherwise', async () => {
    const kept = await run({}, found, true);
    const replaced = await run({ 'Replace it': true }, found, true);

    expect(kept.outcome).toEqual({ written: false, showPlan: false });
    expect(kept.files).toEqual({});
    expect(kept.said.join('\n')).not.toContain('1/5');
    expect(replaced.outcome.written).toBe(true);
  });

  it('leaves the store to a Secret that is already there', async () => {
    const { config, said } = await run({ '2/5': 'existing', '3/5': 'my-thanos' });

    expect(config.storage).toMatchObject({
      provider: 'existing',
      existingSecret: { name: 'my-thanos', key: 'thanos.yaml' },
    });
    expect(said.join('\n')).not.toContain('Bucket');
  });

  it('ends with the command that does the same without questions', async () => {
    const { said } = await run({});

    expect(said.find((text) => text.startsWith('Wrote'))).toBe(
      'Wrote acm-observability.yaml (no secrets inside). The same without questions, in CI:\n  acm-observability apply -f acm-observability.yaml --yes',
    );
    expect(twin("my file's.yaml", 'none needed')).toBe("  acm-observability apply -f 'my file'\\''s.yaml' --yes");
  });

  it('tells at the start what was found, and what is missing', () => {
    const text = introduction({
      ...found,
      hub: { ...found.hub, observability: 'observability' },
      missingRights: ['create secrets', 'patch configmaps'],
    });

    expect(text).toMatchInlineSnapshot(`
      "ACM observability setup: five questions, about two minutes.
      Nothing changes before you approve a plan. Ctrl-C is safe at any time.
        ok    hub         hub-paris, ACM 2.14.1, https://api.hub.example.com:6443
        ok    clusters    3 managed clusters: 2 available, 1 offline (edge-07)
        FAIL  permission  you may not: create secrets
                          patch configmaps
        note  install     observability is there: \`acm-observability config import\` writes a file of it
      "
    `);
  });
});

describe('foundBy', () => {
  it('takes names and places along, and no key', async () => {
    const { config } = await loadConfig({ cwd: await folderWith(), env: { S3_BUCKET_NAME: 'acm-metrics' } });

    const what = foundBy({
      hub: {
        name: 'local-cluster',
        api: 'https://api.hub.example.com:6443',
        clusterID: '1c2d',
        acmVersion: '2.14.1',
        version: [2, 14],
        architecture: 'legacy',
        multiClusterHub: { apiVersion: '', kind: '', metadata: { name: 'hub', namespace: 'acm' } },
        observabilities: [],
        managedClusters: [
          { apiVersion: '', kind: '', metadata: { name: 'paris' } },
          {
            apiVersion: '',
            kind: '',
            metadata: { name: 'lyon' },
            status: { conditions: [{ type: 'ManagedClusterConditionAvailable', status: 'True' }] },
          },
        ],
      },
      config,
      keys: { kind: 'static', accessKey: 'canary', secretKey: 'canary', from: 'A and B' },
      missingRights: [],
      packs: [],
    });

    expect(what.clusters).toEqual([
      { name: 'lyon', available: true },
      { name: 'paris', available: false },
    ]);
    expect(what.store).toEqual({ bucket: 'acm-metrics', keys: 'static', keysFrom: 'A and B' });
    expect(JSON.stringify(what)).not.toContain('canary');
  });
});

describe('answersToYaml', () => {
  it('writes what was answered and nothing else', () => {
    expect(
      answersToYaml({
        hub: {},
        clusters: { all: true },
        storage: { provider: 's3', bucket: 'acm-metrics', region: 'eu-west-3' },
        metrics: { platform: [], userWorkload: [] },
        packs: [],
        dashboards: [],
      }),
    ).toMatchInlineSnapshot(`
      "# Written by \`acm-observability setup\`. No secrets are in here, and none belong here.
      apiVersion: acm-observability/v1
      storage:
        provider: s3
        bucket: acm-metrics
        region: eu-west-3
      clusters:
        select:
          all: true
      "
    `);
  });

  it('writes a file that loads as what was answered, whatever was answered', async () => {
    const word = fc.stringMatching(/^[a-zA-Z_][ -~]{0,10}$/).filter((text) => !text.includes('://'));
    const answers = fc.record({
      hub: fc.record({ clusterID: fc.uuid() }, { requiredKeys: [] }),
      clusters: fc.oneof(
        fc.constant({ all: true } as const),
        fc.record({ names: fc.array(word, { minLength: 1, maxLength: 3 }) }),
        fc.record({ selector: word }),
      ),
      storage: fc.record(
        {
          provider: fc.constant('s3' as const),
          bucket: fc.stringMatching(/^[a-z]{3,9}$/),
          region: fc.stringMatching(/^[a-z0-9-]{1,9}$/),
          caFile: word,
        },
        { requiredKeys: ['provider', 'bucket'] },
      ),
      metrics: fc.record({
        platform: fc.array(fc.stringMatching(/^[a-z_]{1,9}$/), { maxLength: 2 }),
        userWorkload: fc.array(fc.stringMatching(/^[a-z_]{1,9}$/), { maxLength: 2 }),
      }),
      packs: fc.constantFrom([], ['leaderboard'], ['./packs/ours', 'leaderboard']),
      dashboards: fc.array(word, { maxLength: 2 }),
    });

    await fc.assert(
      fc.asyncProperty(answers, async (given: Answers) => {
        const stdin = (async function* () {
          yield answersToYaml(given);
        })();
        const { config } = await loadConfig({ cwd: '/', env: {}, file: '-', stdin });

        expect(config.storage).toMatchObject(given.storage);
        expect(config.clusters.select).toEqual(given.clusters);
        expect(config.metrics).toEqual(given.metrics);
        expect(config.dashboards).toEqual(given.dashboards);
        expect(config.packs.map(({ name, path }) => name ?? path)).toEqual(given.packs);
        expect(config.hub).toEqual(given.hub);
      }),
    );
  });
});

describe('setup on a terminal', () => {
  it('asks one question after the other, checks answers, and hides keys', async () => {
    const files: Record<string, string> = {};
    const { answer, events, getScreen, nextRender, getFullOutput } = await render(
      (_: object, { input = process.stdin, output = process.stderr } = {}) => {
        // A prompt ends the stream it wrote to, unless that is one of the process: here one stream serves all of them.
        output.end = () => output;
        return setup({
          found: { ...found, store: { keys: 'none' } },
          ask: terminalAsk({ input, output }),
          file: { path: 'acm-observability.yaml', exists: false },
          write: async (path, text) => {
            files[path] = text;
          },
        });
      },
      {},
    );
    const shows = async (text: string) => {
      while (!getScreen().includes(text)) await nextRender();
    };
    const reply = async (question: string, text: string) => {
      await shows(question);
      events.type(text);
      events.keypress('enter');
    };

    await reply('1/5', '1');
    await reply('2/5', '1');
    await shows('3/5');
    events.type('B_bad');
    events.keypress('enter');
    await shows('must be lower-case letters');
    for (let index = 0; index < 5; index += 1) events.keypress('backspace');
    events.type('acm-metrics');
    events.keypress('enter');
    await reply('Region', 'eu-west-3');
    await reply('Access key', 'canary-id');
    await reply('Secret key', 'canary-key');
    await reply('4/5', '');
    await reply('5/5', '');
    await reply('Show the plan now?', 'n');

    await expect(answer).resolves.toEqual({
      written: true,
      showPlan: false,
      keys: { accessKey: 'canary-id', secretKey: 'canary-key' },
    });
    expect(files['acm-observability.yaml']).toContain('bucket: acm-metrics\n');
    expect(await getFullOutput()).not.toContain('canary');
    expect(JSON.stringify(files)).not.toContain('canary');
  });
});
