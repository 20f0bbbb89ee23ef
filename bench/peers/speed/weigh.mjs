// What a host holds for an engine, file by file, as it is and after brotli at its best. Compressing takes far longer than
// everything else here, so what was compressed once is kept, by the hash of what it was.

import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';

const compress = promisify(brotliCompress);

/** Files at work at the same time: Node compresses on four threads. */
const AT_ONCE = 4;

/**
 * By path below `host`: `raw` and `brotli` in bytes, `place` of what is sent, and whether that is `packed`. A file that
 * brotli does not make smaller is sent as it is.
 */
export async function weigh(host, cache) {
  await mkdir(cache, { recursive: true });
  const names = (await readdir(host, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath ?? entry.path, entry.name)).sort();
  const files = new Map();
  const worker = async () => {
    for (let name = names.pop(); name; name = names.pop()) {
      files.set(`/${path.relative(host, name).split(path.sep).join('/')}`, await one(name, cache));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return files;
}

async function one(name, cache) {
  const body = await readFile(name);
  const kept = path.join(cache, `${createHash('sha256').update(body).digest('hex').slice(0, 32)}.br`);
  let brotli = await stat(kept).then(({ size }) => size, () => undefined);
  if (brotli === undefined) {
    const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants;
    const packed = await compress(body, { params: { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_LGWIN]: 24, [BROTLI_PARAM_SIZE_HINT]: body.length } });
    brotli = packed.length;
    // Two files may hold the same: each is written whole before it gets its name.
    const part = `${kept}.${process.pid}-${Math.random()}`;
    await writeFile(part, packed);
    await rename(part, kept);
  }
  const packed = brotli < body.length;
  return { raw: body.length, brotli: packed ? brotli : body.length, packed, place: packed ? kept : name };
}
