/** Generated PromQL that parses: quotes of all three kinds, backslashes, comments, line breaks, unicode. */
import fc from 'fast-check';

const inner = fc.string({ unit: 'binary', maxLength: 12 });
const goodEscape = fc.constantFrom('\\\\', '\\"', "\\'", '\\n', '\\t', '\\\\d+', '#', '  ', '$', '$$', '$1', '{', '}');
const piece = fc.oneof(
  inner.map((text) => text.replace(/["'`\\\n\r$]/g, '')),
  goodEscape,
);
const body = fc.array(piece, { maxLength: 5 }).map((parts) => parts.join('').replaceAll('$(', '$'));

const quoted = fc.oneof(
  body.map((text) => `"${text.replace(/(?<!\\)"/g, '')}"`),
  body.map((text) => `'${text.replace(/(?<!\\)'/g, '')}'`),
  body.map((text) => `\`${text.replaceAll('`', '')}\``),
);

const space = fc.constantFrom(' ', '\n', '\n  ', '\t', ' # a "comment"\n', "\n# it's one\n", ' #\r\n');
const name = fc.constantFrom('up', 'a:b', 'kube_pod_info', 'opencodequest_hero_pipeline');

/** An expression and nothing that Kubernetes would expand. */
export const promql: fc.Arbitrary<string> = fc
  .array(fc.tuple(name, quoted, space, space), { minLength: 1, maxLength: 4 })
  .map((terms) =>
    terms
      .map(([metric, text, before, after]) => `${before}sum by (job)${after}(${metric}{a=~${text}}${before})`)
      .join('\n+'),
  );
