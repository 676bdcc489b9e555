/** What the packs' dashboards are made of: panels in one manner, laid out and numbered in their order. */
import * as bars from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as grafana from '@grafana/grafana-foundation-sdk/dashboard';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import type { Model } from '../../src/dashboards/model.ts';

/** ACM's data source has this uid from 2.11 on (acm.md section 4.4). */
const hub = { type: 'prometheus', uid: '000000001' };
/** What Grafana 10 writes: the oldest in a release this program knows. */
const schemaVersion = 39;
const wholeRow = 24;

/** Of a panel's builder, what its place needs. */
interface Placeable extends Builder<grafana.Panel> {
  id(id: number): this;
  datasource(source: common.DataSourceRef): this;
  span(width: number): this;
  height(height: number): this;
}

export interface Placed {
  readonly panel: Placeable;
  /** In 24ths of the page. */
  readonly width: number;
  readonly height: number;
}

export interface Board {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** `now-3h` */
  readonly from: string;
  readonly variables: readonly Builder<grafana.VariableModel>[];
  readonly panels: readonly Placed[];
}

/** The dashboard as Grafana keeps it. */
export function boardModel({ uid, title, description, tags, from, variables, panels }: Board): Model {
  const builder = new grafana.DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([...tags])
    .time({ from, to: 'now' })
    .timezone('browser')
    .refresh('1m')
    .tooltip(grafana.DashboardCursorSync.Crosshair);
  for (const variable of variables) builder.withVariable(variable);
  for (const [at, { panel, width, height }] of panels.entries()) {
    builder.withPanel(
      panel
        .id(at + 1)
        .datasource(hub)
        .span(width)
        .height(height),
    );
  }
  return { ...builder.build(), schemaVersion };
}

/** The values of a label, to choose from. */
export interface Choice {
  readonly name: string;
  readonly label: string;
  /** `label_values(metric, label)` */
  readonly query: string;
  /** The part of each value that counts, as `/(.*)/`. */
  readonly regex?: string;
  readonly sort?: 'up' | 'down';
  /** Several at once, all of them to begin with. */
  readonly several?: boolean;
  /** Not shown: for other expressions only. */
  readonly hidden?: boolean;
}

export function choice({ name, label, query, regex, sort = 'up', several = false, hidden = false }: Choice) {
  const builder = new grafana.QueryVariableBuilder(name)
    .label(label)
    .datasource(hub)
    .query({ query, refId: name })
    .definition(query)
    .refresh(grafana.VariableRefresh.OnTimeRangeChanged)
    .sort(sort === 'up' ? grafana.VariableSort.AlphabeticalAsc : grafana.VariableSort.AlphabeticalDesc)
    .multi(several)
    .includeAll(several)
    .hide(hidden ? grafana.VariableHide.HideVariable : grafana.VariableHide.DontHide);
  if (several) builder.current({ text: ['All'], value: ['$__all'] });
  return regex === undefined ? builder : builder.regex(regex);
}

interface Asked {
  readonly expr: string;
  /** `{{cluster}}` */
  readonly legend?: string;
}

const overTime = (asked: Asked, at: number) => query(asked, at).range();
const now = (asked: Asked, at: number) => query(asked, at).instant();

function query({ expr, legend = '__auto' }: Asked, at: number): prometheus.DataqueryBuilder {
  return new prometheus.DataqueryBuilder()
    .datasource(hub)
    .refId(String.fromCharCode('A'.charCodeAt(0) + at))
    .editorMode(prometheus.QueryEditorMode.Code)
    .expr(expr.trim())
    .legendFormat(legend);
}

export interface Look {
  readonly title: string;
  readonly description?: string;
  /** Grafana's name of the unit, `none` for a bare number. */
  readonly unit: string;
  readonly decimals?: number;
  readonly asks: readonly Asked[];
}

interface Described {
  title(title: string): this;
  description(text: string): this;
  unit(unit: string): this;
  decimals(count: number): this;
}

function described<B extends Described>(builder: B, { title, description, unit, decimals }: Look): B {
  builder.title(title).unit(unit);
  if (description !== undefined) builder.description(description);
  if (decimals !== undefined) builder.decimals(decimals);
  return builder;
}

/** Lines over time, their last values in the legend. */
export function lines(look: Look, { stacked = false, wide = false } = {}): timeseries.PanelBuilder {
  const legend = new common.VizLegendOptionsBuilder()
    .displayMode(common.LegendDisplayMode.Table)
    .placement(wide ? common.LegendPlacement.Right : common.LegendPlacement.Bottom)
    .showLegend(true)
    .calcs(['lastNotNull'])
    .sortBy('Last *')
    .sortDesc(true);
  const panel = described(new timeseries.PanelBuilder(), look)
    .targets(look.asks.map(overTime))
    .legend(legend)
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending),
    )
    .lineWidth(2)
    // Two pushes of five minutes and what Grafana puts between: a hole that is longer is a silence.
    .spanNulls(900_000);
  if (!stacked) return panel.fillOpacity(0);
  return panel.fillOpacity(40).stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal));
}

/** Green below the first limit, orange from it on, red from the second. */
export function limits(orange: number, red: number) {
  return new grafana.ThresholdsConfigBuilder().mode(grafana.ThresholdsMode.Absolute).steps([
    { value: null, color: 'green' },
    { value: orange, color: 'orange' },
    { value: red, color: 'red' },
  ]);
}

const lastValue = () => new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);

/** One large number for each series. */
export function numbers(look: Look): stat.PanelBuilder {
  return described(new stat.PanelBuilder(), look)
    .targets(look.asks.map(now))
    .reduceOptions(lastValue())
    .colorMode(common.BigValueColorMode.Value)
    .graphMode(common.BigValueGraphMode.None);
}

/** One bar for each series, now. */
export function ranking(look: Look): bars.PanelBuilder {
  return described(new bars.PanelBuilder(), look)
    .targets(look.asks.map(now))
    .reduceOptions(lastValue())
    .orientation(common.VizOrientation.Horizontal)
    .displayMode(common.BarGaugeDisplayMode.Gradient)
    .showUnfilled(true)
    .min(0)
    .colorScheme(new grafana.FieldColorBuilder().mode(grafana.FieldColorModeId.ContinuousGrYlRd));
}

/** A row for each series, now. The labels are columns. */
export function rows(look: Look): table.PanelBuilder {
  return described(new table.PanelBuilder(), look)
    .targets(look.asks.map((asked, at) => now(asked, at).format(prometheus.PromQueryFormat.Table)))
    .filterable(true);
}

/** Columns out of the way, and the others under names for people. */
export function columns(names: Readonly<Record<string, string>>, hidden: readonly string[] = []) {
  const excludeByName = Object.fromEntries(['Time', ...hidden].map((name) => [name, true]));
  const indexByName = Object.fromEntries(Object.keys(names).map((name, at) => [name, at]));
  return { id: 'organize', options: { excludeByName, indexByName, renameByName: names } };
}

export const sortedBy = (field: string) => ({ id: 'sortBy', options: { fields: {}, sort: [{ field, desc: true }] } });

export const whole = (panel: Placeable, height: number): Placed => ({ panel, width: wholeRow, height });
export const half = (panel: Placeable, height: number): Placed => ({ panel, width: wholeRow / 2, height });
export const third = (panel: Placeable, height: number): Placed => ({ panel, width: wholeRow / 3, height });
export const twoThirds = (panel: Placeable, height: number): Placed => ({ panel, width: (wholeRow * 2) / 3, height });
