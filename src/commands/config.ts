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

/** A whole configuration as the text of a file. Relative paths stay as they are. */
export function configText({ baseFolder: _, packs, ...rest }: Config): string {
  const short = packs.map((pack) => (Object.keys(pack.parameters).length > 0 ? pack : (pack.name ?? pack)));
  return stringify({ apiVersion: 'acm-observability/v1', ...rest, packs: short }, { lineWidth: 0 });
}

function originTable({ config, origins }: Pick<LoadedConfig, 'config' | 'origins'>): string {
  const rows = configKeys.flatMap(({ path }) => {
    const origin = origins.get(path);
    return origin === undefined ? [] : [[path, valueText(valueAt(config, path)), originText(origin)]];
  });
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
