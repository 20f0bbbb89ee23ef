// Measures one engine on one corpus: `node measure.mjs FOLDER` reads FOLDER/plan.json, which
// xtask/src/bench/speed/measured.rs wrote, and writes FOLDER/measured.json.

import { readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { launch } from './browser.mjs';
import { firsts } from './first.mjs';
import { page } from './page.mjs';
import { Server } from './server.mjs';
import { typing } from './typing.mjs';
import { weigh } from './weigh.mjs';

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('expected a FOLDER with a plan.json as the argument');
const plan = JSON.parse(await readFile(path.join(folder, 'plan.json'), 'utf8'));

const begun = Date.now();
const say = (what) => process.stderr.write(`    ${what} (${((Date.now() - begun) / 1000).toFixed(0)} s)\n`);
const files = await weigh(path.join(folder, 'host'), plan.cache);
say(`${files.size} files weighed`);
const server = await Server.start(files, page(await readFile(plan.client, 'utf8'), plan.language));
const browser = await launch();
try {
  const first = await firsts(browser, server, plan.first);
  say('first results measured');
  const typed = await typing(browser, server, plan.questions);
  say('typing measured');
  const machine = {
    date: new Date().toISOString().slice(0, 10),
    cpu: os.cpus()[0].model,
    cores: os.cpus().length,
    memory: os.totalmem(),
    kernel: `${os.type()} ${os.release()}`,
    chromium: (await browser.version()).replace(/^\D*/, ''),
    node: process.versions.node,
  };
  const weights = [...files].map(([name, { raw, brotli }]) => ({ name, raw, brotli }));
  await writeFile(path.join(folder, 'measured.json'), JSON.stringify({ files: weights, first, typing: typed, machine }));
} finally {
  await browser.close();
  await server.close();
}
