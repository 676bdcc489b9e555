import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileAllowlist, decodeAsCollector } from '../../src/packs/allowlist.ts';
import { oneLine } from '../../src/packs/promql.ts';
import { allowlistLists } from '../../src/resources/allowlist-entries.ts';
import { mergeLists } from '../../src/resources/shared-lists.ts';
import { pack } from '../helpers/packs.ts';
import { promql } from '../helpers/promql-arbitraries.ts';

const nothing = { platform: [], userWorkload: [] };

function render(...args: Parameters<typeof compileAllowlist>): Readonly<Record<string, string>> {
  return mergeLists({ data: {}, annotations: {} }, 'us', allowlistLists(compileAllowlist(...args)), 'here').data;
}

describe('the custom allowlist', () => {
  it('puts each metric into the list of the Prometheus that has it', () => {
    const ours = pack({ platform: { names: ['up'] }, userWorkload: { matches: ['__name__="x"'] } });

    const data = render([ours], { platform: ['up', 'kube_pod_info'], userWorkload: ['fights_total'] });

    expect(data).toEqual({
      'metrics_list.yaml': "names:\n- 'up'\n- 'kube_pod_info'\n",
      'uwl_metrics_list.yaml': "names:\n- 'fights_total'\nmatches:\n- '__name__=\"x\"'\n",
    });
  });

  it('writes rules as recording_rules, on one line, as the inside of a JSON string', () => {
    const expr = 'sum(x{a=~"b\\\\d"}) # why\n  + y{c=\'it\'}';
    const ours = pack({ platform: { recordingRules: [{ record: 'our:x', expr }] } });

    const data = render([ours], nothing);

    expect(data).toEqual({
      'metrics_list.yaml': "recording_rules:\n- record: our:x\n  expr: 'sum(x{a=~\\\"b\\\\\\\\d\\\"}) + y{c=''it''}'\n",
    });
  });

  it('reaches the collector as it was meant, whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(promql, { minLength: 1, maxLength: 3 }), (expressions) => {
        const recordingRules = expressions.map((expr, index) => ({ record: `our:rule${index}`, expr }));

        const decoded = decodeAsCollector(
          render([pack({ platform: { recordingRules } })], nothing)['metrics_list.yaml'],
        );

        expect(decoded.refused).toEqual([]);
        expect(decoded.rules).toEqual(
          recordingRules.map(({ record, expr }) => ({ name: record, query: oneLine(expr) })),
        );
      }),
      { numRuns: 300 },
    );
  });

  it.each(['up"', 'a b', '{x="y"}', '$(HOME)'])('%j as a name would stop every collector, and is refused', (name) => {
    const compile = () => compileAllowlist([], { platform: [name], userWorkload: [] });

    expect(compile).toThrow(expect.objectContaining({ code: 'pack-invalid' }));
  });

  it('$(…) is refused: Kubernetes would expand it', () => {
    const ours = pack({ platform: { recordingRules: [{ record: 'our:x', expr: 'x{a="$(HOME)"}' }] } });

    expect(() => compileAllowlist([ours], nothing)).toThrow('$(…)');
  });

  it('two packs may ask for the same, but not mean different things by one record', () => {
    const rule = (name: string, expr: string) =>
      pack({ name, platform: { recordingRules: [{ record: 'our:x', expr }] } });

    const same = compileAllowlist([rule('a', 'up  # yes'), rule('b', 'up')], nothing);
    const different = () => compileAllowlist([rule('a', 'up'), rule('b', 'down')], nothing);

    expect(same.platform.recording_rules).toEqual([{ record: 'our:x', expr: 'up' }]);
    expect(different).toThrow(
      expect.objectContaining({ code: 'pack-collision', message: expect.stringMatching(/pack a.*pack b/) }),
    );
  });
});

describe('what a collector makes of a list written by hand', () => {
  it.each([
    ['double quotes left as they are', 'recording_rules:\n- record: r\n  expr: sum(x{a="b"})\n'],
    ['backslashes eaten by YAML', 'recording_rules:\n- record: r\n  expr: "sum(x{a=\\"b\\"})"\n'],
    ['a literal block with its line break', 'recording_rules:\n- record: r\n  expr: |\n    sum(x)\n'],
    ['folded lines indented further', 'recording_rules:\n- record: r\n  expr: >-\n    sum(\n      x\n    )\n'],
    ['broken PromQL', 'recording_rules:\n- record: r\n  expr: sum(\n'],
  ])('skips a rule with %s', (_, text) => {
    const decoded = decodeAsCollector(text);

    expect(decoded.rules).toEqual([]);
    expect(decoded.refused).toEqual([{ name: 'r', reason: expect.any(String) }]);
  });

  it('takes escaped and single-quoted PromQL', () => {
    const text = 'recording_rules:\n- record: r\n  expr: sum(x{a=\\"b\\"})\n- record: s\n  expr: sum(x{a=\'b\'})\n';

    const decoded = decodeAsCollector(text);

    expect(decoded.rules).toEqual([
      { name: 'r', query: 'sum(x{a="b"})' },
      { name: 's', query: "sum(x{a='b'})" },
    ]);
  });

  it('drops everything for a scalar in the place of a list', () => {
    expect(() => decodeAsCollector('names: up\n')).toThrow(expect.objectContaining({ code: 'document-invalid' }));
  });
});
