/** Generated YAML documents as people write them: comments, orders, flow and block styles, YAML 1.1 spellings. */
import fc from 'fast-check';

const scalar = fc.constantFrom(
  'yes',
  'off',
  '0644',
  '1_000',
  '1e3',
  '~',
  '"a: b"',
  "'it''s'",
  '15d',
  '10Gi',
  '2020-01-01',
  'https://a/b?c=d#e',
  '0x1F',
  '[a, b]',
  '{x: 1, z: [2]}',
  '&anchor v',
  '!!str yes',
  '"\\u00e9"',
  'é ☃',
);
const keys = fc.uniqueArray(
  fc.constantFrom('prometheusK8s', 'alertmanagerMain', 'http', 'x-unknown', 'nodeExporter', '"quoted"'),
  {
    minLength: 1,
    maxLength: 5,
  },
);
const comment = fc.constantFrom('', '', ' # why', ' # enableUserWorkload: false');
const before = fc.constantFrom('', '', '# a note\n', '\n', '# enableUserWorkload: true\n');

function entry(key: string): fc.Arbitrary<string> {
  return fc.oneof(
    fc.tuple(before, scalar, comment).map(([head, value, tail]) => `${head}${key}: ${value}${tail}\n`),
    fc
      .tuple(before, scalar, comment)
      .map(
        ([head, value, tail]) =>
          `${head}${key}:${tail}\n  retention: ${value}\n  # inner\n  nested:\n    - a\n    -  b${tail}\n`,
      ),
    fc.tuple(before, comment).map(([head]) => `${head}${key}: |\n  text: enableUserWorkload\n    more\n\n  end\n`),
    fc.tuple(before, comment).map(([head]) => `${head}${key}: >-\n  folded\n  text\n`),
  );
}

/** A mapping document without our key. */
export const foreignDocument: fc.Arbitrary<string> = keys
  .chain((names) =>
    fc.tuple(fc.constantFrom('', '---\n', '# head\n\n'), ...names.map(entry), fc.constantFrom('', '# end\n', '\n')),
  )
  .map((parts) => parts.join(''))
  .chain((text) => fc.constantFrom(text, text.replaceAll('\n', '\r\n'), text.replace(/\n+$/, '')));
