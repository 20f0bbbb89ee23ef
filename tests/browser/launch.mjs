// Browsers and pages. A page has a context of its own (cookies, storage, cache) and takes down whatever it complains about.

import puppeteer from 'puppeteer-core';
import { STRICT } from './house.mjs';
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
    launched.set(kind, launch(options));
  }
  return launched.get(kind);
}

const launch = (options) => puppeteer.launch({ headless: true, timeout: 120_000, protocolTimeout: 180_000, ...options });

/** A Chromium of one's own, whose profile is kept in `folder`. Whoever asks for it closes it. */
export const chromiumAt = (folder) => launch({ browser: 'chrome', executablePath: CHROMIUM, userDataDir: folder, args: [...QUIET, HUMAN] });

/** Closes what was launched. */
export async function closeBrowsers() {
  for (const one of launched.values()) await (await one).close();
  launched.clear();
}

/**
 * Opens `address`. `prepare`: a function that runs in each page before its own scripts, with `prepared` as its argument.
 * `viewport`, `scheme` (`light` or `dark`), `expected`: patterns of complaints that are part of the journey. `asked`: attempts
 * are among those that are asked beside articles too; otherwise they are not.
 */
export async function open(context, house, address, { prepare, prepared, viewport = { width: 1280, height: 800 }, scheme = 'light', expected = [], firefox, automated, motion = false, asked = false }) {
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
  // The draw: the first digits of an attempt's random number, its last byte as it is drawn.
  await page.evaluateOnNewDocument((last) => {
    const draw = crypto.getRandomValues.bind(crypto);
    crypto.getRandomValues = (bytes) => { draw(bytes); bytes[15] = last; return bytes; };
  }, asked ? 0 : 255);
  if (prepare) await page.evaluateOnNewDocument(prepare, prepared);
  const answer = await widget.go(address);
  const policy = answer.headers()['content-security-policy'];
  if (policy !== STRICT) throw new Error(`expected the strict policy, found ${policy}`);
  const driven = await page.evaluate(() => navigator.webdriver);
  if (driven !== Boolean(automated)) throw new Error(`expected navigator.webdriver ${Boolean(automated)}, found ${driven}`);
  return widget;
}
