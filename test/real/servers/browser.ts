/**
 * A real headless Chromium: for pages this program writes. Taken from CHROME_BIN or the PATH (Debian: `apt-get install
 * chromium`); its data is in a temporary folder, and it resolves no name, so a page that asks the network is found out.
 */
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type Browser, connect, type Page } from 'puppeteer-core';
import { isExecutable } from './locate.ts';
import { answers, launch, temporaryFolder } from './process.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** The browser to start, or why a suite is skipped. In CI none may be missing: throws an Error. */
export type NeededBrowser =
  | { readonly have: true; readonly path: string; readonly note: '' }
  | { readonly have: false; readonly note: string };

export function needBrowser(env: Readonly<Record<string, string | undefined>> = process.env): NeededBrowser {
  const named = env.CHROME_BIN;
  if (named !== undefined && named !== '') {
    if (!isExecutable(named)) throw new Error(`CHROME_BIN names ${named}, which cannot be run`);
    return { have: true, path: named, note: '' };
  }
  const folders = (env.PATH ?? '').split(delimiter);
  const path = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
  if (path !== undefined) return { have: true, path, note: '' };
  if (env.CI) throw new Error(`in CI nothing may be skipped: no ${names.join(', ')} on PATH and no CHROME_BIN`);
  return { have: false, note: ` (skipped: no ${names.join(', ')}; name one in CHROME_BIN)` };
}

export interface Look {
  readonly width?: number;
  readonly height?: number;
  /** What the page is told of the reader's wish. */
  readonly scheme?: 'light' | 'dark';
}

export interface OpenPage {
  readonly page: Page;
  /** What was said on the console as an error or a warning, and what was thrown; grows as the page lives. */
  readonly errors: readonly string[];
  /** Addresses asked for besides the page itself; `data:` and `blob:` ask nobody. */
  readonly requests: readonly string[];
}

export interface RunningBrowser {
  /** Opens a page and resolves when it has loaded: `file:///…`, or of a server of the test on 127.0.0.1. */
  open(url: string, look?: Look): Promise<OpenPage>;
  stop(): Promise<void>;
}

export async function startBrowser(command: string): Promise<RunningBrowser> {
  const folder = await temporaryFolder('browser');
  // Port 0: the browser takes a free one, and writes which.
  const told = async () => (await readFile(join(folder.path, 'DevToolsActivePort'), 'utf8')).split('\n');
  const server = await launch({
    name: 'chromium',
    command,
    args: [...switches, `--user-data-dir=${folder.path}`, 'about:blank'],
    env: { HOME: folder.path },
    ready: async () => answers(`http://127.0.0.1:${(await told())[0]}/json/version`),
  });
  const [port, path] = await told();
  const browser = await connect({ browserWSEndpoint: `ws://127.0.0.1:${port}${path}`, defaultViewport: null });
  return {
    open: (url, look = {}) => openPage(browser, url, look),
    stop: async () => {
      await browser.disconnect();
      await server.stop();
      await folder.remove();
    },
  };
}

const switches = [
  '--headless=new',
  '--remote-debugging-port=0',
  // Its own sandbox needs rights that containers do not give; it is shown nothing but our pages.
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--hide-scrollbars',
  '--force-color-profile=srgb',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

async function openPage(browser: Browser, url: string, look: Look): Promise<OpenPage> {
  const { width = 1280, height = 900, scheme = 'light' } = look;
  const page = await browser.newPage();
  const errors: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warn') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('request', (request) => {
    const isItself = request.isNavigationRequest() && request.frame() === page.mainFrame();
    if (!isItself && !/^(?:data|blob):/.test(request.url())) requests.push(request.url());
  });
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.goto(url, { waitUntil: 'load' });
  return { page, errors, requests };
}
