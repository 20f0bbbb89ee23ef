// `node minisearch-build.mjs PAGES OUT`: the index of the records in PAGES (corpus.jsonl) as VitePress would serve it.

import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import MiniSearch from 'minisearch';
import { OPTIONS, STORED, sections } from '../vitepress.mjs';

const [pages, out] = process.argv.slice(2);
const engine = new MiniSearch({ ...OPTIONS, storeFields: STORED });
for await (const line of createInterface({ input: createReadStream(pages), crlfDelay: Infinity })) {
  engine.addAll(sections(JSON.parse(line)));
}
await writeFile(out, JSON.stringify(engine));
