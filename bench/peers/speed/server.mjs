// What a host does for one engine: hands out the files, compressed, writes down what was asked for, and, if it is told to,
// answers as if over a slow link.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm', '.css': 'text/css', '.txt': 'text/plain' };

/** Bytes of several responses take turns on the link in pieces of this size, some three packets. */
const PIECE = 4096;

const until = (time) => new Promise((done) => setTimeout(done, Math.max(0, time - performance.now())));

/** A link that everything shares. `rtt` in ms a request, `rate` in bits a second; without a rate bytes take no time. */
export class Link {
  #free = 0;

  constructor({ rtt = 0, rate = Infinity } = {}) {
    this.rtt = rtt;
    this.rate = rate;
  }

  /** Writes the body as fast as the link lets it through. */
  async send(response, body) {
    // When this body's last piece was through: counted in the link's own time, so that late timers do not add up.
    let through = performance.now() + this.rtt;
    await until(through);
    if (this.rate === Infinity) return response.end(body);
    for (let at = 0; at < body.length; at += PIECE) {
      const piece = body.subarray(at, at + PIECE);
      through = Math.max(this.#free, through) + (piece.length * 8000) / this.rate;
      this.#free = through;
      await until(through);
      response.write(piece);
    }
    return response.end();
  }
}

export class Server {
  /** `files`: by path, as `weigh` returns them; `page`: the document at `/`. */
  static async start(files, page) {
    const server = new Server();
    server.log = [];
    server.link = null;
    // Before anybody asks: a disk has no part in what is measured.
    for (const file of files.values()) file.body = await readFile(file.place);
    const document = { body: Buffer.from(page), packed: false };
    server.http = createServer((request, response) => {
      const name = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
      const file = name === '/' ? document : files.get(name);
      if (!file) return response.writeHead(404).end();
      // The document is the site's, not the engine's.
      if (name !== '/') server.log.push({ name, bytes: file.brotli });
      response.writeHead(200, {
        'content-type': name === '/' ? 'text/html; charset=utf-8' : TYPES[path.extname(name)] || 'application/octet-stream',
        'content-length': file.body.length,
        'cache-control': 'max-age=3600',
        // With these two a page's clock ticks every 5 µs instead of every 100.
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        ...(file.packed && { 'content-encoding': 'br' }),
      });
      return server.link ? server.link.send(response, file.body) : response.end(file.body);
    });
    await new Promise((listening) => server.http.listen(0, '127.0.0.1', listening));
    server.origin = `http://localhost:${server.http.address().port}`;
    return server;
  }

  /** Requests and bytes since the log was emptied. */
  sum() {
    return { requests: this.log.length, bytes: this.log.reduce((sum, { bytes }) => sum + bytes, 0) };
  }

  close() {
    this.http.closeAllConnections();
    return new Promise((closed) => this.http.close(closed));
  }
}
