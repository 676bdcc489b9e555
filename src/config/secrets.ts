/**
 * Finds secrets where none may be. Places are told, values never. Two nets: names that only secrets have, and values
 * that have the look of a credential; the text is searched too, because a comment is kept as long as the file.
 */

import { isMapping } from './document.ts';
import type { Issue } from './origin.ts';
import { pathText } from './origin.ts';

const secretNames = new Set([
  'accesskey',
  'accesskeyid',
  'accountkey',
  'apikey',
  'awsaccesskeyid',
  'awssecretaccesskey',
  'awssessiontoken',
  'bearertoken',
  'clientsecret',
  'passwd',
  'password',
  'privatekey',
  'secretaccesskey',
  'secretkey',
  'sessiontoken',
  'storageaccountkey',
  'token',
]);

/**
 * Unmistakable wherever they stand: an AWS access key ID, a private key, a JSON Web Token, credentials in a URL. Every
 * repetition is bounded, so that no text makes the search slow.
 */
const marks = [
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/,
  /\beyJ[A-Za-z0-9_-]{8,400}\.[A-Za-z0-9_-]{8}/,
  /\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/?#@:]{0,200}:[^\s/?#@]{1,200}@/i,
];

/** Whether a value has the look of a credential. Forty characters of mixed base64 are an AWS secret key. */
export function looksSecret(value: string): boolean {
  if (marks.some((mark) => mark.test(value))) return true;
  const text = value.trim();
  return /^[A-Za-z0-9/+]{40}$/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text);
}

/** Paths below `value` that hold a secret. */
export function* secretPaths(value: unknown, path: readonly (string | number)[] = []): Generator<(string | number)[]> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* secretPaths(item, [...path, index]);
  } else if (isMapping(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (isSecretName(key) && isFilled(item)) yield [...path, key];
      else if (looksSecret(key)) yield path.length === 0 ? [] : [...path];
      else yield* secretPaths(item, [...path, key]);
    }
  } else if (typeof value === 'string' && looksSecret(value)) yield [...path];
}

function isSecretName(key: string): boolean {
  return secretNames.has(key.replace(/[^A-Za-z]/g, '').toLowerCase());
}

function isFilled(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || typeof value === 'number';
}

/** Lines of a text that hold an unmistakable secret, a comment included. Counted from 1. */
export function secretLines(text: string): { readonly line: number; readonly column: number }[] {
  return text.split('\n').flatMap((content, index) => {
    const column = marks.map((mark) => content.search(mark)).find((found) => found >= 0);
    return column === undefined ? [] : [{ line: index + 1, column: column + 1 }];
  });
}

/** What is told about one: where, and never what. */
export function secretIssue(place: string, path: readonly PropertyKey[]): Issue {
  return {
    code: 'secret-in-configuration',
    place,
    path: pathText(path),
    message: 'holds a secret',
  };
}
