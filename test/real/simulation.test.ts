/** The page of a simulation, in a real headless Chromium. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { registry } from '../../src/cli/registry.ts';
import { chartAssets } from '../../src/render/chart-assets.ts';
import { type PlayedView, playedHtml } from '../../src/render/simulation.ts';
import { testShell } from '../cli/shell.ts';
import { needBrowser, type OpenPage, type RunningBrowser, startBrowser } from './servers/browser.ts';
import { need } from './servers/locate.ts';
import { lookAfterServers, temporaryFolder } from './servers/process.ts';

const browserNeeded = needBrowser();
const needed = need('promtool');
const promtool = needed.have ? needed.paths.promtool : '';

/** Two people over two hours; a name that would be markup. */
const played: PlayedView = {
  title: 'Dry run </script><b>',
  series: ['batman', '<img src=x onerror=alert(1)>'].flatMap((user, at) => [
    {
      name: 'opencodequest_leaderboard_score:prod',
      labels: { user },
      points: Array.from(
        { length: 25 },
        (_, index) => [index * 300, index < 6 * (at + 1) ? 0 : index * (at + 2)] as const,
      ),
    },
    {
      name: 'opencodequest_leaderboard_hero:prod',
      labels: { user },
      points: [
        [0, 0],
        [3600, 1],
        [7200, Number.NaN],
      ],
    },
  ]),
  table: [
    { labels: { __name__: 'opencodequest_leaderboard_score:prod', user: '<img src=x onerror=alert(1)>' }, value: 72 },
    { labels: { __name__: 'opencodequest_leaderboard_score:prod', user: 'batman' }, value: 48 },
  ],
};

describe.skipIf(!browserNeeded.have)(`the page of a simulation${browserNeeded.note}`, () => {
  let browser: RunningBrowser;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  lookAfterServers();

  beforeAll(async () => {
    browser = await startBrowser(browserNeeded.have ? browserNeeded.path : '');
    folder = await temporaryFolder('simulation');
  });
  afterAll(async () => {
    await browser?.stop();
    await folder?.remove();
  });

  async function open(view: PlayedView): Promise<OpenPage> {
    const file = join(folder.path, 'race.html');
    await writeFile(file, playedHtml(view, await chartAssets()));
    return browser.open(pathToFileURL(file).href);
  }

  /** Texts of the elements a selector finds. */
  const texts = ({ page }: OpenPage, selector: string) =>
    page.evaluate(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => one.textContent)`,
    ) as Promise<string[]>;

  /** Pixels of the chart that are neither white nor grey: lines. */
  const colouredPixels = ({ page }: OpenPage) => page.evaluate(countColoured) as Promise<number>;

  it('draws the race, says nothing on the console and asks the network for nothing', async () => {
    const opened = await open(played);

    expect(await texts(opened, '#chart canvas')).toHaveLength(1);
    expect(await colouredPixels(opened)).toBeGreaterThan(1_000);
    expect(opened.errors).toEqual([]);
    expect(opened.requests).toEqual([]);
    await keep(opened, 'race');
  });

  it.skipIf(!needed.have)(`shows a race that was played${needed.note}`, async () => {
    const file = join(folder.path, 'dry-run.html');
    const shell = testShell({ cwd: folder.path, env: {} });
    const line = `rules simulate leaderboard --scenario dry-run --report ${file} --promtool ${promtool}`;

    const exitCode = await runProgram(line.split(' '), registry, shell);
    const opened = await browser.open(pathToFileURL(file).href);

    expect(exitCode).toBe(0);
    expect(await texts(opened, '.u-legend .u-label')).toEqual([
      'time',
      ...['quest-1 batman', 'quest-1 catwoman', 'quest-2 invisibleman', 'quest-2 superman'],
    ]);
    expect(await texts(opened, 'body > table tbody td:nth-child(3)')).toEqual([
      ...['batman', 'catwoman', 'superman', 'invisibleman'],
    ]);
    // Every recorded series can be chosen, the score first.
    const choices = await texts(opened, '#which option');
    expect(choices[0]).toBe('opencodequest_leaderboard_score:prod');
    expect(choices).toHaveLength(60);
    expect(await colouredPixels(opened)).toBeGreaterThan(1_000);
    expect([opened.errors, opened.requests]).toEqual([[], []]);
    await keep(opened, 'dry-run');
  });

  it('draws another series when it is chosen, and takes no name for markup', async () => {
    const opened = await open(played);
    const { page } = opened;

    const before = await colouredPixels(opened);
    await page.select('#which', '1');

    expect(await texts(opened, '.u-legend .u-label')).toEqual(['time', 'batman', '<img src=x onerror=alert(1)>']);
    expect(await colouredPixels(opened)).not.toBe(before);
    expect(await texts(opened, 'img, b')).toEqual([]);
    expect(await texts(opened, 'body > table tbody td:nth-child(2)')).toEqual([
      '<img src=x onerror=alert(1)>',
      'batman',
    ]);
    expect(opened.errors).toEqual([]);
  });

  it('tells the values under the pointer, and zooms into what is dragged over', async () => {
    const opened = await open(played);
    const { page } = opened;
    const box = await (await page.$('#chart .u-over'))!.boundingBox();
    const at = (share: number) => [box!.x + box!.width * share, box!.y + box!.height / 2] as const;
    const shown = () => texts(opened, '.u-legend .u-value');

    await page.mouse.move(...at(0.5));
    const hovered = await shown();
    await page.mouse.move(...at(0.25));
    await page.mouse.down();
    await page.mouse.move(...at(0.4), { steps: 5 });
    await page.mouse.up();
    await page.mouse.move(...at(0.99));
    const zoomed = await shown();

    expect(hovered).toEqual(['60 min', '24', '36']);
    // The right edge is where the dragging ended, no longer the end of the race.
    expect(Number.parseFloat(zoomed[0] ?? '')).toBeLessThan(60);
    expect(opened.errors).toEqual([]);
  });
});

const countColoured = `(() => {
  const canvas = document.querySelector('#chart canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let coloured = 0;
  for (let at = 0; at < data.length; at += 4) {
    const [red, green, blue, alpha] = data.subarray(at, at + 4);
    if (alpha > 128 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) coloured += 1;
  }
  return coloured;
})()`;

/** To be looked at by a person: only where somebody asks for it. */
async function keep({ page }: OpenPage, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) as `${string}.png`, fullPage: true });
}
