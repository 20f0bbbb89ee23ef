// Questions typed letter by letter on one page, twice over, and what memory that took.

import { readFile } from 'node:fs/promises';
import { open } from './browser.mjs';
import { MOST } from './page.mjs';

/** A pass that takes longer ends with the question it is at; how many were typed is written down. */
const LONGEST_MS = { first: 180_000, second: 45_000 };

/** How long Chromium is left alone before its memory is looked at, so that it gives back what it does not need. */
const REST_MS = 1_500;

export async function typing(browser, server, questions) {
  server.log = [];
  const { page, close } = await open(browser);
  try {
    await page.goto(server.origin);
    await page.evaluate(() => window.done);
    await page.evaluate(() => peer.prepare?.());
    const memory = await Memory.of(browser, page);
    const before = await memory.now();
    await page.evaluate(() => peer.init());
    const opened = await memory.now();
    const first = await pass(page, questions, LONGEST_MS.first);
    const sum = server.sum();
    const after = await memory.now();
    const second = await pass(page, questions, LONGEST_MS.second);
    return { first, second, ...sum, requests_again: server.log.length - sum.requests, memory: { before, opened, after } };
  } finally {
    await close();
  }
}

/** Types every question: `keys` are [letters typed, ms until its results were there], `found` questions with a result. */
async function pass(page, questions, longest) {
  const end = Date.now() + longest;
  const all = { questions: 0, found: 0, keys: [] };
  for (const question of questions) {
    if (Date.now() > end) break;
    const { keys, found } = await page.evaluate(type, question, MOST);
    all.keys.push(...keys);
    all.questions += 1;
    all.found += found ? 1 : 0;
  }
  return all;
}

/** Runs in the page. */
async function type(question, most) {
  const letters = [...question];
  const keys = [];
  let found = [];
  for (let typed = 1; typed <= letters.length; typed++) {
    const begin = performance.now();
    found = await peer.search(letters.slice(0, typed).join(''), most);
    keys.push([typed, performance.now() - begin]);
  }
  return { keys, found: found.length };
}

/** Private memory of the processes that draw pages, WebAssembly's and workers' included. */
class Memory {
  static async of(browser, page) {
    const memory = new Memory();
    memory.page = page;
    const session = await browser.target().createCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    // Those that are there now: one that Chromium starts later in reserve is not the page's.
    memory.processes = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
    return memory;
  }

  /** In bytes, rubbish collected. Null where the system does not tell. */
  async now() {
    for (let time = 0; time < 2; time++) {
      for (const { client } of [{ client: await this.#client() }, ...this.page.workers()]) {
        await client.send('HeapProfiler.collectGarbage').catch(() => {});
      }
      await new Promise((done) => setTimeout(done, REST_MS));
    }
    let sum = 0;
    for (const id of this.processes) {
      const told = await readFile(`/proc/${id}/smaps_rollup`, 'utf8').catch(() => null);
      if (told === null) return null;
      for (const [, kilobytes] of told.matchAll(/^Private_\w+:\s+(\d+) kB$/gm)) sum += 1024 * Number(kilobytes);
    }
    return sum;
  }

  async #client() {
    return this.session ??= await this.page.createCDPSession();
  }
}
