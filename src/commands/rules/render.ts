/** `rules render`: what packs become on a hub, as YAML: to read, to compare, or for somebody else to apply. */
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { makeFolder } from '../../adapters/folder.ts';
import type { GlobalOptions } from '../../cli/options.ts';
import { type CommandResult, reportFailed } from '../../cli/output.ts';
import type { Shell } from '../../cli/shell.ts';
import { Problem } from '../../engine/problem.ts';
import { observabilityNamespace } from '../../hub.ts';
import type { KubeObject } from '../../kinds.ts';
import { compileScrapes } from '../../packs/addon.ts';
import { compileAllowlist } from '../../packs/allowlist.ts';
import { checkPack } from '../../packs/check.ts';
import type { Pack } from '../../packs/pack.ts';
import { compileRuler } from '../../packs/ruler.ts';
import { allowlistLists, allowlistName } from '../../resources/allowlist-entries.ts';
import { dashboardConfigMaps } from '../../resources/dashboard-files.ts';
import { rulerList, rulerName } from '../../resources/ruler-entries.ts';
import { mergeLists, type SharedList } from '../../resources/shared-lists.ts';
import { allOpen, openNamed, type PackFlags } from './open.ts';

export interface RenderFlags extends PackFlags {
  readonly architecture?: 'legacy' | 'mcoa';
  /** A folder; standard output unless told. */
  readonly to?: string;
}

/** @throws Problem `pack-invalid`, `pack-collision`, `dashboard-invalid`. */
export async function rulesRenderCommand(options: GlobalOptions & RenderFlags, shell: Shell): Promise<CommandResult> {
  const packs = allOpen(await openNamed(options, options, shell, { examples: false })).map(({ pack }) => sound(pack));
  const objects = await rendered(packs, options.architecture ?? 'legacy');
  if (options.to === undefined) {
    return { exitCode: 0, text: objects.map((object) => `---\n${yamlOf(object)}`).join('') };
  }
  const folder = resolve(shell.cwd, options.to);
  try {
    await makeFolder(folder);
    for (const object of objects) await writeFile(join(folder, fileOf(object)), yamlOf(object));
  } catch (cause) {
    throw reportFailed(folder, cause);
  }
  return { exitCode: 0, text: [...objects.map((object) => join(folder, fileOf(object)))].join('\n') };
}

function sound(pack: Pack): Pack {
  const issues = checkPack(pack);
  if (issues.length > 0) throw new Problem('pack-invalid', `Pack ${pack.name}: ${issues.join('\n')}`);
  return pack;
}

async function rendered(packs: readonly Pack[], architecture: 'legacy' | 'mcoa'): Promise<KubeObject[]> {
  const nothing = { platform: [], userWorkload: [] };
  const collection =
    architecture === 'mcoa'
      ? compileScrapes(packs, nothing)
      : shared(allowlistName, allowlistLists(compileAllowlist(packs, nothing)));
  const dashboards = await dashboardConfigMaps({ dashboards: [], baseFolder: '' }, packs);
  return [...collection, ...shared(rulerName, [rulerList(compileRuler(packs))]), ...dashboards];
}

/** A shared ConfigMap with nothing in it but ours. */
function shared(name: string, lists: readonly SharedList[]): KubeObject[] {
  const { data } = mergeLists({ data: {}, annotations: {} }, 'render', lists, name);
  if (Object.keys(data).length === 0) return [];
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: observabilityNamespace },
    data,
  };
  return [object];
}

const yamlOf = (object: KubeObject): string => stringify(object, { lineWidth: 0, version: '1.1' });

const fileOf = ({ kind, metadata }: KubeObject): string => `${kind?.toLowerCase() ?? 'object'}-${metadata.name}.yaml`;
