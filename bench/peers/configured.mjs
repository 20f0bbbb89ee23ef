// MiniSearch as well as we could set it up; bench/README.md tells what was tried.

import MiniSearch from 'minisearch';

const NAMES = { sv: 'swedish', en: 'english', de: 'german' };

export async function index(pages, language) {
  const { stemmer } = await import(`@orama/stemmers/${NAMES[language]}`);
  const stopwords = new Set((await import(`@orama/stopwords/${NAMES[language]}`)).stopwords);
  // Marks go last: the stemmer needs them.
  const stem = (term) => stemmer(term.toLowerCase()).normalize('NFD').replace(/\p{M}/gu, '');
  // Filler words are in the index but not in a question, unless it has nothing else.
  const telling = (term) => (stopwords.has(term.toLowerCase()) ? null : stem(term));
  const engine = new MiniSearch({ fields: ['title', 'headings', 'keywords', 'text'], processTerm: stem });
  engine.addAll(pages.map(record));
  const options = {
    combineWith: 'OR',
    prefix: true,
    fuzzy: (term) => (term.length > 3 ? 0.2 : 0),
    boost: { title: 3, headings: 0.5, keywords: 3 },
  };
  return (question) => {
    const hits = engine.search(question, { ...options, processTerm: telling });
    return (hits.length ? hits : engine.search(question, options)).map(({ id, score }) => [id, score]);
  };
}

function record({ id, title, keywords, sections }) {
  const headings = sections.slice(1).map(({ heading }) => heading);
  return { id, title, keywords, headings: headings.join('\n'), text: sections.map(({ text }) => text).join('\n') };
}
