// Pagefind by its own API. A result is what its page's fragment says, excerpt included, so each takes a request.

let pagefind;

window.peer = {
  async init() {
    pagefind = await import('/pagefind/pagefind.js');
    await pagefind.init();
  },

  async search(query, most) {
    const { results } = await pagefind.search(query);
    const all = await Promise.all(results.slice(0, most).map((result) => result.data()));
    return all.map(({ meta, raw_url: url, excerpt }) => ({ url, title: meta.title, excerpt }));
  },
};
