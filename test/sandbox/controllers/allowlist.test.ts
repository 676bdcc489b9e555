import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultLists, mergedLists } from '../../../src/sandbox/controllers/allowlist/configmap.ts';
import {
  emptyList,
  formatList,
  ListError,
  mergeLists,
  parseList,
} from '../../../src/sandbox/controllers/allowlist/list.ts';
import { collectorArguments, readArguments } from '../../../src/sandbox/controllers/collector/arguments.ts';

describe('reading a list', () => {
  test.each([
    ['an unknown key is ignored', 'name:\n  - a\nnames:\n  - b\n', ['b']],
    ['of a key given twice the last counts', 'names:\n  - a\nnames:\n  - b\n', ['b']],
    ['scalars of other types are strings', 'names:\n  - 5\n  - true\n  - :x\n  - -foo\n', ['5', 'true', ':x', '-foo']],
    ['nothing is an empty list', 'names:\n', []],
    ['an empty text is an empty list', '', []],
  ])('%s', (_what, text, names) => {
    expect(parseList(text).names).toEqual(names);
  });

  test.each([
    ['a scalar for a list', 'names: foo\n'],
    ['an item that is a map', 'names:\n  - a: b\n'],
    ['an item with a trailing colon', 'names:\n  - foo:\n'],
    ['a list as root', '- a\n'],
    ['a tab for indentation', 'names:\n\t- a\n'],
    ['an expression that begins with a brace', 'recording_rules:\n  - record: a\n    expr: {a="b"} > 0\n'],
  ])('%s refuses the whole text', (_what, text) => {
    expect(() => parseList(text)).toThrow(ListError);
  });

  test('what was written is read again', () => {
    const name = fc.stringMatching(/^[a-z_][a-z0-9_:]{0,12}$/);
    const expr = fc.string({ maxLength: 40 }).filter((text) => text.trim() !== '');

    fc.assert(
      fc.property(fc.array(name), fc.array(fc.record({ record: name, expr })), (names, recording_rules) => {
        const list = { ...emptyList, names, recording_rules };

        expect(parseList(formatList(list))).toEqual(list);
      }),
    );
  });
});

describe('the custom list of the hub', () => {
  const rules = 'recording_rules:\n  - record: a:b\n    expr: sum(up)\n';
  const merge = (data: Record<string, string>, userWorkloadRules = true, log: string[] = []) =>
    mergedLists(defaultLists, data, { userWorkloadRules }, (message) => log.push(message));

  test('adds to the defaults and takes away what has a dash', () => {
    const { platform } = merge({ 'metrics_list.yaml': 'names:\n  - mine\n  - -up\n' });

    expect(platform.names).toContain('mine');
    expect(platform.names).not.toContain('up');
    expect(platform.names).toContain('machine_cpu_cores');
  });

  test('with a wrong type in one key loses the entries of both, and only the log tells', () => {
    const log: string[] = [];

    const lists = merge(
      { 'metrics_list.yaml': 'names:\n  - mine\n', 'uwl_metrics_list.yaml': 'names: wrong\n' },
      true,
      log,
    );

    expect(lists).toEqual(defaultLists);
    expect(log).toEqual([expect.stringMatching(/^Failed to unmarshal metrics_list/)]);
  });

  test.each([
    [true, ['a:b']],
    [false, []],
  ])('user-workload rules honoured: %s', (honoured, records) => {
    const { userWorkload } = merge({ 'uwl_metrics_list.yaml': rules }, honoured);

    expect(userWorkload.recording_rules.map(({ record }) => record)).toEqual(records);
  });

  test('the deprecated key counts for the platform only, and only where the new one is absent', () => {
    const old = rules.replace('recording_rules', 'rules');

    const lists = merge({ 'metrics_list.yaml': old, 'uwl_metrics_list.yaml': old });
    const both = mergeLists(emptyList, parseList(`${old}${rules.replace('a:b', 'a:c')}`));

    expect(lists.platform.recording_rules).toHaveLength(1);
    expect(lists.userWorkload.recording_rules).toEqual([]);
    expect(both.recording_rules.map(({ record }) => record)).toEqual(['a:c']);
  });
});

describe('the arguments of a collector', () => {
  const rule = (expr: string) => ({ ...emptyList, recording_rules: [{ record: 'a:b', expr }] });

  test.each([
    ['escaped quotes', 'sum(x{a=\\"b\\"})', 'sum(x{a="b"})'],
    ['single quotes', "sum(x{a='b'})", "sum(x{a='b'})"],
    ['a doubled backslash', 'x{a=~\\"b\\\\\\\\d\\"}', 'x{a=~"b\\\\d"}'],
  ])('%s arrive', (_what, expr, expected) => {
    const { rules } = readArguments(collectorArguments(rule(expr), 300));

    expect(rules).toEqual([{ record: 'a:b', expr: expected }]);
  });

  test.each([
    ['quotes that are not escaped', 'sum(x{a="b"})'],
    ['a line break', 'sum(\n x)'],
  ])('%s lose the rule, and all else goes on', (_what, expr) => {
    const collection = readArguments(collectorArguments({ ...rule(expr), names: ['up'] }, 60));

    expect(collection.rules).toEqual([]);
    expect(collection.refused).toHaveLength(1);
    expect(collection).toMatchObject({ names: ['up'], intervalSeconds: 60 });
  });
});
