/** The page's style: readable in both themes and on paper; colour only repeats what a word says. */
export const pageStyle = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1b1b; --soft: #555; --line: #d5d5d5; --pass: #1a7f37; --warn: #8a5a00;
  --fail: #c0182b; --unknown: #6639ba; --skip: #5c6670; --field: #f4f5f7 }
@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) { --paper: #14171a; --ink: #e8eaed; --soft: #adb3ba; --line: #3b4149;
  --pass: #4cc26a; --warn: #e3b341; --fail: #ff7b81; --unknown: #c3a5ff; --skip: #a5adb6; --field: #1e2227 } }
:root[data-theme=dark] { color-scheme: dark; --paper: #14171a; --ink: #e8eaed; --soft: #adb3ba; --line: #3b4149;
  --pass: #4cc26a; --warn: #e3b341; --fail: #ff7b81; --unknown: #c3a5ff; --skip: #a5adb6; --field: #1e2227 }
:root[data-theme=light] { color-scheme: light }
* { box-sizing: border-box }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 1280px; padding: 1rem 1.5rem; color: var(--ink); background: var(--paper) }
h1 { font-size: 1.5rem; margin: .5rem 0 } h2 { font-size: 1.2rem; margin: 1.5rem 0 .5rem } h3 { font-size: 1rem; margin: 0 }
header p, footer, .hint, dt { color: var(--soft) } .hint { font-size: .85rem }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere } .command { background: var(--field); padding: .1rem .3rem; border-radius: 3px }
kbd { border: 1px solid var(--line); border-radius: 3px; padding: 0 .3rem; font: .85em ui-monospace, monospace }
.pass { color: var(--pass) } .warn { color: var(--warn) } .fail { color: var(--fail) } .unknown { color: var(--unknown) } .skip { color: var(--skip) }
.fail, .verdict { font-weight: 600 }
form { display: flex; gap: .75rem; flex-wrap: wrap; align-items: center }
input, button { font: inherit; color: inherit; background: var(--field); border: 1px solid var(--soft); border-radius: 4px; padding: .25rem .6rem }
button { cursor: pointer } button[aria-pressed=true] { outline: 2px solid currentColor; outline-offset: -3px }
#states button { margin-right: .3rem }
#board { display: grid; grid-template-columns: repeat(auto-fill, 12px); gap: 2px; margin: .75rem 0 }
#board i { width: 12px; height: 12px; background: currentColor; border-radius: 2px; cursor: pointer }
#board i.skip { opacity: .45 } #board i.fail { border-radius: 0 } #board i.warn { border-radius: 50% }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .2rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap }
td.words { white-space: normal } thead th { position: sticky; top: 0; background: var(--paper) } tbody th { font-weight: 400 }
tbody th button { border: 0; background: none; padding: 0; text-decoration: underline dotted }
tr:focus-within { background: var(--field) } svg { display: block }
polyline { fill: none; stroke: currentColor; stroke-width: 1.5 }
article { border-left: 4px solid var(--fail); padding: .25rem .9rem; margin: .75rem 0; color: var(--ink); font-weight: 400 }
article.warn { border-color: var(--warn) } article.unknown { border-color: var(--unknown) }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem .75rem; margin: .35rem 0 } dd { margin: 0; overflow-wrap: anywhere }
.away { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
@media print { :root, :root[data-theme] { --paper: #fff; --ink: #000; --soft: #333; --line: #999; --pass: #1a7f37; --warn: #8a5a00; --fail: #c0182b;
  --unknown: #6639ba; --skip: #5c6670 } form, .hint, #more { display: none } body { max-width: none; padding: 0; font-size: 11px }
  .wide { overflow: visible } thead th { position: static } tr, article { break-inside: avoid } #board i { print-color-adjust: exact } }
`;
