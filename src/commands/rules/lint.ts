/** `rules lint`: what is wrong with packs, before anything is applied. Needs no cluster; with --live it looks at one. */
import type { GlobalOptions } from '../../cli/options.ts';
import { type CommandResult, styleFor } from '../../cli/output.ts';
import type { Shell } from '../../cli/shell.ts';
import { exits } from '../../engine/exits.ts';
import { observabilityNamespace } from '../../hub.ts';
import { ConfigMapKind } from '../../kinds.ts';
import { allowlistKeys, decodeAsCollector } from '../../packs/allowlist.ts';
import { selectorsOf } from '../../packs/inspect.ts';
import { lintCatalogue } from '../../packs/lint/catalogue.ts';
import { defaultFacts, type LintFacts, type LintFinding } from '../../packs/lint/finding.ts';
import { lintPacks } from '../../packs/lint/index.ts';
import { findingsJson, findingsSarif, findingsText } from '../../render/findings.ts';
import { version } from '../../version.ts';
import { openSession } from '../session.ts';
import { openNamed, type PackFlags } from './open.ts';

export interface LintFlags extends PackFlags {
  readonly live: boolean;
  readonly maxSeries?: number;
  readonly architecture?: 'legacy' | 'mcoa';
  /** Seconds between two pushes. */
  readonly interval?: number;
}

/** Exit 3 with an error among the findings, 4 with warnings and --strict. */
export async function rulesLintCommand(options: GlobalOptions & LintFlags, shell: Shell): Promise<CommandResult> {
  const packs = await openNamed(options, options, shell, { examples: true });
  const findings = lintPacks(packs, await factsFor(options, shell));
  const names = packs.map((one) => ('opened' in one ? one.opened.pack.name : one.name));
  const here = shell.cwd;
  return {
    exitCode: exitOf(findings, options),
    text: findingsText(findings, names, { here, style: styleFor(shell.stdout, options, shell) }),
    forms: {
      json: () => findingsJson(findings, names, here),
      sarif: () => findingsSarif(findings, lintCatalogue, { here, version }),
    },
  };
}

function exitOf(findings: readonly LintFinding[], { strict }: GlobalOptions): number {
  if (findings.some(({ severity }) => severity === 'error')) return exits.checkFailed;
  return strict && findings.some(({ severity }) => severity === 'warning') ? exits.warnings : exits.done;
}

async function factsFor(options: GlobalOptions & LintFlags, shell: Shell): Promise<LintFacts> {
  const { live, maxSeries, architecture, interval } = options;
  const given = {
    ...(maxSeries === undefined ? {} : { maxSeries }),
    ...(architecture === undefined ? {} : { architecture }),
    ...(interval === undefined ? {} : { collectionSeconds: interval }),
  };
  return { ...defaultFacts, ...(live ? await liveFacts(options, shell) : {}), ...given };
}

/** What the hub says: how often it collects, by which architecture, and what by itself. */
async function liveFacts(options: GlobalOptions, shell: Shell): Promise<Partial<LintFacts>> {
  const session = await openSession(options, shell);
  try {
    const { cluster, hub } = session.context;
    const interval = hub.observabilities[0]?.spec?.observabilityAddonSpec?.interval;
    const key = { namespace: observabilityNamespace, name: 'observability-metrics-allowlist' };
    const map = await cluster.get(ConfigMapKind, key);
    const own = Object.values(allowlistKeys).map((name) => decodeAsCollector(map?.data?.[name]));
    const matched = own.flatMap(({ matches }) => matches.flatMap((match) => selectorsOf(`{${match}}`)));
    const names = [
      ...own.flatMap((list) => [...list.names, ...list.rules.map((rule) => rule.name)]),
      ...matched.flatMap(({ name }) => (name === undefined ? [] : [name])),
    ];
    return {
      architecture: hub.architecture,
      ...(interval === undefined ? {} : { collectionSeconds: interval }),
      ...(map === undefined ? {} : { collectedByDefault: new Set(names) }),
    };
  } finally {
    await session.close();
  }
}
