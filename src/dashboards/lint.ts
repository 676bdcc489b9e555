/** What is wrong with a dashboard before anybody looks at it: for packs, for files and for `grafana promote`. Pure. */
import { parseDuration } from '../config/duration.ts';
import { expressionFault, metricsIn, rangesIn, variablesIn } from './expressions.ts';
import { uidFault } from './files.ts';
import { hubSources, isModel, type Model, sizeFault } from './model.ts';

export interface LintOptions {
  /** Seconds between two pushes of a cluster. */
  readonly intervalSeconds: number;
  /** Whether a metric exists or is collected; absent: nobody knows. */
  readonly isCollected?: (metric: string) => boolean;
}

/** An `error` is something that cannot work; a `warning` something people will stumble over. */
export interface LintFinding {
  readonly severity: 'error' | 'warning';
  /** `panel "Load"`, `variable cluster`, `dashboard` */
  readonly where: string;
  readonly message: string;
}

interface Query {
  readonly where: string;
  readonly expr: string;
  readonly source: unknown;
}

/** Samples that `rate` and its like need at least, to bridge one that is missing (acm.md §8). */
const enough = 4;
const rangeFunctions = /\b(?:rate|irate|increase|delta|idelta|deriv)\s*\(/;
/** Follows the width of the screen, down to seconds. */
const zoomedRange = /\[\s*(?:\$__interval|\$\{__interval\})\s*(?::[^\]]*)?\]/;
const withUnit = new Set(['timeseries', 'graph', 'stat', 'gauge', 'bargauge', 'heatmap']);
const withoutTitle = new Set(['row', 'text', 'news', 'dashlist']);

export function lintDashboard(model: Model, options: LintOptions): LintFinding[] {
  const panels = panelsOf(model);
  const queries = [...panels.flatMap(queriesOf), ...annotationQueries(model)];
  return [
    ...ownFindings(model),
    ...twice(panels),
    ...queries.flatMap((query) => queryFindings(query, options)),
    ...undefinedVariables(model, queries),
    ...sourceFindings(model, queries),
    ...panels.flatMap(libraryFindings),
    ...panels.flatMap(looks),
  ];
}

/** The metrics a dashboard asks for by name. */
export function metricsOf(model: Model): string[] {
  const queries = [...panelsOf(model).flatMap(queriesOf), ...annotationQueries(model)];
  return [...new Set(queries.flatMap(({ expr }) => metricsIn(expr)))].sort();
}

/** Also those of collapsed rows, and of the rows of old. */
function panelsOf(model: Model): Model[] {
  const own = modelsIn(model.panels);
  const ofRows = modelsIn(model.rows).flatMap(panelsOf);
  return [...own.flatMap((panel) => [panel, ...modelsIn(panel.panels)]), ...ofRows];
}

function queriesOf(panel: Model): Query[] {
  return modelsIn(panel.targets).flatMap(({ expr, datasource }) => {
    const source = datasource ?? panel.datasource;
    const isPrometheus = !isModel(source) || source.type === undefined || source.type === 'prometheus';
    return typeof expr === 'string' && isPrometheus ? [{ where: nameOf(panel), expr, source }] : [];
  });
}

function annotationQueries(model: Model): Query[] {
  const list = isModel(model.annotations) ? modelsIn(model.annotations.list) : [];
  return list.flatMap(({ name, expr, datasource }) =>
    typeof expr === 'string' ? [{ where: `annotation ${String(name)}`, expr, source: datasource }] : [],
  );
}

function queryFindings({ where, expr }: Query, { intervalSeconds, isCollected }: LintOptions): LintFinding[] {
  const fault = expressionFault(expr);
  if (fault !== undefined) return [error(where, `the expression does not parse: ${fault}`)];
  const unknown = isCollected === undefined ? [] : metricsIn(expr).filter((metric) => !isCollected(metric));
  const least = enough * intervalSeconds * 1000;
  const short = rangeFunctions.test(expr)
    ? rangesIn(expr).filter((range) => (parseDuration(range) ?? least) < least)
    : [];
  const zoomed = rangeFunctions.test(expr) && zoomedRange.test(expr);
  return [
    ...unknown.map((metric) => warning(where, `nobody collects ${metric}`)),
    ...(zoomed ? [warning(where, '[$__interval] shrinks below two samples: write [$__rate_interval]')] : []),
    ...[...new Set(short)].map((range) =>
      warning(where, `[${range}] holds too few samples at ${intervalSeconds} s between two: write [$__rate_interval]`),
    ),
  ];
}

function ownFindings(model: Model): LintFinding[] {
  const { uid, title } = model;
  const fault = uidFault(uid);
  const size = sizeFault(model);
  return [
    ...(size === undefined ? [] : [error('dashboard', size)]),
    ...(fault === undefined ? [] : [error('dashboard', fault)]),
    ...(uid === undefined || uid === null || uid === '' ? [warning('dashboard', 'no uid: links to it break')] : []),
    ...(typeof title === 'string' && title.trim() !== '' ? [] : [error('dashboard', 'no title')]),
  ];
}

function twice(panels: readonly Model[]): LintFinding[] {
  const ids = panels.map(({ id }) => id).filter((id) => id !== undefined && id !== null);
  const again = new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
  return [...again].map((id) => error('dashboard', `more than one panel has the id ${String(id)}`));
}

function undefinedVariables(model: Model, queries: readonly Query[]): LintFinding[] {
  const variables = variablesOf(model);
  const known = new Set(variables.map(({ name }) => String(name)));
  const texts = [
    ...queries.map(({ where, expr }) => ({ where, text: expr })),
    ...variables.map((variable) => ({ where: `variable ${String(variable.name)}`, text: queryText(variable) })),
  ];
  return texts.flatMap(({ where, text }) =>
    variablesIn(text)
      // What `label_replace` has captured by name looks the same.
      .filter((name) => !name.startsWith('__') && !known.has(name) && !text.includes(`(?P<${name}>`))
      .map((name) => error(where, `the variable $${name} is not defined`)),
  );
}

function sourceFindings(model: Model, queries: readonly Query[]): LintFinding[] {
  const variables = variablesOf(model);
  const known = new Set(variables.map(({ name }) => String(name)));
  const sources = [
    ...queries,
    ...panelsOf(model).map((panel) => ({ where: nameOf(panel), source: panel.datasource })),
    ...variables.map(({ name, datasource }) => ({ where: `variable ${String(name)}`, source: datasource })),
  ];
  const found = sources.flatMap(({ where, source }) => {
    const { uid, type } = isModel(source) ? source : { uid: source, type: undefined };
    if (typeof uid !== 'string') return [];
    const missing = variablesIn(uid).find((name) => !known.has(name));
    if (missing !== undefined)
      return [error(where, `the data source is the variable $${missing}, which nobody defines`)];
    if (type !== 'prometheus' || hubSources.has(uid) || variablesIn(uid).length > 0) return [];
    return [error(where, `the data source ${uid} is not the hub’s: write 000000001, or a variable`)];
  });
  // A panel and its queries mostly name the same one.
  return [...new Map(found.map((one) => [`${one.where} ${one.message}`, one])).values()];
}

/** The loader brings dashboards and nothing else into production. */
function libraryFindings(panel: Model): LintFinding[] {
  if (!isModel(panel.libraryPanel)) return [];
  return [error(nameOf(panel), 'it is a library panel, and production has no library: unlink it in its menu')];
}

function looks(panel: Model): LintFinding[] {
  const { type, title, fieldConfig } = panel;
  const defaults = isModel(fieldConfig) && isModel(fieldConfig.defaults) ? fieldConfig.defaults : {};
  const titled = typeof title === 'string' && title.trim() !== '';
  const hasUnit = defaults.unit !== undefined || modelsIn(panel.yaxes).some(({ format }) => format !== undefined);
  return [
    ...(titled || withoutTitle.has(String(type)) ? [] : [warning(nameOf(panel), 'no title')]),
    ...(withUnit.has(String(type)) && !hasUnit ? [warning(nameOf(panel), 'no unit')] : []),
  ];
}

function variablesOf(model: Model): Model[] {
  return isModel(model.templating) ? modelsIn(model.templating.list) : [];
}

function queryText({ query }: Model): string {
  if (typeof query === 'string') return query;
  return isModel(query) && typeof query.query === 'string' ? query.query : '';
}

function nameOf({ id, title }: Model): string {
  return typeof title === 'string' && title !== '' ? `panel ${JSON.stringify(title)}` : `panel ${String(id ?? '?')}`;
}

function modelsIn(value: unknown): Model[] {
  return Array.isArray(value) ? value.filter(isModel) : [];
}

const error = (where: string, message: string): LintFinding => ({ severity: 'error', where, message });
const warning = (where: string, message: string): LintFinding => ({ severity: 'warning', where, message });
