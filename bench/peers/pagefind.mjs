// Pagefind as it comes: its command over the pages, its own script in a headless Chromium over a server of this machine.

import { execFileSync } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import puppeteer from 'puppeteer-core';
import { DEPTH, folder, language, lines, write } from './run.mjs';

const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const TYPES = { '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' };
const BUNDLE = path.join(folder, 'pagefind');

/** Questions handed to the page at a time: enough to be quick, few enough for the browser to answer in time. */
const AT_ONCE = 50;

await rm(BUNDLE, { recursive: true, force: true });
const command = fileURLToPath(new URL('node_modules/.bin/pagefind', import.meta.url));
execFileSync(command, ['--site', path.join(folder, 'pages'), '--output-path', BUNDLE], { stdio: ['ignore', 'ignore', 'inherit'] });

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname === '/') return response.setHeader('content-type', 'text/html').end(`<!doctype html><html lang="${language}"><title>Pagefind</title>`);
  try {
    // A URL's path has no `..` left in it.
    const bytes = await readFile(path.join(BUNDLE, decodeURIComponent(pathname)));
    response.setHeader('content-type', TYPES[path.extname(pathname)] || 'application/octet-stream').end(bytes);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));

const browser = await puppeteer.launch({ browser: 'chrome', executablePath: process.env.CHROMIUM || '/usr/bin/chromium', headless: true, args: QUIET, timeout: 120_000, protocolTimeout: 600_000 });
try {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const questions = lines('questions.jsonl');
  const answers = [];
  for (let at = 0; at < questions.length; at += AT_ONCE) {
    answers.push(...await page.evaluate(ask, questions.slice(at, at + AT_ONCE), DEPTH));
  }
  write(answers);
} finally {
  await browser.close();
  server.close();
}

/** Runs in the page. A result's address is that of its page's file, whose name is the page's id. */
async function ask(questions, depth) {
  const pagefind = await import('/pagefind.js');
  await pagefind.init();
  const answers = [];
  for (const { id, text } of questions) {
    const { results } = await pagefind.search(text);
    const hits = await Promise.all(results.slice(0, depth).map(async (result) => [(await result.data()).raw_url, result.score]));
    answers.push([id, hits.map(([url, score]) => [url.replace(/^\//, '').replace(/\.html$/, ''), score])]);
  }
  return answers;
}
