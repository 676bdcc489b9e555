/** What a pack must keep to, or it would break a collector or the ruler of the whole fleet. */
import { parseDuration } from '../config/duration.ts';
import { type Collection, type HubRule, isAlert, type Pack } from './pack.ts';
import { isMetricName, isSelectorBody, oneLine, syntaxError } from './promql.ts';

/** All that is wrong, a line each; empty when the pack can be used. */
export function checkPack(pack: Omit<Pack, 'dashboards'>): string[] {
  return [
    ...checkCollection('collect.platform', pack.collect.platform),
    ...checkCollection('collect.userWorkload', pack.collect.userWorkload),
    ...pack.hub.groups.flatMap((group) => [
      ...checkDuration(`group ${group.name}: interval`, group.interval),
      ...group.rules.flatMap((rule) => checkHubRule(`group ${group.name}`, rule)),
    ]),
    ...twice(
      'group',
      pack.hub.groups.map((group) => group.name),
    ),
    ...pack.verify.flatMap((proof) => [
      ...checkExpression(`verify "${proof.title}"`, proof.expr),
      ...checkDuration(`verify "${proof.title}": within`, proof.within),
    ]),
  ];
}

/** What YAML readers take for line breaks, or refuse. */
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/;

/** A bad name or match stops the collector of every cluster (acm.md §6.4). */
export function checkCollection(where: string, collection: Collection): string[] {
  return [
    ...collection.names
      .filter((name) => !isMetricName(name.replace(/^-/, '')))
      .map((name) => `${where}.names: ${JSON.stringify(name)} is not a metric name`),
    ...collection.matches
      .filter((match) => !isSelectorBody(match.replace(/^-/, '')) || unprintable.test(oneLine(match)))
      .map((match) => `${where}.matches: ${JSON.stringify(match)} is not the inside of one selector`),
    ...collection.matches
      .filter((match) => /\$[($]/.test(match))
      .map(
        (match) => `${where}.matches: ${JSON.stringify(match)} holds $( or $$, which Kubernetes expands in arguments`,
      ),
    ...collection.recordingRules.flatMap((rule) => [
      ...checkName(where, rule.record),
      ...checkExpression(`${where}: ${rule.record}`, rule.expr),
      ...checkExpansion(`${where}: ${rule.record}`, rule.expr),
    ]),
    ...twice(
      `${where}: record`,
      collection.recordingRules.map((rule) => rule.record),
    ),
  ];
}

function checkHubRule(where: string, rule: HubRule): string[] {
  if (isAlert(rule)) {
    const wait = rule.for === undefined ? [] : checkDuration(`${where}: ${rule.alert}: for`, rule.for);
    return [...checkExpression(`${where}: ${rule.alert}`, rule.expr), ...wait];
  }
  return [...checkName(where, rule.record), ...checkExpression(`${where}: ${rule.record}`, rule.expr)];
}

function checkName(where: string, record: string): string[] {
  return isMetricName(record) ? [] : [`${where}: ${JSON.stringify(record)} is not a metric name`];
}

function checkExpression(where: string, expr: string): string[] {
  const error = syntaxError(expr);
  return error === undefined
    ? []
    : [`${where}: line ${error.line}, column ${error.column} of the expression: ${error.message}`];
}

/** The expression becomes a container argument, where Kubernetes replaces `$(NAME)` (acm.md §6.4). */
function checkExpansion(where: string, expr: string): string[] {
  return oneLine(expr).includes('$(')
    ? [`${where}: $(…) would be expanded by Kubernetes in the collector's arguments`]
    : [];
}

function checkDuration(where: string, text: string): string[] {
  return (parseDuration(text) ?? 0) > 0 ? [] : [`${where}: ${JSON.stringify(text)} is not a duration such as 5m`];
}

function twice(what: string, names: readonly string[]): string[] {
  const again = names.filter((name, index) => names.indexOf(name) !== index);
  return [...new Set(again)].map((name) => `${what} ${name} is there twice`);
}
