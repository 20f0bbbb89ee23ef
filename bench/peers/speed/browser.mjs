// Chromium, new for each engine and corpus.

import puppeteer from 'puppeteer-core';

const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Longer than anything here takes: an index of a large corpus fills a slow link for a minute or two. */
const PATIENCE = 300_000;

export function launch() {
  // Told to watch the network, Chromium keeps a copy of all that came and tells of it by messages: memory and time that no
  // visitor's browser takes.
  return puppeteer.launch({ networkEnabled: false, browser: 'chrome', executablePath: process.env.CHROMIUM || '/usr/bin/chromium', headless: true, args: QUIET, timeout: 120_000, protocolTimeout: PATIENCE });
}

/** An empty page with an empty cache. */
export async function open(browser) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  return { page, close: () => context.close() };
}
