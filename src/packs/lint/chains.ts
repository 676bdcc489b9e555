/** Findings about rules and metrics that depend on each other. */
import { parseDuration } from '../../config/duration.ts';
import { type Asked, selectorsOf } from '../inspect.ts';
import { type Collection, isAlert, type Pack } from '../pack.ts';
import { isSelectorBody } from '../promql.ts';
import { soundExpressions } from './expressions.ts';
import type { Found, LintRule, Scene } from './finding.ts';

interface Produced {
  readonly group: object;
  readonly groupName: string;
  readonly position: number;
}

/** What the metrics there are can be told from. */
interface Provided {
  readonly packs: readonly Pick<Scene['packs'][number], 'pack'>[];
  readonly facts: Pick<Scene['facts'], 'collectedByDefault'>;
}

/** Where each record of the hub is made. */
function producedOnHub({ packs }: Pick<Provided, 'packs'>): Map<string, Produced[]> {
  const made = new Map<string, Produced[]>();
  for (const { pack } of packs) {
    for (const group of pack.hub.groups) {
      for (const [position, rule] of group.rules.entries()) {
        if (isAlert(rule)) continue;
        const entry = { group, groupName: group.name, position };
        made.set(rule.record, [...(made.get(rule.record) ?? []), entry]);
      }
    }
  }
  return made;
}

export const chains: LintRule = (scene) => {
  const made = producedOnHub(scene);
  return soundExpressions(scene).flatMap(({ by, subject, name, runs }) => {
    if (runs !== 'hub') return [];
    const places = by.pack.hub.groups.flatMap((one) => one.rules.map((rule, at) => ({ rule, at, one })));
    const { one: group, at: position = -1 } = places.find(({ rule }) => rule === subject) ?? {};
    return selectorsOf(subject.expr).flatMap(({ name: metric = '', from }): Found[] => {
      const makers = made.get(metric) ?? [];
      if (group === undefined || makers.length === 0) return [];
      const place = { by, subject, offset: from };
      const [maker] = makers;
      if (!makers.some((one) => one.group === group)) {
        return [
          { code: 'chain-across-groups', ...place, message: `${name}: ${metric} is made in group ${maker?.groupName}` },
        ];
      }
      // Of itself a rule sees the last result, as it means to.
      const late = makers.every((one) => one.position > position);
      return late ? [{ code: 'chain-wrong-order', ...place, message: `${name}: ${metric} is made further down` }] : [];
    });
  });
};

export const collectorChains: LintRule = (scene) => {
  if (scene.facts.architecture === 'mcoa') return [];
  const records = new Set(
    scene.packs.flatMap(({ pack }) =>
      collectionsOf(pack).flatMap((one) => one.recordingRules.map((rule) => rule.record)),
    ),
  );
  return soundExpressions(scene).flatMap(({ by, subject, name, runs }) =>
    selectorsOf(subject.expr).flatMap(({ name: metric = '', from }): Found[] =>
      runs === 'collector' && records.has(metric)
        ? [{ code: 'collector-chain', by, subject, offset: from, message: `${name}: ${metric} is a rule of the list` }]
        : [],
    ),
  );
};

/** Made by Thanos and by ACM on the hub itself. */
const hubsOwn = /^(ALERTS|ALERTS_FOR_STATE|acm_managed_cluster_labels|acm_label_names)$/;

export const collected: LintRule = (scene) => {
  const provides = providedBy(scene);
  return soundExpressions(scene).flatMap(({ by, subject, name, runs }) => {
    if (runs === 'collector') return [];
    return selectorsOf(subject.expr).flatMap((asked): Found[] => {
      if (asked.name === undefined || provides(asked) || hubsOwn.test(asked.name)) return [];
      const where = scene.facts.collectedByDefault === undefined ? 'by any pack' : 'by ACM or any pack';
      const message = `${name}: ${asked.name} is not collected ${where}`;
      return [{ code: 'not-collected', by, subject, offset: asked.from, message }];
    });
  });
};

/** Whether a metric is there on the hub: recorded there, sent, or matched by what is sent. */
export function providedBy({ packs, facts }: Provided): (asked: Pick<Asked, 'name'>) => boolean {
  const collections = packs.flatMap(({ pack }) => collectionsOf(pack));
  const names = new Set([
    ...(facts.collectedByDefault ?? []),
    ...producedOnHub({ packs }).keys(),
    ...collections.flatMap((one) => [...one.names, ...one.recordingRules.map((rule) => rule.record)]),
  ]);
  const matches = collections.flatMap((one) =>
    one.matches.filter(isSelectorBody).flatMap((match) => selectorsOf(`{${match}}`)),
  );
  return ({ name = '' }) =>
    names.has(name) ||
    matches.some((match) => match.name === name || (match.pattern !== undefined && wholly(match.pattern, name)));
}

function wholly(pattern: string, name: string): boolean {
  try {
    return new RegExp(`^(?:${pattern.replaceAll('\\\\', '\\')})$`).test(name);
  } catch {
    // RE2 knows forms that JavaScript does not: nothing can be said then, so nothing is.
    return true;
  }
}

export const duplicates: LintRule = (scene) => {
  const seen = new Map<string, { readonly by: string; readonly expr: string; readonly labels: string }>();
  const found: Found[] = [];
  for (const by of scene.packs) {
    const rules = [
      ...collectionsOf(by.pack).flatMap((one) => one.recordingRules),
      ...by.pack.hub.groups.flatMap((group) => group.rules.filter((rule) => !isAlert(rule))),
    ];
    for (const rule of rules) {
      if (isAlert(rule)) continue;
      const key = `${rule.record}${JSON.stringify(Object.entries(rule.labels ?? {}).sort())}`;
      const other = seen.get(key);
      const message = `${rule.record} is recorded in pack ${other?.by} already`;
      if (other !== undefined) found.push({ code: 'duplicate-record', by, subject: rule, offset: 0, message });
      seen.set(key, { by: by.pack.name, expr: rule.expr, labels: key });
    }
  }
  return found;
};

export const durations: LintRule = (scene) =>
  scene.packs.flatMap((by) => {
    const wrong = (subject: object, below: string, text: string): Found[] =>
      (parseDuration(text) ?? 0) > 0
        ? []
        : [
            {
              code: 'duration-invalid',
              by,
              subject,
              below: [below],
              message: `${JSON.stringify(text)} is no duration`,
            },
          ];
    return [
      ...by.pack.hub.groups.flatMap((group) => [
        ...wrong(group, 'interval', group.interval),
        ...group.rules.flatMap((rule) => (isAlert(rule) && rule.for !== undefined ? wrong(rule, 'for', rule.for) : [])),
      ]),
      ...by.pack.verify.flatMap((proof) => wrong(proof, 'within', proof.within)),
    ];
  });

function collectionsOf({ collect }: Pack): Collection[] {
  return [collect.platform, collect.userWorkload];
}
