/** Roles with one grant taken away: what a run without it must say. */
import { expect } from 'vitest';
import type { RightsMode } from '../../src/engine/rights.ts';
import type { Row } from '../campaigns/support/tally.ts';
import { type Harness, type Ran, type RunHow, writesIn } from './harness.ts';
import { type Grant, grant, grantsIn, runsAs } from './roles.ts';

export const lines: Readonly<Record<RightsMode, string>> = {
  plan: 'plan -o json',
  verify: 'verify -o json',
  apply: 'apply --yes -o json',
  uninstall: 'uninstall --yes -o json',
};

/** An account of its own for a mode, with the roles printed for it on this hub; `flags` are those of the run it is for. */
export async function accountFor(hub: Harness, mode: RightsMode, flags = ''): Promise<{ text: string; as: RunHow }> {
  const { stdout, exitCode } = await hub.run(`rbac ${mode} --serviceaccount ci:${mode} ${flags}`.trim());
  expect(exitCode).toBe(0);
  return { text: stdout, as: runsAs(hub, `ci:${mode}`) };
}

type Place = Omit<Grant, 'namespace'> & { readonly namespace?: string | undefined };

/** `patch secrets thanos-object-storage in …`, as the question before the first write names it. */
export function asAsked({ verb, resource, group, name, namespace }: Place): string {
  const fleet = /^managedcluster(views|actions)$/.test(resource) && verb !== 'list';
  const where = namespace ?? (fleet ? 'the namespaces of the managed clusters' : undefined);
  const what = `${verb} ${resource}${group === '' ? '' : `.${group}`}${name === undefined ? '' : ` ${name}`}`;
  return where === undefined ? what : `${what} in ${where}`;
}

/** As the API server names it in its refusal, but for the name of who asked. */
function asRefused({ verb, resource, group, name, namespace }: Grant): RegExp {
  const [plural = '', subresource] = resource.split('/');
  const what = `${plural}${group === '' ? '' : `.${group}`}${name === undefined ? '' : ` "${name}"`}`;
  const whole = subresource === undefined ? plural : resource;
  const where = namespace === undefined ? '' : ` in the namespace "${namespace}"`;
  const said = `cannot ${verb} resource "${whole}" in API group "${group}"${where}`;
  return new RegExp(`${literally(what)}.*${literally(said)}`);
}

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Everything a run said went wrong. */
export function complaintsOf({ report }: Ran): string {
  const { problem, problems, checks } = report;
  const said = [
    ...(problem === undefined ? [] : [problem]),
    ...problems,
    ...checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown'),
  ];
  return said.map((entry) => JSON.stringify(entry).replaceAll('\\\\"', '"').replaceAll('\\"', '"')).join('\n');
}

const names = (ran: Ran, dropped: Grant): boolean => {
  const said = complaintsOf(ran);
  const asked = asAsked(dropped).replace('the namespaces of the managed clusters', '');
  return said.includes(asked) || asRefused(dropped).test(said);
};

/** Runs once for every grant without it; gives back those that ended otherwise than `ends` says. */
export async function eachDropped(
  hub: Harness,
  mode: RightsMode,
  grants: readonly Grant[],
  ends: (ran: Ran, dropped: Grant) => boolean,
  flags = '',
): Promise<{ grant: Grant; exitCode: number; said: string }[]> {
  const { text, as } = await accountFor(hub, mode, flags);
  const others: { grant: Grant; exitCode: number; said: string }[] = [];
  for (const dropped of grants) {
    await grant(hub, text, dropped);
    const ran = await hub.run(`${lines[mode]} ${flags}`.trim(), as);
    if (!ends(ran, dropped)) others.push({ grant: dropped, exitCode: ran.exitCode, said: complaintsOf(ran) });
  }
  await grant(hub, text);
  return others;
}

/** Without each of them the run ended before its first write, with exit code 77 and the grant's name. */
export const droppedRow = (mode: RightsMode, grants: readonly Grant[]): Row => ({
  what: `right dropped from those of ${mode}`,
  tried: grants.length,
  bad: { unnamed: 0, written: 0 },
});

export const printed = async (hub: Harness, mode: RightsMode, flags = '') =>
  grantsIn((await accountFor(hub, mode, flags)).text);
export const endsForbidden = (ran: Ran, dropped: Grant): boolean =>
  ran.exitCode === 77 && names(ran, dropped) && writesIn(ran.requests).length === 0;

/** What is asked before there is a plan: the hub itself, and what dead runs left. There the API server names what is missing. */
const isLook = ({ verb, resource }: Grant): boolean =>
  resource === 'clusterversions' ||
  (verb === 'list' && /^m(ulticluster(hub|observabilitie)|anagedcluster(view|action)?)s$/.test(resource));

export const asksExactly = (ran: Ran, dropped: Grant): boolean =>
  endsForbidden(ran, dropped) && (isLook(dropped) || ran.report.problem?.what === `missing: ${asAsked(dropped)}`);
