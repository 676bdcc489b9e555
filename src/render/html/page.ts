/**
 * A report as one page that asks nothing of the network: a board of all clusters, how fresh each one's metrics have been, and
 * what is not well with its fix. What matters is in the text of the page; the script only filters, sorts and unfolds it.
 */
import { groupBy } from '../../engine/groups.ts';
import { count } from '../layout.ts';
import { plain } from '../plain.ts';
import type { Report, ReportCheck, ReportProblem } from '../report.ts';
import { words } from '../style.ts';
import { boardOf } from './board.ts';
import { pageScript } from './script.ts';
import { pageStyle } from './style.ts';

export function reportHtml(report: Report): string {
  const told = plain(report);
  const title = `acm-observability ${told.command}: ${told.verdict}`;
  // Nothing in it can end the element it stands in.
  const data = JSON.stringify(boardOf(told)).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${escaped(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<header>
<h1>acm-observability ${escaped(told.command)} <span class="verdict ${tone(told.exitCode)}">${escaped(told.verdict)}</span></h1>
<p>${facts(told).map(escaped).join(' · ')}</p>
</header>
<main>
${told.clusters.length === 0 ? '' : board(told)}
${troubles(told)}
${accepted(told)}
${changes(told)}
</main>
<footer><p>Run ${escaped(told.run)}. Every code is explained by <code>acm-observability explain CODE</code>.</p></footer>
<script type="application/json" id="data">${data}</script>
<script>${pageScript}</script>
</body>
</html>
`;
}

function tone(exitCode: number): string {
  if (exitCode === 0) return 'pass';
  return exitCode === 4 ? 'warn' : 'fail';
}

function facts(report: Report): string[] {
  const { hub, notes } = report;
  return [
    ...(hub === undefined ? [] : [`hub ${hub.name} at ${hub.api}`, `ACM ${hub.acmVersion} (${hub.architecture})`]),
    `exit ${report.exitCode}`,
    report.finishedAt,
    ...notes,
  ];
}

/** Everything that is filtered is made by the script: rows of thousands of clusters cost nothing until they are looked at. */
function board({ clusters }: Report): string {
  return `<section aria-labelledby="board-title">
<h2 id="board-title">${escaped(count(clusters.length, 'cluster'))}</h2>
<form id="filter" role="search" aria-label="Filter clusters">
<label>Filter <input id="text" type="search" autocomplete="off" placeholder="name, code or words"></label>
<span id="states" role="group" aria-label="States shown"></span>
<button type="button" id="theme">Theme</button>
</form>
<p class="hint" id="keys">Keys: <kbd>/</kbd> filter, <kbd>j</kbd> and <kbd>k</kbd> next and previous, <kbd>Enter</kbd> unfold, <kbd>1</kbd> to <kbd>5</kbd> states, <kbd>t</kbd> theme, <kbd>Esc</kbd> all again.</p>
<div id="board" aria-hidden="true"></div>
<p id="shown" role="status"></p>
<div class="wide" tabindex="0" role="region" aria-label="Clusters and hops">
<table id="clusters"><caption class="away">Clusters, the hops on the way of their metrics, and how fresh these are</caption><thead></thead><tbody></tbody></table>
</div>
<p><button type="button" id="more" hidden></button></p>
<noscript><p>${escaped(clusters.map(({ name, verdict }) => `${name} ${words[verdict]}`).join(', '))}</p></noscript>
</section>`;
}

/** What is not well, alike findings of several clusters once, the most frequent first. */
function troubles(report: Report): string {
  const ended = report.problem === undefined ? [] : [report.problem];
  const open = report.checks.filter(
    ({ verdict, acceptedUntil }) => verdict !== 'pass' && verdict !== 'skip' && acceptedUntil === undefined,
  );
  const all = [
    ...ended.map((problem) => ({ ...told(problem), where: [problem.cluster ?? report.hub?.name ?? 'the run'] })),
    ...report.problems.map((problem) => ({ ...told(problem), where: [problem.cluster] })),
    ...alike(open),
  ];
  if (all.length === 0) return '<section><h2>Nothing is wrong</h2></section>';
  return `<section><h2>What is not well</h2>\n${all.map(trouble).join('\n')}\n</section>`;
}

interface Trouble {
  readonly code: string;
  readonly what: string;
  readonly proof: string;
  readonly likely: string;
  readonly fix: string;
  readonly verdict: string;
  readonly where: readonly string[];
}

function told({ code, what, proof = '', likely, fix }: ReportProblem): Omit<Trouble, 'where'> {
  return { code, what, proof, likely, fix, verdict: words.fail };
}

function alike(checks: readonly ReportCheck[]): Trouble[] {
  const groups = groupBy(checks, ({ verdict, id, code }) => [verdict, id, code].join(' '));
  return [...groups.values()]
    .toSorted((a, b) => b.length - a.length)
    .flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const { code = '', evidence, what = evidence, likely = '', fix = '', verdict } = first;
      const proof = evidence === what ? '' : evidence;
      return [{ code, what, proof, likely, fix, verdict: words[verdict], where: group.map(({ cluster }) => cluster) }];
    });
}

/** So many clusters are named; the table has all of them. */
const mostNamed = 12;

function trouble({ code, what, proof, likely, fix, verdict, where }: Trouble): string {
  const more = where.length > mostNamed ? ` and ${where.length - mostNamed} more` : '';
  const rows = [
    ['Where', `${where.slice(0, mostNamed).join(', ')}${more}`],
    ['Proof', proof],
    ['Likely', likely],
    ['Fix', fix],
  ].filter(([, text]) => text !== '');
  const list = rows.map(
    ([name = '', text = '']) => `<dt>${name}</dt><dd>${name === 'Fix' ? commands(text) : escaped(text)}</dd>`,
  );
  return `<article class="${verdict.toLowerCase()}"><h3>${escaped(verdict)} <code>${escaped(code)}</code> ${escaped(what)}</h3><dl>${list.join('')}</dl></article>`;
}

/** What stands between backquotes is there to be pasted. */
function commands(text: string): string {
  return escaped(text).replace(/`([^`]+)`/g, '<code class="command">$1</code>');
}

function accepted({ checks }: Report): string {
  const rows = checks.filter(({ acceptedUntil }) => acceptedUntil !== undefined);
  if (rows.length === 0) return '';
  const items = rows.map(({ cluster, id, what, evidence, code, acceptedUntil, acceptedReason }) => {
    const why = acceptedReason === undefined ? '' : ` (${acceptedReason})`;
    return `<li>${escaped(`${cluster} ${id}: ${what ?? evidence}`)} <code>${escaped(code ?? '')}</code> until ${escaped(`${acceptedUntil}${why}`)}</li>`;
  });
  return `<section><h2>Accepted</h2><ul>${items.join('\n')}</ul></section>`;
}

function changes(report: Report): string {
  const open = report.changes.filter(({ change }) => change !== 'none' && change !== 'skip');
  if (open.length === 0) return '';
  const rows = open.map(({ change, cluster, step, resource, applied }) => {
    const cells = [applied ? `${change}, done` : change, cluster, step, resource];
    return `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`;
  });
  return `<section><h2>Changes</h2><div class="wide" tabindex="0" role="region" aria-label="Changes"><table><thead><tr><th scope="col">change</th><th scope="col">cluster</th><th scope="col">step</th><th scope="col">resource</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div></section>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
