// MiniSearch as VitePress sets it up (`search.provider: 'local'`): a record for each section of a page, of its heading,
// the headings above and its text; no stems; prefixes and typing errors forgiven for every word. A page stands where its
// best section does.

import MiniSearch from 'minisearch';

/** VitePress's own settings. */
export const OPTIONS = {
  fields: ['title', 'titles', 'text'],
  searchOptions: { fuzzy: 0.2, prefix: true, boost: { title: 4, text: 2, titles: 1 } },
};

/** What VitePress keeps of a record to show it. */
export const STORED = ['title', 'titles'];

export function index(pages) {
  const engine = new MiniSearch({ ...OPTIONS, storeFields: ['page'] });
  engine.addAll(pages.flatMap(sections));
  return (question) => engine.search(question).map(({ page, score }) => [page, score]);
}

/** The records of a page. */
export function sections({ id, title, keywords, sections }) {
  let above = [];
  return sections.map(({ level, heading, text }, at) => {
    above = above.slice(0, level - 1);
    const titles = above.filter(Boolean);
    above[level - 1] = heading;
    // VitePress has no place for keywords. In the text of the page's first section they are found at least.
    return { id: `${id}#${at}`, page: id, title: heading || title, titles, text: at ? text : [text, keywords].join('\n') };
  });
}
