/** As much XML as S3 needs: writing answers, and reading the two small documents clients send. */

type XmlValue = string | number | boolean | undefined | XmlFields | readonly XmlFields[];
export interface XmlFields {
  readonly [name: string]: XmlValue;
}

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A whole document with one root. Errors carry no namespace, results do. */
export function element(root: string, fields: XmlFields | string): string {
  const attribute = root === 'Error' ? '' : ` xmlns="${namespace}"`;
  const content = typeof fields === 'string' ? escapeXml(fields) : write(fields);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attribute}>${content}</${root}>`;
}

function write(fields: XmlFields): string {
  return Object.entries(fields)
    .map(([name, value]) => writeValue(name, value))
    .join('');
}

function writeValue(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((item: XmlFields) => `<${name}>${write(item)}</${name}>`).join('');
  if (typeof value === 'object') return `<${name}>${write(value as XmlFields)}</${name}>`;
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters XML 1.0 cannot hold are written as references, as S3 does for odd keys. */
function escapeXml(text: string): string {
  return text
    .replace(/[&<>"]/g, (character) => entities[character] ?? character)
    .replace(/[\u0000-\u0008\u000b-\u001f]/g, (character) => `&#x${character.charCodeAt(0).toString(16)};`);
}

/** The text of every element with this name, in order, whatever its depth. Elements of S3 requests hold no attributes. */
export function texts(xml: string, name: string): string[] {
  const pattern = new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, 'g');
  return [...xml.matchAll(pattern)].map((match) => unescapeXml(match[1] ?? ''));
}

function unescapeXml(text: string): string {
  return text.replace(/&(#x[0-9a-f]+|#\d+|amp|lt|gt|quot|apos);/gi, (whole, entity: string) => {
    if (entity.startsWith('#x')) return String.fromCodePoint(Number.parseInt(entity.slice(2), 16));
    if (entity.startsWith('#')) return String.fromCodePoint(Number(entity.slice(1)));
    return { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }[entity.toLowerCase()] ?? whole;
  });
}
