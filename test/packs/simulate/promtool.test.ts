import { describe, expect, it } from 'vitest';
import { askEngines, type EngineTest, type RuleEngine } from '../../../src/packs/simulate/promtool.ts';
import { answering } from '../../helpers/answering.ts';

const run = (...tests: EngineTest[]) => ({ rules: 'groups: []', evaluationSeconds: 60, stepSeconds: 30, tests });
const test = (id: string, values: EngineTest['series'][number]['values'] = [1]): EngineTest => ({
  series: [{ series: 'x', values }],
  questions: [{ id, expr: 'x', at: 60 }],
});

describe('the engine', () => {
  it('is asked by expectations that cannot hold, and its values come back by the id of the question', async () => {
    const { engine } = answering(() => '{__name__="x", user="a\\"b, {c}"} 1.5E+00, {user="d"} +Inf');

    const answers = await askEngines([run(test('one'))], engine, 1);

    expect([...answers]).toEqual([
      [
        'one',
        [
          { labels: { __name__: 'x', user: 'a"b, {c}' }, value: 1.5 },
          { labels: { user: 'd' }, value: Number.POSITIVE_INFINITY },
        ],
      ],
    ]);
  });

  it('gets values in its short form: repeated, missing, gone', async () => {
    const { engine, asked } = answering(() => 'nil');

    await askEngines([run(test('one', [0, 0, 0, undefined, undefined, 1, 'stale', undefined, 2]))], engine, 1);

    expect(asked[0]?.test.tests[0]?.input_series).toEqual([{ series: 'x', values: '0x2 _x2 1 stale _x1 2' }]);
  });

  it('is started as often as there are cores, each with a part of the tests', async () => {
    const { engine, asked } = answering((expr) => `{__name__="${expr.slice(-3)}"} 1`);
    const ids = ['id1', 'id2', 'id3', 'id4', 'id5'];

    const answers = await askEngines([run(...ids.map((id) => test(id)))], engine, 2);

    expect(asked.map(({ test: { tests } }) => tests.length)).toEqual([3, 2]);
    expect([...answers.keys()]).toEqual(ids);
  });

  it('that says anything but values is not believed', async () => {
    const engine: RuleEngine = async () => 'test.yaml: yaml: unmarshal errors: field x not found';

    await expect(askEngines([run(test('one'))], engine, 1)).rejects.toMatchObject({ code: 'engine-refused' });
  });
});
