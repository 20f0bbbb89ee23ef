// First results: each question on a page of its own with nothing in the cache, over each link.

import { open } from './browser.mjs';
import { Link } from './server.mjs';

const KB = 1000;

/** `far` has a long way and all the width there is: requests that do not wait for each other go side by side on it. */
export const LINKS = {
  none: null,
  fast4g: { rtt: 60, rate: 9_000 * KB },
  slow4g: { rtt: 400, rate: 400 * KB },
  far: { rtt: 400 },
};

/** Questions of a kind that are asked over each link: fewer where it takes long and times hardly differ. */
const SAMPLES = { none: 5, fast4g: 5, slow4g: 3, far: 3 };

/** The same for an engine that always loads the same, and the longest that it may fill a link: over it, it is not asked. */
const SAMPLES_OF_THE_SAME = { none: 5, fast4g: 2, slow4g: 1, far: 1 };
const LONGEST_S = 100;

/** A page on which nothing was asked for in this time has all it wants, excerpts included; the widget waits 0.8 s for a question to settle. */
const IDLE_MS = 1_500;

/** `kinds`: questions by kind. Returns samples: kind, link, times in ms, requests of the page with their beginning and end. */
export async function firsts(browser, server, kinds) {
  const samples = [];
  for (const [link, facts] of Object.entries(LINKS)) {
    for (const [kind, questions] of Object.entries(kinds)) {
      const bytes = samples.filter((sample) => sample.kind === kind && sample.link === 'none').map((sample) => sample.bytes);
      const same = bytes.length > 1 && bytes.every((one) => one === bytes[0]);
      const seconds = facts?.rate ? (8 * Math.min(...bytes)) / facts.rate : 0;
      if (same && seconds > LONGEST_S) {
        samples.push({ kind, link, reckoned_s: seconds });
        continue;
      }
      for (const question of questions.slice(0, (same ? SAMPLES_OF_THE_SAME : SAMPLES)[link])) {
        samples.push({ kind, link, question, ...await first(browser, server, facts, question, link === 'none') });
      }
    }
  }
  server.link = null;
  return samples;
}

async function first(browser, server, link, question, settle) {
  server.log = [];
  server.link = link && new Link(link);
  const { page, close } = await open(browser);
  try {
    await page.goto(`${server.origin}/?q=${encodeURIComponent(question)}`);
    const { origin, intent, there, found } = await page.evaluate(() => window.done);
    const sum = server.sum();
    const settled = settle ? await idle(server) : undefined;
    const requests = (await Promise.all([page, ...page.workers()].map((realm) => timeline(realm, origin)))).flat();
    return { intent, there, found, ...sum, settled, timeline: requests };
  } finally {
    await close();
  }
}

async function idle(server) {
  for (let before; before !== server.log.length;) {
    before = server.log.length;
    await new Promise((done) => setTimeout(done, IDLE_MS));
  }
  return server.sum().bytes;
}

/** What a page or a worker asked for: when it did, not when a connection was free, and when all of it was there. */
function timeline(realm, origin) {
  return realm.evaluate((origin) => performance.getEntriesByType('resource').filter(({ name }) => name.startsWith('http'))
    .map(({ name, startTime, responseEnd }) => [new URL(name).pathname, performance.timeOrigin - origin + startTime, performance.timeOrigin - origin + responseEnd]), origin);
}
