// Browsers and pages. A journey gets a browser of its own making (cookies, storage, cache) and fails on whatever the page
// complains about, unless the journey said that it would.

import { after, test } from 'node:test';
import puppeteer from 'puppeteer-core';
import { House } from './house.mjs';
import { Widget } from './widget.mjs';

const CHROMIUM = process.env.CHROMIUM || '/usr/bin/chromium';
const FIREFOX = process.env.FIREFOX || '/usr/bin/firefox-esr';
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
// Driven by a program, an attempt does not count. These are to count.
const HUMAN = '--disable-blink-features=AutomationControlled';

const launched = new Map();

/** A browser of a kind: `chromium`, `automated` (a Chromium that admits to being driven) or `firefox`. Shared within a file. */
export function browser(kind = 'chromium') {
  if (!launched.has(kind)) {
    const options = kind === 'firefox'
      ? { browser: 'firefox', executablePath: FIREFOX }
      : { browser: 'chrome', executablePath: CHROMIUM, args: kind === 'automated' ? QUIET : [...QUIET, HUMAN] };
    launched.set(kind, puppeteer.launch({ headless: true, timeout: 120_000, protocolTimeout: 180_000, ...options }));
  }
  return launched.get(kind);
}

after(async () => {
  for (const one of launched.values()) await (await one).close();
});

/**
 * A test that walks through a house with a browser. `walk` gets `house` and `visit(path, options)`, which opens a page and
 * returns its [`Widget`]. `options.house` goes to `House.open`, `options.browser` to `browser`.
 */
export function journey(name, options, walk) {
  if (!walk) [options, walk] = [{}, options];
  test(name, { timeout: options.timeout || 180_000, skip: options.skip }, async (t) => {
    const house = await House.open(options.house);
    const context = await (await browser(options.browser)).createBrowserContext();
    const widgets = [];
    const visit = async (address = '/', how = {}) => {
      const widget = await open(context, house, address, { firefox: options.browser === 'firefox', automated: options.browser === 'automated', ...how });
      widgets.push(widget);
      return widget;
    };
    try {
      await walk({ t, house, visit, context });
      const complaints = widgets.flatMap((widget) => widget.complaints());
      if (complaints.length) throw new Error(`the page complained:\n${complaints.join('\n')}`);
    } catch (error) {
      const heard = widgets.flatMap((widget) => widget.heard);
      if (heard.length) t.diagnostic(`heard on the pages:\n${heard.join('\n')}`);
      throw error;
    } finally {
      await context.close();
      await house.close();
    }
  });
}

/**
 * Opens `address`. `prepare`: a function that runs in each page before its own scripts, with `prepared` as its argument.
 * `viewport`, `scheme` (`light` or `dark`), `expected`: patterns of complaints that are part of the journey.
 */
async function open(context, house, address, { prepare, prepared, viewport = { width: 1280, height: 800 }, scheme = 'light', expected = [], firefox, automated, motion = false }) {
  const page = await context.newPage();
  await page.setViewport(viewport);
  page.setDefaultTimeout(60_000);
  if (!firefox) {
    // Nothing slides away from under the pointer.
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }, { name: 'prefers-reduced-motion', value: motion ? 'no-preference' : 'reduce' }]);
  }
  const widget = new Widget(page, house, expected);
  page.on('console', (message) => {
    if (['error', 'warn', 'warning', 'assert'].includes(message.type())) widget.hear(`${message.type()}: ${message.text()} ${message.location()?.url || ''}`);
  });
  page.on('pageerror', (error) => widget.hear(`thrown: ${error.stack || error}`));
  page.on('request', (request) => {
    widget.requests.push(request);
    const url = request.url();
    if (!url.startsWith(house.origin) && !/^(data|about|blob|mailto):/.test(url)) widget.hear(`asked elsewhere: ${url}`);
  });
  await page.evaluateOnNewDocument(() => {
    addEventListener('securitypolicyviolation', (event) => console.error(`refused by policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample} ${event.sourceFile}:${event.lineNumber}`));
  });
  if (firefox) await page.evaluateOnNewDocument(() => Object.defineProperty(navigator, 'webdriver', { get: () => false }));
  if (prepare) await page.evaluateOnNewDocument(prepare, prepared);
  await widget.go(address);
  const driven = await page.evaluate(() => navigator.webdriver);
  if (driven !== Boolean(automated)) throw new Error(`expected navigator.webdriver ${Boolean(automated)}, found ${driven}`);
  return widget;
}
