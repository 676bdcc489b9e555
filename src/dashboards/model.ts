/** A dashboard model as it is kept in files and ConfigMaps: without what belongs to one Grafana's database, in a stable order. Pure. */

export type Model = Readonly<Record<string, unknown>>;

/** The hub's Prometheus data source (ACM 2.11 and later, acm.md §4.4). */
const hubSource = '000000001';
/** By the name that dashboards used before data sources had uids here. */
const sourcesByName: ReadonlyMap<string, string> = new Map([
  ['Observatorium', hubSource],
  ['Observatorium-Dynamic', '000000002'],
]);
export const hubSources: ReadonlySet<string> = new Set(sourcesByName.values());

/** A ConfigMap holds 1 MiB; some of it is for the rest of the object. */
const largest = 1_000_000;

/** Why a ConfigMap would not hold a dashboard; none is fine. */
export function sizeFault(model: Model): string | undefined {
  const size = Buffer.byteLength(JSON.stringify(model));
  return size > largest ? `${size} bytes are more than a ConfigMap holds (${largest})` : undefined;
}

/** What Grafana sets by itself, and what an export for sharing adds. */
const foreign = new Set(['id', 'version', 'iteration', '__inputs', '__requires', '__elements']);

export function isModel(value: unknown): value is Model {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Without what belongs to one Grafana's database; inputs and library panels of an exported file are filled in, and the title
 * has no blanks around it, because Grafana takes them away. Everything else stays as it is.
 */
export function storable(model: Model): Model {
  const kept = Object.fromEntries(Object.entries(model).filter(([name]) => !foreign.has(name)));
  const own = typeof kept.title === 'string' ? { ...kept, title: kept.title.trim() } : kept;
  const rest = isModel(model.__elements) ? asModel(withPanels(own, model.__elements)) : own;
  const inputs = Array.isArray(model.__inputs) ? model.__inputs.filter(isModel) : [];
  const values = new Map(
    inputs.flatMap((input) => standsFor(input).map((value) => [`\${${String(input.name)}}`, value])),
  );
  return values.size === 0 ? rest : asModel(filled(rest, values));
}

/** What an input stands for: the hub's data source, or the constant it was exported with. */
function standsFor({ type, pluginId, value }: Model): string[] {
  if (type === 'datasource' && pluginId === 'prometheus') return [hubSource];
  return type === 'constant' && typeof value === 'string' ? [value] : [];
}

/** Library panels as panels of their own: the library is another database's (`__elements`: uid → element). */
function withPanels(value: unknown, elements: Model): unknown {
  if (Array.isArray(value)) return value.map((item) => withPanels(item, elements));
  if (!isModel(value)) return value;
  const { libraryPanel, id, gridPos, ...rest } = value;
  const element = isModel(libraryPanel) ? elements[String(libraryPanel.uid)] : undefined;
  if (isModel(element) && isModel(element.model)) {
    const { libraryPanel: _, ...panel } = element.model;
    return { ...rest, ...panel, ...(id === undefined ? {} : { id }), ...(gridPos === undefined ? {} : { gridPos }) };
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withPanels(inner, elements)]));
}

function filled(value: unknown, inputs: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    return [...inputs].reduce((text, [name, replacement]) => text.replaceAll(name, () => replacement), value);
  }
  if (Array.isArray(value)) return value.map((item) => filled(item, inputs));
  if (!isModel(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const text = filled(inner, inputs);
      // Older exports name the data source where newer ones refer to it.
      return [name, name === 'datasource' && text === hubSource ? { type: 'prometheus', uid: hubSource } : text];
    }),
  );
}

/** The same, and every Prometheus data source that is not the hub's made the hub's: a dashboard for this hub. */
export function portable(model: Model): Model {
  return asModel(withHubSources(storable(model)));
}

function withHubSources(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withHubSources);
  if (!isModel(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === 'datasource' ? sourceOf(inner) : withHubSources(inner),
    ]),
  );
}

function sourceOf(source: unknown): unknown {
  if (typeof source === 'string') {
    const uid = hubSources.has(source) ? source : sourcesByName.get(source);
    return uid === undefined ? source : { type: 'prometheus', uid };
  }
  if (!isModel(source) || source.type !== 'prometheus' || typeof source.uid !== 'string') return source;
  const { uid } = source;
  if (hubSources.has(uid) || /[$[]/.test(uid)) return source;
  return { ...source, uid: sourcesByName.get(uid) ?? hubSource };
}

/** As a file: keys in order, so that two exports differ only where the dashboards do. */
export function fileText(model: Model): string {
  return `${JSON.stringify(sorted(model), undefined, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isModel(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}

function asModel(value: unknown): Model {
  return isModel(value) ? value : {};
}

/** Where two models differ, as `- path: before` and `+ path: after`. */
export function modelDifferences(before: Model, after: Model): string[] {
  return differences(before, after, '');
}

function differences(before: unknown, after: unknown, path: string): string[] {
  if (isModel(before) && isModel(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) => differences(before[name], after[name], path === '' ? name : `${path}.${name}`));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const indexes = Array.from({ length: Math.max(before.length, after.length) }, (_, index) => index);
    return indexes.flatMap((index) => differences(before[index], after[index], `${path}[${index}]`));
  }
  if (before === after || JSON.stringify(before) === JSON.stringify(after)) return [];
  return [
    ...(before === undefined ? [] : [`- ${path}: ${shown(before)}`]),
    ...(after === undefined ? [] : [`+ ${path}: ${shown(after)}`]),
  ];
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

/** `My Board!` → `my-board`: part of a file's or an object's name. Empty where a title has no such letters. */
export function slug(title: string): string {
  const plain = title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return plain.slice(0, 100).replace(/^-+|-+$/g, '');
}
