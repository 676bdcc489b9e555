/** The packs a `rules` command is about: those named, or those of the configuration. */
import { isAbsolute, join, resolve } from 'node:path';
import { parse } from 'yaml';
import type { GlobalOptions } from '../../cli/options.ts';
import type { Shell } from '../../cli/shell.ts';
import { Problem } from '../../engine/problem.ts';
import { type Opened, type OpenedPack, openPack } from '../../packs/load.ts';
import { placeText } from '../../packs/source.ts';
import { loadFor } from '../session.ts';

export interface PackFlags {
  /** Names of shipped packs, or folders. */
  readonly packs: readonly string[];
  /** `NAME=VALUE`, the value as YAML. */
  readonly param: readonly string[];
}

/** @throws Problem `usage` for a parameter without a value, `pack-invalid`, or what keeps the configuration from loading. */
export async function openNamed(
  { packs, param }: PackFlags,
  options: GlobalOptions,
  shell: Shell,
  how: { readonly examples: boolean },
): Promise<Opened[]> {
  const parameters = Object.fromEntries(param.map(assignment));
  if (packs.length > 0) {
    return Promise.all(
      packs.map((where) => openPack(/[/\\]|^\.+$/.test(where) ? resolve(shell.cwd, where) : where, parameters, how)),
    );
  }
  const { config } = await loadFor(options, shell);
  if (config.packs.length === 0) {
    throw new Problem('usage', 'No pack is named, and the configuration has none.', {
      fix: 'Name one: `acm-observability rules lint leaderboard`, or a folder.',
    });
  }
  return Promise.all(
    config.packs.map(({ name = '', path, parameters: own }) => {
      const where = path === undefined ? name : isAbsolute(path) ? path : join(resolve(config.baseFolder), path);
      return openPack(where, { ...own, ...parameters }, how);
    }),
  );
}

/** Those that could be opened. @throws Problem `pack-invalid` when one could not. */
export function allOpen(packs: readonly Opened[]): OpenedPack[] {
  return packs.map((one) => {
    if ('opened' in one) return one.opened;
    const lines = one.issues.map(({ place, message }) => `${placeText(place)}: ${message}`);
    throw new Problem('pack-invalid', `Pack ${one.name}: ${lines.join('\n')}`);
  });
}

function assignment(text: string): [string, unknown] {
  const at = text.indexOf('=');
  if (at <= 0) throw new Problem('usage', `--param ${text}: a parameter is written NAME=VALUE.`);
  return [text.slice(0, at), parse(text.slice(at + 1))];
}
