/** Loads the YAML files of `manifests/` as objects. Values are set on the object, never in the text. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { KubeObject } from './kinds.ts';

/** The folder beside `src/` (and beside `dist/`, where this file is bundled to). */
export const manifestsFolder = fileURLToPath(new URL('../manifests/', import.meta.url));

/** A fresh copy each time: the caller may change it. */
export function manifest<T extends KubeObject>(file: string): T {
  return parse(readFileSync(`${manifestsFolder}${file}`, 'utf8')) as T;
}
