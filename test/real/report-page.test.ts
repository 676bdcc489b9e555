/** The report as a page, in a real headless Chromium: read, searched, printed and held to axe-core, at the size of a large fleet. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../src/render/formats.ts';
import { fleetReport, hostileName } from '../helpers/fleet-report.ts';
import { wide } from '../render/samples.ts';
import { needBrowser, type OpenPage, type RunningBrowser, startBrowser } from './servers/browser.ts';
import { lookAfterServers, temporaryFolder } from './servers/process.ts';

const needed = needBrowser();
const size = 3_500;

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

describe.skipIf(!needed.have)(`the page of a report in a browser${needed.note}`, () => {
  let browser: RunningBrowser;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let url: string;
  let light: OpenPage;
  lookAfterServers();

  beforeAll(async () => {
    if (!needed.have) throw new Error(needed.note);
    browser = await startBrowser(needed.path);
    folder = await temporaryFolder('report');
    const file = join(folder.path, 'report.html');
    await writeFile(file, await renderReport(fleetReport(size), 'html', wide));
    url = pathToFileURL(file).href;
    light = await browser.open(url);
  }, 120_000);
  afterAll(async () => {
    await browser?.stop();
    await folder?.remove();
  });

  const rows = (): Promise<number> => light.page.$$eval('#clusters tbody tr', (all) => all.length);
  const shown = (): Promise<string> => light.page.$eval('#shown', (one) => one.textContent ?? '');

  it('says nothing on the console, asks nobody, and runs nothing a name carries', () => {
    expect(light.errors).toEqual([]);
    expect(light.requests).toEqual([]);
  });

  it('has a square for every cluster, and the worst rows first', async () => {
    expect(await light.page.$$eval('#board i', (all) => all.length)).toBe(size);
    expect(await rows()).toBe(100);
    expect(await light.page.$eval('#clusters tbody tr td', (cell) => cell.textContent)).toBe('FAIL');
    expect(await shown()).toBe(`${size} of ${size} clusters, the first 100 in the table`);
  });

  it('makes few elements until somebody asks for more: what a browser has to lay out is bounded', async () => {
    const elements = await light.page.evaluate('document.querySelectorAll("main *").length');

    expect(elements).toBeLessThan(size + 100 * 16 + 500);
  });

  it('filters by text and by state, and says how many are left', async () => {
    await light.page.type('#text', 'cannot-send');
    const found = Number((await shown()).split(' ')[0]);
    expect(found).toBeGreaterThan(20);
    expect(found).toBeLessThan(60);

    await light.page.keyboard.press('Escape');
    await light.page.click('#states button[data-state=pass]');
    await light.page.click('#states button[data-state=skip]');
    expect(Number((await shown()).split(' ')[0])).toBeLessThan(size / 10);
    await light.page.keyboard.press('Escape');
    expect(await shown()).toContain(`${size} of`);
  });

  it('shows a hostile name as it is', async () => {
    await light.page.type('#text', 'onerror');
    expect(await light.page.$eval('#clusters tbody th', (cell) => cell.textContent)).toBe(hostileName);
    expect(await light.page.$$('main img')).toEqual([]);
    await light.page.keyboard.press('Escape');
  });

  it('is walked and unfolded by keys alone', async () => {
    await light.page.evaluate('document.activeElement.blur()');
    for (const key of ['j', 'j', 'k', 'Enter'] as const) await light.page.keyboard.press(key);

    expect(await light.page.$eval('#clusters tbody tr', (row) => row.nextElementSibling?.textContent)).toContain('Fix');
    await light.page.keyboard.press('Escape');
    await light.page.keyboard.press('/');
    expect(await light.page.evaluate('document.activeElement.id')).toBe('text');
  });

  it('draws a line of freshness for every row, broken where a cluster was silent', async () => {
    await light.page.keyboard.press('Escape');
    await light.page.type('#text', 'cluster-0107');
    expect(await light.page.$$eval('#clusters svg polyline', (all) => all.length)).toBe(2);
    expect(await light.page.$eval('#clusters svg', (one) => one.getAttribute('aria-label'))).toBe(
      'late or silent at 5 of 24 moments',
    );
    await light.page.keyboard.press('Escape');
  });

  it('prints every cluster', async () => {
    await light.page.evaluate('dispatchEvent(new Event("beforeprint"))');
    expect(await rows()).toBe(size);
    await light.page.keyboard.press('Escape');
  });

  it.each(['light', 'dark'] as const)('has no violation of axe-core in the %s theme', async (scheme) => {
    const { page, errors } = await browser.open(url, { scheme });
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await page.evaluate(axe);
    const result = (await page.evaluate('axe.run({ resultTypes: ["violations"] })')) as {
      readonly violations: readonly Violation[];
    };
    const serious = result.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    await save(await page.screenshot(), `report-${scheme}.png`);

    expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('changes its theme by a key, whatever the reader’s machine wants', async () => {
    const ink = () => light.page.evaluate('getComputedStyle(document.body).color');
    const before = await ink();
    await light.page.evaluate('document.activeElement.blur()');
    await light.page.keyboard.press('t');

    expect(await ink()).not.toBe(before);
  });
});

/** Kept for people to look at where a folder is named. */
async function save(png: Uint8Array, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), png);
}
