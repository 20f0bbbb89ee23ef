// The house that a journey walks through: `svar build` and `svar serve` for real, on a free port of this machine, in a
// folder of its own that goes when the journey is over.

import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const ROOT = path.resolve(fileURLToPath(new URL('../..', import.meta.url)));
export const SVAR = process.env.SVAR_BIN || path.join(ROOT, 'target/release/svar');
export const PAGES = path.join(ROOT, 'tests/browser/pages');

/** The policy of every page here: what a strict site allows and no more. */
export const STRICT = "script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; require-trusted-types-for 'script'";

/** Runs the command and returns what it wrote. */
export const svar = async (...words) => (await promisify(execFile)(SVAR, words, { maxBuffer: 1 << 26 })).stdout;

/** Asks `probe` until its answer is true enough; fails with `what` was waited for and the last answer. */
export async function until(what, probe, { patience = 20_000, every = 25 } = {}) {
  const end = Date.now() + patience;
  for (;;) {
    const answer = await probe();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited ${patience / 1000} s in vain: ${what}`);
    await new Promise((done) => setTimeout(done, every));
  }
}

export class House {
  /**
   * Builds and serves. `source`: the articles; `build`: more arguments for `svar build`; `portal`: the owner's pages,
   * or null for the page that `svar build` makes.
   */
  static async open({ source = 'examples/help', build = [], portal = 'examples/portal' } = {}) {
    const house = new House();
    house.folder = await mkdtemp(path.join(tmpdir(), 'svar-journey-'));
    house.site = path.join(house.folder, 'site');
    house.store = path.join(house.folder, 'attempts.sqlite');
    house.portal = portal && path.resolve(ROOT, portal);
    await svar('build', path.resolve(ROOT, source), '--out', house.site, '--quiet', ...build);
    await house.start();
    return house;
  }

  /** Serves, on the same port as before if it was served before. */
  async start() {
    const words = ['serve', '--site', this.site, '--store', `sqlite:${this.store}`, '--csp', STRICT, '--listen', `127.0.0.1:${this.port || 0}`];
    if (this.portal) words.push('--portal', this.portal);
    const server = spawn(SVAR, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.server = server;
    this.ended = new Promise((done) => server.once('exit', done));
    this.orphan = () => server.kill('SIGKILL');
    process.once('exit', this.orphan);
    let said = '';
    server.stderr.on('data', (text) => { said += text; });
    this.origin = await new Promise((found, failed) => {
      let out = '';
      server.stdout.on('data', (text) => {
        out += text;
        const address = /listening on (http:\/\/\S+)/.exec(out);
        if (address) found(address[1]);
      });
      server.once('error', failed);
      server.once('exit', (code) => failed(new Error(`svar serve ended with ${code}: ${said}`)));
    });
    this.port = new URL(this.origin).port;
  }

  /** Ends the server: at once with SIGKILL, in good order otherwise. */
  async stop(signal = 'SIGTERM') {
    this.server.kill(signal);
    await this.ended;
    process.off('exit', this.orphan);
  }

  async close() {
    await this.stop('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The report as the owner gets it. */
  async report() {
    const answer = await fetch(`${this.origin}/report.json`);
    if (!answer.ok) throw new Error(`/report.json: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  /** The report as soon as `holds` is true of it. */
  async reported(what, holds) {
    let last;
    try {
      return await until(what, async () => {
        last = await this.report();
        return holds(last) && last;
      }, { every: 100 });
    } catch (error) {
      error.message += `\nattempts: ${JSON.stringify(last.attempts)}\nlatest: ${JSON.stringify(last.latest)}`;
      throw error;
    }
  }

  /** Paths of the files of everyone's index whose names match. */
  async indexFiles(pattern) {
    const folder = path.join(this.site, 'svar/index');
    const names = (await readdir(folder)).filter((name) => pattern.test(name)).sort();
    return names.map((name) => path.join(folder, name));
  }
}
