import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { variableOf } from '../../src/config/environment.ts';
import { configKeys } from '../../src/config/keys.ts';
import { loadConfig } from '../../src/config/load.ts';
import { isProblem } from '../../src/engine/problem.ts';

const cwd = '/nowhere';
const fromText = (text: string | Uint8Array) =>
  loadConfig({
    cwd,
    env: {},
    file: '-',
    stdin: (async function* () {
      yield text;
    })(),
  });

const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/);
const word = fc.stringMatching(/^[ -~]{1,20}$/).filter((text) => !/[A-Za-z0-9/+]{16}|:\/\//.test(text));
const duration = fc
  .tuple(fc.nat(1000), fc.constantFrom('y', 'w', 'd', 'h', 'm', 's'))
  .map(([n, u]) => (u === 'y' ? `${n % 200}y` : n + u));
const metric = fc.stringMatching(/^[a-z_][a-z0-9_:]{0,20}$/);
const optional = { requiredKeys: [] };
const json = fc.dictionary(
  fc.stringMatching(/^x[a-z]{0,5}$/),
  fc.oneof(word, fc.integer(), fc.boolean(), fc.constant(null), fc.array(word, { maxLength: 2 })),
  { maxKeys: 3 },
);
const pack = fc.oneof(
  fc.record({ name, parameters: json }),
  fc.record({ path: name.map((text) => `./${text}`), parameters: json }),
);

const configs = fc.record(
  {
    hub: fc.record({ clusterID: fc.uuid(), context: word }, optional),
    storage: fc.record(
      {
        provider: fc.constantFrom('s3', 'bucketclaim', 'existing', 'azure', 'gcs'),
        bucket: fc.stringMatching(/^b[a-z0-9]{2,30}$/),
        region: name,
        endpoint: fc
          .tuple(fc.constantFrom('http', 'https'), name, fc.integer({ min: 1024, max: 65_535 }))
          .map(([s, h, p]) => `${s}://${h}.example.com:${p}`),
        caFile: word,
        create: fc.boolean(),
        existingSecret: fc.record({ name, key: word }),
      },
      optional,
    ),
    observability: fc.record(
      {
        name,
        interval: fc.integer({ min: 15, max: 3600 }),
        instanceSize: fc.constantFrom('default', 'small', '4xlarge'),
        storageClass: name,
        retention: fc.record({ raw: duration, fiveMinutes: duration, oneHour: duration }),
        spec: json,
      },
      optional,
    ),
    clusters: fc.record(
      {
        select: fc.oneof(
          fc.constant({ all: true }),
          fc.record({ names: fc.array(name, { minLength: 1, maxLength: 3 }) }),
          fc.record({ selector: word }),
        ),
        exclude: fc.array(name, { maxLength: 3 }),
        collection: fc.constantFrom('all', 'selected'),
      },
      optional,
    ),
    userWorkloadMonitoring: fc.record(
      {
        mode: fc.constantFrom('auto', 'action', 'policy', 'contexts', 'off'),
        contexts: fc.dictionary(name, word, { maxKeys: 3 }),
      },
      optional,
    ),
    packs: fc.array(pack, { maxLength: 3 }),
    metrics: fc.record(
      { platform: fc.array(metric, { maxLength: 3 }), userWorkload: fc.array(metric, { maxLength: 3 }) },
      optional,
    ),
    dashboards: fc.array(fc.oneof(word, fc.record({ path: word, folder: word }, { requiredKeys: ['path'] })), {
      maxLength: 3,
    }),
    grafana: fc.record({ dev: fc.boolean(), admins: fc.array(word, { maxLength: 3 }) }, optional),
    accept: fc.array(
      fc.record(
        { code: word, cluster: name, reason: word, until: fc.constantFrom('2026-12-31', '2028-02-29') },
        { requiredKeys: ['code', 'reason', 'until'] },
      ),
      { maxLength: 2 },
    ),
  },
  optional,
);

function isKnownOutcome(outcome: unknown): boolean {
  return isProblem(outcome) || (typeof outcome === 'object' && outcome !== null && 'config' in outcome);
}

describe('loadConfig', () => {
  it('gives back every value of any valid configuration written as YAML', async () => {
    await fc.assert(
      fc.asyncProperty(configs, async (written) => {
        const { config } = await fromText(stringify(written, { lineWidth: 0 }));

        expect(config).toMatchObject(written);
      }),
      { numRuns: 150 },
    );
  });

  it('ends in a configuration or a Problem for any bytes at all', async () => {
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc
        .array(
          fc.constantFrom(
            'storage',
            ':',
            ' ',
            '\n',
            '- ',
            '{',
            '}',
            '[',
            ']',
            '&a ',
            '*a ',
            '!t ',
            '"',
            "'",
            '|',
            '>',
            '#',
            '? ',
            '<<',
            '\t',
            '---\n',
            '...',
            '%',
            '@',
          ),
          { maxLength: 40 },
        )
        .map((parts) => parts.join('')),
    );

    await fc.assert(
      fc.asyncProperty(garbage, async (text) => {
        const outcome = await fromText(text).catch((error: unknown) => error);

        expect(isKnownOutcome(outcome)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('ends in a configuration or a Problem for any JSON value under any key', async () => {
    const paths = configKeys.map(({ path }) => path);

    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.jsonValue(), async (path, value) => {
        const written = path.split('.').reduceRight<unknown>((inner, step) => ({ [step]: inner }), value);
        const outcome = await fromText(JSON.stringify(written)).catch((error: unknown) => error);

        expect(isKnownOutcome(outcome)).toBe(true);
      }),
      { numRuns: 250 },
    );
  });

  it('ends in a configuration or a Problem for any text in any variable', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...configKeys.map(({ path }) => path)),
        fc.oneof(fc.string(), fc.json()),
        async (path, text) => {
          const outcome = await loadConfig({ cwd, env: { [variableOf(path)]: text } }).catch((error: unknown) => error);

          expect(isProblem(outcome) || (typeof outcome === 'object' && outcome !== null && 'config' in outcome)).toBe(
            true,
          );
        },
      ),
      { numRuns: 250 },
    );
  });
});
