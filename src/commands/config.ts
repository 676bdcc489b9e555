/** `config show`, `config schema`, and the written form of a configuration. Text in, text out; nothing is printed here. */
import { stringify } from 'yaml';
import * as z from 'zod';
import type { Config } from '../config/config.ts';
import { configKeys } from '../config/keys.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Origin } from '../config/origin.ts';
import { valueAt } from '../config/rules.ts';
import { configSchema as schema } from '../config/schema.ts';
import { packSchema } from '../packs/schema.ts';
import { table } from '../render/layout.ts';

/** The configuration a run would work with: as a file, or with `origin` one line a key saying who set it. */
export function configShow(loaded: Pick<LoadedConfig, 'config' | 'origins'>, { origin }: { origin: boolean }): string {
  return origin ? originTable(loaded) : configText(loaded.config);
}

/** The same for a program; with `origin` each key with its value and who set it. */
export function configShowJson(
  loaded: Pick<LoadedConfig, 'config' | 'origins'>,
  { origin }: { origin: boolean },
): string {
  const told = origin ? originsOf(loaded) : fileOf(loaded.config);
  return JSON.stringify(told, undefined, 2);
}

/** A whole configuration as the text of a file. Relative paths stay as they are. */
export function configText(config: Config): string {
  return stringify(fileOf(config), { lineWidth: 0 });
}

function fileOf({ baseFolder: _, packs, ...rest }: Config): object {
  const short = packs.map((pack) => (Object.keys(pack.parameters).length > 0 ? pack : (pack.name ?? pack)));
  return { apiVersion: 'acm-observability/v1', ...rest, packs: short };
}

function originsOf({ config, origins }: Pick<LoadedConfig, 'config' | 'origins'>) {
  return configKeys.flatMap(({ path }) => {
    const origin = origins.get(path);
    return origin === undefined ? [] : [{ key: path, value: valueAt(config, path), from: origin }];
  });
}

function originTable(loaded: Pick<LoadedConfig, 'config' | 'origins'>): string {
  const rows = originsOf(loaded).map(({ key, value, from }) => [key, valueText(value), originText(from)]);
  return `${table([['KEY', 'VALUE', 'FROM'], ...rows]).join('\n')}\n`;
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function originText({ source, detail }: Origin): string {
  return source === 'default' ? 'default' : `${source}  ${detail}`;
}

/**
 * The JSON Schema of the file. Draft 7, which every editor's YAML support knows; keys with a default may be left out.
 */
export function configSchema(): string {
  const text = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ title: 'acm-observability.yaml', ...text }, undefined, 2)}\n`;
}

/** The same for a pack's `pack.yaml`: `# yaml-language-server: $schema=…` at its top gives an editor all keys. */
export function packJsonSchema(): string {
  const text = z.toJSONSchema(packSchema, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ title: 'pack.yaml', ...text }, undefined, 2)}\n`;
}
