// The search engine alone in headless Chromium: `node engine.mjs MODULE FOLDER RESULT`. MODULE is the folder with engine.js
// and engine_bg.wasm; FOLDER is what bench/engine laid out: engine/index, engine/cases.json, questions.jsonl.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import puppeteer from 'puppeteer-core';

const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm' };

/** Above so many files a new page takes long to get them all: then no case is timed on new pages, nor all questions. */
const MANY = 1000;

/** New pages on which the first run of a case is timed. */
const FIRST = 3;

const [modules, folder, out] = process.argv.slice(2);
if (!out) throw new Error('expected MODULE FOLDER RESULT as arguments');

const index = path.join(folder, 'engine/index');
const names = readdirSync(index);
const cases = JSON.parse(readFileSync(path.join(folder, 'engine/cases.json'), 'utf8'));
const questions = readFileSync(path.join(folder, 'questions.jsonl'), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line).text);

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  // With these two a page's clock ticks every 5 µs instead of every 100.
  response.setHeader('cross-origin-opener-policy', 'same-origin').setHeader('cross-origin-embedder-policy', 'require-corp');
  if (pathname === '/') return response.setHeader('content-type', 'text/html').end('<!doctype html><title>engine</title>');
  const [, place, name] = pathname.split('/');
  try {
    const bytes = await readFile(path.join(place === 'module' ? modules : index, name));
    response.setHeader('content-type', TYPES[path.extname(name)] || 'application/octet-stream').end(bytes);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));

const browser = await puppeteer.launch({ browser: 'chrome', executablePath: process.env.CHROMIUM || '/usr/bin/chromium', headless: true, args: QUIET, timeout: 120_000, protocolTimeout: 900_000 });
try {
  const few = names.length <= MANY;
  const result = { chromium: await browser.version(), cases: {}, spread: [] };
  const page = await open();
  for (const one of cases) {
    result.cases[one.name] = await page.evaluate((one) => window.time(one), one);
  }
  if (few) result.spread = await page.evaluate((questions) => window.spread(questions), questions);
  await page.browserContext().close();
  // A string has a method of that name.
  for (const one of few ? cases.filter(({ work }) => typeof work.search === 'string') : []) {
    const firsts = [];
    for (let at = 0; at < FIRST; at++) {
      const page = await open();
      firsts.push(await page.evaluate((question) => window.once(question), one.work.search));
      await page.browserContext().close();
    }
    result.cases[one.name].first = firsts.sort((a, b) => a - b)[Math.floor(FIRST / 2)];
  }
  writeFileSync(out, JSON.stringify(result));
} finally {
  await browser.close();
  server.close();
}

/** A page with an empty cache and everything attached. */
async function open() {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(error.message));
  await page.goto(`http://localhost:${server.address().port}/`);
  await page.evaluate(prepare, names);
  return page;
}

/** Runs in the page: fetches and attaches everything, and defines what is called later. */
async function prepare(names) {
  if (!crossOriginIsolated) throw new Error('expected a page that is isolated across origins: its clock is too coarse');
  const { default: init, Engine, Files } = await import('/module/engine.js');
  await init({ module_or_path: '/module/engine_bg.wasm' });
  const files = new Files();
  for (let at = 0; at < names.length; at += 50) {
    await Promise.all(names.slice(at, at + 50).map(async (name) => {
      files.add(name, new Uint8Array(await (await fetch(`/index/${name}`)).arrayBuffer()));
    }));
  }
  const engine = new Engine(files);
  engine.attach_missing();

  /** What a round does, and what comes before it without being timed. */
  const round = (work) => {
    if (work === 'open') return { run: () => engine.open() };
    if (work === 'evictall') return { before: () => engine.attach_missing(), run: () => engine.evict() };
    if (work.attach) {
      const number = engine.find(work.attach);
      return { run: () => engine.attach(number) };
    }
    if (work.evictsome) {
      let at = 0;
      return { before: () => engine.attach_for(work.evictsome[at++ % work.evictsome.length]), run: () => engine.evict() };
    }
    return { run: () => engine.search(work.search) };
  };

  const timed = ({ before, run }, times) => {
    before?.();
    const began = performance.now();
    for (let i = 0; i < times; i++) run();
    return (performance.now() - began) / times;
  };

  /** Many rounds of a case, after as many that are thrown away: 3 seconds, at least 20 rounds, at most 1,000. */
  window.time = ({ work }) => {
    engine.attach_missing();
    const one = round(work);
    const rounds = (ms, least, times) => {
      const spent = [];
      const end = performance.now() + ms;
      while (spent.length < least || (performance.now() < end && spent.length < 1000)) spent.push(timed(one, times));
      return spent.sort((a, b) => a - b);
    };
    const warm = rounds(1500, 10, 1);
    // What is quicker than the clock's ticks is done some times over.
    const times = one.before ? 1 : Math.max(1, Math.round(0.1 / Math.max(warm[warm.length >> 1], 0.001)));
    const spent = rounds(3000, 20, times);
    const part = (p) => spent[Math.max(0, Math.ceil(p * spent.length) - 1)];
    return { p50: part(0.5), p95: part(0.95), p99: part(0.99), rounds: spent.length };
  };

  /** The shortest of three times for each question. */
  window.spread = (questions) => {
    engine.attach_missing();
    return questions.map((question) => Math.min(...[1, 2, 3].map(() => timed(round({ search: question }), 1))));
  };

  window.once = (question) => timed(round({ search: question }), 1);
}
