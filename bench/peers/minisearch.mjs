// MiniSearch over the pages as records, in one of two configurations. It is the same in Node and in a browser.

import { engine, language, lines, write } from './run.mjs';

const pages = lines('corpus.jsonl');
const { index } = await import({ 'minisearch-vitepress': './vitepress.mjs', 'minisearch-configured': './configured.mjs' }[engine]);
const search = await index(pages, language);
write(lines('questions.jsonl').map(({ id, text }) => [id, search(text)]));
