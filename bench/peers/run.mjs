// What the peers' programs share: `node PEER.mjs ENGINE FOLDER LANGUAGE RUN` reads the questions of a folder that
// xtask/src/bench/engines.rs wrote, and writes a run: question, page, rank and score between tabs.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Places that count. */
export const DEPTH = 10;

const [engine, folder, language, out] = process.argv.slice(2);
if (!out) throw new Error('expected ENGINE FOLDER LANGUAGE RUN as arguments');

export { engine, folder, language };

/** The lines of a file of the folder, as objects. */
export function lines(name) {
  return readFileSync(path.join(folder, name), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

/** Writes the run. `answers`: for each question `[id, [[page, score], …]]`, the best page first, once or more than once. */
export function write(answers) {
  const rows = [];
  for (const [question, hits] of answers) {
    const best = new Map();
    for (const [page, score] of hits) if (!best.has(page)) best.set(page, score);
    [...best].slice(0, DEPTH).forEach(([page, score], at) => rows.push([question, page, at + 1, score].join('\t')));
  }
  writeFileSync(out, rows.map((row) => `${row}\n`).join(''));
}
