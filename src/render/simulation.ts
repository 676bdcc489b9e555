/** What a simulation came to: the final table, every series as JSON and CSV, and a page with the race. */
import type { ChartAssets } from './chart-assets.ts';
import { table } from './layout.ts';

/** The result of a play, as far as it is shown. Times in seconds from the scenario's beginning. */
export interface PlayedView {
  readonly title: string;
  readonly series: readonly {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly points: readonly (readonly [time: number, value: number])[];
  }[];
  readonly table: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

export function playedText({ title, table: ranked }: PlayedView): string {
  const names = labelNames(ranked);
  const rows = ranked.map(({ labels, value }, at) => [
    `${at + 1}`,
    ...names.map((name) => labels[name] ?? ''),
    rounded(value),
  ]);
  const head = ['', ...names.map((name) => name.toUpperCase()), 'VALUE'];
  return `${title}\n\n${table([head, ...rows]).join('\n')}\n`;
}

export function playedJson(played: PlayedView): string {
  return `${JSON.stringify({ schemaVersion: 1, command: 'rules simulate', ...played }, undefined, 1)}\n`;
}

/** One line for each point. */
export function playedCsv({ series }: PlayedView): string {
  const lines = series.flatMap(({ name, labels, points }) =>
    points.map(([time, value]) => [name, JSON.stringify(labels), time, value].map(cell).join(',')),
  );
  return `${['series,labels,seconds,value', ...lines].join('\n')}\n`;
}

function cell(value: string | number): string {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function labelNames(rows: PlayedView['table']): string[] {
  return [...new Set(rows.flatMap(({ labels }) => Object.keys(labels)))].filter((name) => name !== '__name__').sort();
}

const rounded = (value: number): string => (Math.round(value * 100) / 100).toString();

/** A page that asks nothing of the network: script, style and data are in it. */
export function playedHtml(played: PlayedView, { script, style }: ChartAssets): string {
  const data = JSON.stringify(chartData(played)).replaceAll('<', '\\u003c');
  const names = labelNames(played.table);
  const rows = played.table.map(
    ({ labels, value }, at) =>
      `<tr><td>${at + 1}</td>${names.map((name) => `<td>${escaped(labels[name] ?? '')}</td>`).join('')}<td>${rounded(value)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>${escaped(played.title)}</title>
<style>${style}
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff }
body > table { border-collapse: collapse; margin-top: 1.5rem } body > table :is(td, th) { padding: .25rem .75rem; text-align: left; border-bottom: 1px solid #ddd }
select { font: inherit; padding: .25rem; max-width: 100% } .hint { color: #555 }
</style>
<h1>${escaped(played.title)}</h1>
<p><label>Series <select id="which"></select></label></p>
<div id="chart"></div>
<p class="hint">Point at the chart for values; drag to zoom, double-click to zoom out; click a name to hide it.</p>
<table><thead><tr><th></th>${names.map((name) => `<th>${escaped(name)}</th>`).join('')}<th>value</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table>
<script type="application/json" id="data">${data}</script>
<script>${script.replaceAll('</script', '<\\/script')}</script>
<script>${pageScript}</script>
</html>
`;
}

interface Chart {
  readonly name: string;
  readonly times: readonly number[];
  readonly lines: readonly { readonly label: string; readonly values: readonly (number | null)[] }[];
}

/** A chart for each recorded name; the one the table ranks first. */
function chartData({ series, table: ranked }: PlayedView): Chart[] {
  const first = ranked[0]?.labels.__name__;
  const names = [...new Set(series.map(({ name }) => name))].sort((a, b) => Number(b === first) - Number(a === first));
  return names.map((name) => {
    const own = series.filter((one) => one.name === name);
    const times = [...new Set(own.flatMap(({ points }) => points.map(([time]) => time)))].sort((a, b) => a - b);
    const lines = own.map(({ labels, points }) => {
      const values = new Map(points);
      return { label: Object.values(labels).join(' '), values: times.map((time) => finite(values.get(time))) };
    });
    return { name, times, lines };
  });
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const pageScript = `
const charts = JSON.parse(document.getElementById('data').textContent);
const which = document.getElementById('which');
const place = document.getElementById('chart');
for (const [at, { name }] of charts.entries()) which.add(new Option(name, at));
const hue = (at, of) => 'hsl(' + Math.round((at * 360) / of) + ' 70% 40%)';
const minutes = (value) => (value === null || value === undefined ? '--' : Math.round(value / 6) / 10 + ' min');
const shown = (value) => (value === null || value === undefined ? '--' : Math.round(value * 100) / 100);
let chart;
function draw() {
  const one = charts[which.value];
  if (chart) chart.destroy();
  if (!one) return;
  const lines = one.lines.map(({ label }, at) => ({ label, stroke: hue(at, one.lines.length), width: 2, value: (_, v) => shown(v) }));
  chart = new uPlot({
    width: Math.min(1100, innerWidth - 32), height: 460,
    scales: { x: { time: false } },
    axes: [{ incrs: [30, 60, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400, 604800], values: (_, ticks) => ticks.map((tick) => Math.round(tick / 6) / 10 + ' min') }, {}],
    cursor: { drag: { x: true, y: false } },
    series: [{ label: 'time', value: (_, v) => minutes(v) }, ...lines],
  }, [one.times, ...one.lines.map(({ values }) => values)], place);
}
which.addEventListener('change', draw);
addEventListener('resize', draw);
draw();
`;
