/** Monitoring configurations as a large fleet holds them: proper ones, odd ones, and some that no reader accepts. */
import fc from 'fast-check';
import { foreignDocument } from './yaml-arbitraries.ts';

const spelling = fc.constantFrom(
  'true',
  'false',
  'yes',
  'no',
  'On',
  'off',
  '"true"',
  "'yes'",
  '~',
  '',
  '# later',
  '[]',
  '{a: 1}',
  '&flag false',
  '!!bool "true"',
  'FALSE',
  '0',
);
const key = fc.constantFrom(
  'enableUserWorkload',
  'enableUserWorkload',
  'enableUserWorkload',
  '"enableUserWorkload"',
  "'enableUserWorkload' ",
  'EnableUserWorkload',
  '? enableUserWorkload\n',
);
const flag = fc
  .tuple(key, spelling, fc.constantFrom('', '', ' # why', '  '))
  .map(([name, value, tail]) => `${name}:${value === '' ? '' : ` ${value}`}${value.startsWith('#') ? '' : tail}\n`);

/** Our key somewhere among the lines of somebody else's document: between two top-level keys, or where it breaks it. */
const withFlag = fc.tuple(foreignDocument, flag, fc.nat()).map(([text, line, at]) => {
  const places = [...text.matchAll(/^(?=[^\s#-])/gm)].map(({ index }) => index);
  const place = at % 5 === 0 ? text.length : (places[at % Math.max(places.length, 1)] ?? 0);
  return text.slice(0, place) + line + text.slice(place);
});

const jsonValue = fc.constantFrom('1', '"15d"', 'true', 'null', '[1, 2]', '{"retention": "15d"}', '0.5');
const flow = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom('"a"', '"enableUserWorkload"', '"prometheusK8s"', 'http', 'enableUserWorkload'), {
      maxLength: 4,
    }),
    fc.array(jsonValue, { minLength: 4, maxLength: 4 }),
    fc.constantFrom('', '---\n', '# head\n', ' '),
    fc.constantFrom(['{', ', ', '}'], ['{\n  ', ',\n  ', '\n}\n'], ['{ ', ', ', ', }']),
  )
  .map(([names, values, head, [open = '', comma = '', close = '']]) => {
    return head + open + names.map((name, at) => `${name}: ${values[at] ?? '1'}`).join(comma) + close;
  });

const layouts: ((text: string) => string)[] = [
  (text) => text,
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => text.replaceAll(/^(?=[^\r\n])/gm, '  '),
  (text) => text.trimEnd(),
  (text) => `${text}\n\n`,
  (text) => `${text}...\n`,
  (text) => `${text}---\nb: 1\n`,
  (text) => `%YAML 1.1\n---\n${text}`,
  (text) => text.replace('\n', '\r'),
  (text) => `${text}a\u2028b: 1\n`,
  (text) => `\uFEFF${text}`,
  (text) => text.replace(/^( +)/m, '\t'),
  (text) => `${text}prometheusK8s: twice\n`,
  (text) => `base: &base\n  enableUserWorkload: false\n<<: *base\n${text}`,
  (text) => `text: "a\nenableUserWorkload: false\n"\n${text}`,
  (text) => text.replace('enableUserWorkload', '# enableUserWorkload: false\nenableUserWorkload'),
];
const laidOut = fc
  .tuple(fc.oneof(withFlag, foreignDocument), fc.constantFrom(...layouts))
  .map(([text, layout]) => layout(text));

/** A character gone, doubled or changed: what a slip of the hand leaves. */
const slipped = fc
  .tuple(fc.oneof(withFlag, flow), fc.nat(), fc.constantFrom('', ':', '"', ' ', '\n', '#', '{', ']', 'x', '\t', '-'))
  .map(([text, at, what]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + what + text.slice(place + (what === '' || at % 2 === 0 ? 1 : 0));
  });

export const monitoringConfiguration: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: foreignDocument },
  { weight: 4, arbitrary: withFlag },
  { weight: 4, arbitrary: laidOut },
  { weight: 2, arbitrary: flow },
  { weight: 2, arbitrary: slipped },
  { weight: 1, arbitrary: fc.constantFrom('', '{}', '~\n', '---\n', '# only\n', '- a\n', 'text\n', '{ }\n') },
);

/** Each document of the facts about shared documents, by its name (transport.md §6 and §10). */
export const namedConfigurations: readonly (readonly [name: string, text: string | undefined])[] = [
  ['no ConfigMap', undefined],
  ['empty', ''],
  ['an empty mapping', '{}'],
  ['comments only', '# only\n'],
  ['null', '~\n'],
  ['off, with comments', '# head\nprometheusK8s:\n  retention: 15d # long\nenableUserWorkload: false # not yet\n'],
  ['on', 'enableUserWorkload: true\nhttp: {}\n'],
  ['on by YAML 1.1', 'enableUserWorkload: yes\nhttp: {}\n'],
  ['on by YAML 1.1, in capitals', 'enableUserWorkload: ON # x\n'],
  ['off by YAML 1.1', 'enableUserWorkload: off\n'],
  ['the text "true"', 'enableUserWorkload: "true"\n'],
  ['the text "yes"', "enableUserWorkload: 'yes'\n"],
  ['no value', 'enableUserWorkload: # c\nhttp: {}\n'],
  ['YAML 1.1 truths of others', 'telemeterClient:\n  enabled: no\nx: yes\ny: on\n'],
  ['octal, hexadecimal and grouped numbers', 'fieldOfTomorrow:\n  mode: 0644\n  mask: 0x1F\n  limit: 1_000\n'],
  [
    'quantities and durations',
    'prometheusK8s: { retention: "7d", retentionSize: \'30GiB\', cpu: 500m, time: 12:30 }\n',
  ],
  ['dates', 'since: 2020-01-01\n'],
  ['a block text', 'a: |\n  enableUserWorkload: false\n\n  end\nb: >-\n  folded\n  text\n'],
  ['a last line without its end', 'a: |\n  foo'],
  ['anchors and aliases', 'a: &a\n  retention: 15d\nb: *a\nc:\n  <<: *a\n  x: 1\n'],
  ['our value by an alias', 'x: &x false\nenableUserWorkload: *x\n'],
  ['our value with an anchor', 'enableUserWorkload: &x false\ny: *x\n'],
  ['our key by a merge', 'd: &d {enableUserWorkload: false}\n<<: *d\n'],
  ['CRLF', 'a: 1\r\nenableUserWorkload: false\r\n'],
  ['CRLF without our key', 'a: 1\r\nb: 2\r\n'],
  ['tabs for indentation', 'prometheusK8s:\n\tretention: 15d\n'],
  ['a duplicate key', 'a: 1\na: 2\n'],
  ['our key twice', 'enableUserWorkload: false\nenableUserWorkload: false\n'],
  ['JSON', '{"prometheusK8s": {"retention": "15d"}}'],
  ['JSON with our key', '{"enableUserWorkload":false,"a":[1,2]}\n'],
  ['JSON over lines', '{\n  "a": 1\n}\n'],
  ['indented', '  a: 1\n  b: 2\n'],
  ['behind ---', '---\na: 1\n'],
  ['with an end marker', 'a: 1\n...\n'],
  ['two documents', 'a: 1\n---\nb: 1\n'],
  ['a directive', '%YAML 1.2\n---\na: 1\n'],
  ['no YAML', 'prometheusK8s:\n  retention: [15d\n'],
  ['a list', '- enableUserWorkload: true\n'],
  ['a text', 'hello\n'],
  ['a bare carriage return', 'a: 1 # x\renableUserWorkload: true'],
  ['wrong case', 'EnableUserWorkload: true\n'],
  ['a field named __proto__', '__proto__:\n  polluted: true\n'],
  ['templates of alerts', 'a: "{{ $labels.instance }}"\nb: \'{{hub x hub}}\'\n'],
  ['alerts forwarded', 'prometheusK8s:\n  additionalAlertmanagerConfigs:\n  - apiVersion: v2\n    scheme: https\n'],
];
