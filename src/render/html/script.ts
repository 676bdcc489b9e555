/**
 * The page's script. Texts of a report reach the page by `textContent` only. Of thousands of rows so many are made as fit on a
 * few screens; the rest when somebody asks, or prints.
 */
export const pageScript = `
'use strict';
const { hops, words, fine, rows } = JSON.parse(document.getElementById('data').textContent);
const at = (id) => document.getElementById(id);
const states = ['fail', 'unknown', 'warn', 'pass', 'skip'];
const off = new Set();
const first = 100;
let most = first;

function element(name, attributes, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...content);
  return made;
}

function sparkline({ freshness }) {
  const known = freshness.filter((age) => age !== null);
  if (known.length === 0) return '';
  const [width, height] = [72, 16];
  const top = Math.max(2 * fine, ...known);
  const x = (index) => (freshness.length === 1 ? 0 : (index * width) / (freshness.length - 1)).toFixed(1);
  // Fresh is high; a gap breaks the line.
  const y = (age) => (1 + ((height - 2) * age) / top).toFixed(1);
  const svg = (name, attributes) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const late = freshness.filter((age) => age === null || age > fine).length;
  const label = late === 0 ? 'fresh all the time' : 'late or silent at ' + late + ' of ' + freshness.length + ' moments';
  const drawn = svg('svg', { width, height, role: 'img', 'aria-label': label, class: late === 0 ? 'pass' : 'fail' });
  let line = [];
  const flush = () => {
    if (line.length === 1) line.push(line[0]);
    if (line.length > 0) drawn.append(svg('polyline', { points: line.join(' ') }));
    line = [];
  };
  freshness.forEach((age, index) => {
    if (age === null) flush();
    else line.push(x(index) + ',' + y(age));
  });
  flush();
  return drawn;
}

function rowOf(row, index) {
  const open = element('button', { type: 'button', 'aria-expanded': 'false' }, row.name);
  const made = element('tr', { 'data-row': index }, element('th', { scope: 'row' }, open),
    element('td', { class: row.verdict }, words[row.verdict]),
    ...row.hops.map((verdict) => element('td', verdict === '' ? {} : { class: verdict }, verdict === '' ? '-' : words[verdict])),
    element('td', {}, row.newest), element('td', {}, sparkline(row)));
  open.addEventListener('click', () => unfold(made, row, open));
  return made;
}

function unfold(made, row, open) {
  const was = open.getAttribute('aria-expanded') === 'true';
  open.setAttribute('aria-expanded', String(!was));
  if (was) return made.nextElementSibling.remove();
  const list = element('dl', {});
  const add = (name, ...content) => list.append(element('dt', {}, name), element('dd', {}, ...content));
  if (row.reason !== '') add('Reason', row.reason);
  for (const [code, what, fix] of row.troubles) {
    add('What', what + ' ', element('code', {}, code));
    if (fix !== '') add('Fix', fix);
  }
  if (list.children.length === 0) add('State', 'Nothing is wrong here.');
  made.after(element('tr', {}, element('td', { class: 'words', colspan: String(hops.length + 4) }, list)));
}

const search = rows.map((row) => [row.name, row.reason, ...row.troubles.flat()].join(' ').toLowerCase());
const fits = (text) => (row, index) => !off.has(row.verdict) && text.every((word) => search[index].includes(word));

function draw() {
  const text = at('text').value.toLowerCase().split(/\\s+/).filter(Boolean);
  const found = rows.map((row, index) => [row, index]).filter(([row, index]) => fits(text)(row, index));
  at('clusters').tBodies[0].replaceChildren(...found.slice(0, most).map(([row, index]) => rowOf(row, index)));
  at('board').replaceChildren(...found.map(([row, index]) => {
    const square = document.createElement('i');
    square.className = row.verdict;
    square.title = row.name + ': ' + words[row.verdict] + (row.reason === '' ? '' : ', ' + row.reason);
    square.dataset.row = index;
    return square;
  }));
  at('shown').textContent = found.length + ' of ' + rows.length + ' clusters' + (found.length > most ? ', the first ' + most + ' in the table' : '');
  at('more').hidden = found.length <= most;
  at('more').textContent = 'Show all ' + found.length;
}

function showAll() {
  most = Infinity;
  draw();
}

function toggle(state) {
  if (!off.delete(state)) off.add(state);
  for (const button of at('states').children) button.setAttribute('aria-pressed', String(!off.has(button.dataset.state)));
  draw();
}

function theme() {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const now = document.documentElement.dataset.theme ?? (dark ? 'dark' : 'light');
  document.documentElement.dataset.theme = now === 'dark' ? 'light' : 'dark';
}

function step(by) {
  const all = [...at('clusters').querySelectorAll('tbody th button')];
  const here = all.indexOf(document.activeElement);
  all[Math.min(all.length - 1, Math.max(0, here + by))]?.focus();
}

function everything() {
  at('text').value = '';
  off.clear();
  for (const button of at('states').children) button.setAttribute('aria-pressed', 'true');
  most = first;
  draw();
}

const keys = { '/': () => at('text').focus(), j: () => step(1), k: () => step(-1), t: theme, Escape: everything };
states.forEach((state, index) => { keys[index + 1] = () => toggle(state); });

if (at('board')) {
  at('clusters').tHead.append(element('tr', {}, ...['cluster', 'result', ...hops, 'newest', 'freshness'].map((name) => element('th', { scope: 'col' }, name))));
  for (const state of states) {
    const number = rows.filter(({ verdict }) => verdict === state).length;
    const button = element('button', { type: 'button', 'aria-pressed': 'true', 'data-state': state, class: state }, words[state] + ' ' + number);
    button.addEventListener('click', () => toggle(state));
    at('states').append(button);
  }
  at('filter').addEventListener('submit', (event) => event.preventDefault());
  at('text').addEventListener('input', draw);
  at('theme').addEventListener('click', theme);
  at('more').addEventListener('click', showAll);
  at('board').addEventListener('click', ({ target }) => {
    if (target.dataset.row === undefined) return;
    if (!document.querySelector('tr[data-row="' + target.dataset.row + '"]')) showAll();
    const row = document.querySelector('tr[data-row="' + target.dataset.row + '"]');
    row.scrollIntoView({ block: 'center' });
    row.querySelector('button').focus();
  });
  addEventListener('keydown', (event) => {
    const typing = event.target.tagName === 'INPUT' && event.key !== 'Escape';
    if (typing || event.ctrlKey || event.metaKey || event.altKey || keys[event.key] === undefined) return;
    event.preventDefault();
    keys[event.key]();
  });
  addEventListener('beforeprint', showAll);
  draw();
}
`;
