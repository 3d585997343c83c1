import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { refuse, scriptArguments } from './script-arguments.ts';

const HELP = `usage: npm run screenshots -- REPORT.html [FOLDER]

Pictures of a report as a person sees it: light and dark, wide and narrow, in Debian's Chromium, in FOLDER (screenshots). Fails when the
page asks the network for anything, writes an error to the console, or is wider than its window.`;

const WIDTHS = { wide: 1280, narrow: 390 } as const;
const SCHEMES = ['light', 'dark'] as const;
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** What is wrong with the page in this window; empty when nothing is. */
async function faultsOf(page: Page, asked: readonly string[], errors: readonly string[]): Promise<string[]> {
  const [content = 0, view = 0] = await page.evaluate<number[]>(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  );
  return [
    ...asked.map((url) => `asks for ${url}`),
    ...errors.map((text) => `writes an error: ${text}`),
    ...(content > view ? [`is ${content} pixels wide in a window of ${view}`] : []),
  ];
}

async function picture(browser: Browser, report: string, folder: string, scheme: (typeof SCHEMES)[number], width: keyof typeof WIDTHS) {
  const page = await browser.newPage({ colorScheme: scheme, viewport: { width: WIDTHS[width], height: 900 } });
  const asked: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith('file:') && !request.url().startsWith('data:')) asked.push(request.url());
  });
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.goto(pathToFileURL(report).href);
  const file = join(folder, `report-${scheme}-${width}`);
  await page.screenshot({ path: `${file}.png` });
  await page.screenshot({ path: `${file}-whole.png`, fullPage: true });
  const faults = await faultsOf(page, asked, errors);
  await page.close();
  console.log(`${file}.png`);
  return faults.map((fault) => `${scheme}, ${width}: the page ${fault}`);
}

const NAME = 'npm run screenshots';
const { positionals } = scriptArguments({ name: NAME, help: HELP, positionals_max: 2 });
const [report = refuse(NAME, 'no report was named'), folder = 'screenshots'] = positionals;
if (!existsSync(report)) refuse(NAME, `there is no ${report}`);
const executablePath = BROWSERS.find((path) => existsSync(path));
if (executablePath === undefined) {
  console.error(`screenshots: no browser in ${BROWSERS.join(', ')}; on Debian: apt-get install chromium`);
  process.exitCode = 1;
} else {
  mkdirSync(folder, { recursive: true });
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  const faults: string[] = [];
  for (const scheme of SCHEMES) {
    for (const width of ['wide', 'narrow'] as const) faults.push(...(await picture(browser, resolve(report), folder, scheme, width)));
  }
  await browser.close();
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
