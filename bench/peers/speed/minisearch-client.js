// MiniSearch as VitePress's search box has it: library and whole index are fetched when the box opens.

let engine;

window.peer = {
  async init() {
    const index = fetch('/index.json').then((answer) => answer.text());
    const { load } = await import('/minisearch.js');
    engine = load(await index);
  },

  async search(query, most) {
    return engine.search(query).slice(0, most).map(({ id, title }) => ({ url: id, title }));
  },
};
