// A customer whose page ends at random moments: the tab is closed, its process crashes, the whole browser is killed; and
// whose network loses requests and answers. The same profile is opened again and again. What the collector had taken, and
// what was still on the device, is in the report in the end, each attempt once and in its latest state.
//
// SVAR_FULL=1 ends more than a hundred pages, otherwise a dozen. Lots are drawn from SVAR_SEED, which is told at the end.

import assert from 'node:assert/strict';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { House, until } from './house.mjs';
import { chromiumAt } from './launch.mjs';
import { Widget } from './widget.mjs';

const SEED = Number(process.env.SVAR_SEED || Date.now() % 1_000_000);
const EACH = process.env.SVAR_FULL ? 40 : 4;
const COLLECTOR = '/svar/v1/attempts';
// Same origin, no script: for looking at what is kept there.
const LOOKOUT = '/svar/widget.css';

/** Numbers from 0 to below `n` that follow from a seed: mulberry32. */
function lots(seed) {
  return (n) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

/** Notes the latest state of each attempt in a request's body. */
function note(states, body) {
  for (const { data } of JSON.parse(body)) if (!(states.get(data.attempt)?.seq >= data.seq)) states.set(data.attempt, data);
}

/**
 * The network between browser and house. It notes which states it has seen and which the collector has taken, and now and
 * then loses a request on its way there or the answer on its way back.
 */
class Network {
  static async open(house, lot) {
    const network = new Network();
    Object.assign(network, { house, lot, calm: false, cuts: 0, seen: new Map(), taken: new Map(), refused: [] });
    network.server = http.createServer((request, answer) => network.carry(request, answer).catch(() => answer.destroy()));
    await new Promise((done) => network.server.listen(0, '127.0.0.1', done));
    network.origin = `http://127.0.0.1:${network.server.address().port}`;
    return network;
  }

  async carry(request, answer) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const told = request.method === 'POST' && request.url === COLLECTOR;
    if (told) note(this.seen, body);
    const fate = told && !this.calm ? this.lot(10) : 9;
    if (fate < 4) return this.cut(answer);
    const { host, port } = new URL(this.house.origin);
    const forward = http.request({ host: host.split(':')[0], port, method: request.method, path: request.url, headers: request.headers });
    forward.end(body);
    const back = await new Promise((found, failed) => forward.once('response', found).once('error', failed));
    const parts = [];
    for await (const part of back) parts.push(part);
    if (told && back.statusCode === 202) note(this.taken, body);
    if (told && back.statusCode !== 202) this.refused.push(`${back.statusCode} ${Buffer.concat(parts)}`);
    if (fate < 6) return this.cut(answer);
    answer.writeHead(back.statusCode, back.headers);
    answer.end(Buffer.concat(parts));
  }

  cut(answer) {
    this.cuts++;
    answer.destroy();
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** How a page ends. Resolves to a browser that goes on, or to nothing. */
const KILLS = {
  'tab closed': async (browser, page) => {
    await page.close();
    return browser;
  },
  'process of a page crashed': async (browser, page) => {
    const crashed = new Promise((done) => page.once('error', done));
    page.createCDPSession().then((session) => session.send('Page.crash')).catch(() => {});
    await crashed;
    await page.close();
    return browser;
  },
  'browser killed': async (browser) => {
    const process = browser.process();
    const ended = new Promise((done) => process.once('exit', done));
    process.kill('SIGKILL');
    await ended;
  },
};

/** What a customer does, step by step. */
async function visit(widget, lot) {
  const [question, title] = [['autogiro', 'Betala med autogiro'], ['router', undefined], ['qwxzkj', undefined]][lot(3)];
  await widget.open();
  await widget.type(question);
  if (question === 'qwxzkj') return;
  await widget.announced(/\p{L}/u);
  await widget.read(title);
  const answer = ['Ja', 'Delvis', 'Nej'][lot(3)];
  await widget.answer(answer);
  if (answer !== 'Ja') await widget.reason('Det stämmer inte');
  if (lot(2)) await widget.close();
}

test('pages that end at any moment lose nothing that was sent or kept, and nothing counts twice', { timeout: 1_200_000 }, async (t) => {
  const lot = lots(SEED);
  const house = await House.open();
  const network = await Network.open(house, lot);
  const profile = path.join(house.folder, 'profile');
  let browser;
  /** A page on `address`, whose widget may be used; `stored` takes down what it keeps on the device. */
  const open = async (address, stored) => {
    browser ||= await chromiumAt(profile);
    const page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    const widget = new Widget(page, network, []);
    if (stored) {
      await page.exposeFunction('__stored', (json) => note(stored, `[${json}]`));
      await page.evaluateOnNewDocument(() => {
        const { setItem } = Storage.prototype;
        Storage.prototype.setItem = function (key, value) {
          setItem.call(this, key, value);
          if (this === localStorage && key.startsWith('svar:')) window.__stored(value);
        };
      });
    }
    return { page, widget, arrived: page.goto(network.origin + address, { waitUntil: 'load' }) };
  };
  /** `seq` by attempt of what is kept on the device. */
  const kept = async () => {
    const { page, arrived } = await open(LOOKOUT);
    await arrived;
    const all = await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('svar:')).map((key) => JSON.parse(localStorage.getItem(key)).data));
    await page.close();
    return new Map(all.map(({ attempt, seq }) => [attempt, seq]));
  };
  const promised = new Map();
  const promise = (id, seq) => promised.set(id, Math.max(seq, promised.get(id) || 0));
  const plan = Object.keys(KILLS).flatMap((kind) => Array(EACH).fill(kind)).map((kind) => [lot(1e9), kind]).sort(([a], [b]) => a - b).map(([, kind]) => kind);
  try {
    for (const kind of plan) {
      const stored = new Map();
      network.seen.clear();
      const { page, widget, arrived } = await open('/index.html', stored);
      let stopped = false;
      const customer = arrived.then(() => visit(widget, lot)).catch((error) => { if (!stopped) throw error; });
      // Mostly once there is something to lose, else at any moment, at times before the page is there.
      const something = lot(4) > 0 && until('something on the device', () => stopped || stored.size > 0, { every: 5, patience: 60_000 }).catch(() => {});
      const moment = lot(something ? 1500 : 4000);
      await Promise.race([customer, Promise.resolve(something).then(() => new Promise((done) => setTimeout(done, moment)))]);
      stopped = true;
      browser = await KILLS[kind](browser, page);
      await customer;
      const left = await kept();
      left.forEach((seq, id) => promise(id, seq));
      assert.ok(stored.size <= 1, `one question is one attempt, found ${[...stored.keys()]}`);
      // What a page has kept or sent is on the device, unless the collector has it, however the page ends. Chromium itself
      // writes its storage to the disk some seconds later: when it is killed, only what is found is held against us.
      if (kind !== 'browser killed') for (const [id, { seq }] of [...stored, ...network.seen]) {
        const has = Math.max(left.get(id) || 0, network.taken.get(id)?.seq || 0);
        assert.ok(has >= seq, `${id} was kept or sent at ${seq} and is on the device, or with the collector, at ${has} (${kind})`);
      }
    }
    network.calm = true;
    const { page, arrived } = await open('/index.html');
    await arrived;
    await until('all is delivered', () => page.evaluate(() => !Object.keys(localStorage).some((key) => key.startsWith('svar:'))), { patience: 60_000 });
    for (const [id, seq] of promised) assert.ok(network.taken.get(id)?.seq >= seq, `${id} was on the device at ${seq}, the collector got ${network.taken.get(id)?.seq}`);
    assert.deepEqual(network.refused, []);
    const { attempts, quality } = await house.report();
    const taken = [...network.taken.values()];
    const count = (holds) => taken.filter(holds).length;
    const declared = (value) => count((one) => one.declared?.value === value);
    assert.deepEqual(
      { total: attempts.total, browse: attempts.browse, solved: attempts.solved, partly: attempts.partly, not: attempts.not_solved, unreadable: quality.unreadable_attempts, rejected: quality.rejected_events },
      { total: count((one) => one.outcome.class !== 'browse'), browse: count((one) => one.outcome.class === 'browse'), solved: declared('solved'), partly: declared('partly'), not: declared('not_solved'), unreadable: 0, rejected: 0 },
    );
    assert.ok(attempts.total > 0 && quality.repeated_events + promised.size > 0, 'nothing was left on the device or came twice, so nothing was tried');
    t.diagnostic(`crash: ${plan.length + network.cuts} kills (${Object.keys(KILLS).map((kind) => `${EACH} ${kind}`).join(', ')}, ${network.cuts} requests or answers lost); ${taken.length} attempts, ${promised.size} left on the device, none lost, none doubled; SVAR_SEED=${SEED}`);
  } catch (error) {
    error.message += `\nSVAR_SEED=${SEED}`;
    throw error;
  } finally {
    await browser?.close().catch(() => {});
    network.close();
    await house.close();
  }
});
