// The real widget as a peer: loaded by its script tag, opened, typed into, and read from its screen. What is timed is the
// whole of it, drawing included.

let root, input, loaded;

/** What `found` finds in `place`, as soon as it does: looked for whenever something changes there. */
const until = async (place, found) => {
  for (;;) {
    const one = found();
    if (one) return one;
    await new Promise((changed) => {
      const observer = new MutationObserver(() => { observer.disconnect(); changed(); });
      observer.observe(place, { subtree: true, childList: true, attributes: true });
    });
  }
};

const tick = () => new Promise((done) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => { port1.close(); done(); };
  port2.postMessage(0);
});

const shown = () => {
  const list = root.querySelector('[role=listbox]');
  const notice = root.querySelector('.notice');
  if (list) return list.getAttribute('aria-busy') !== 'true';
  return Boolean(notice?.querySelector('h3'));
};

window.peer = {
  /** What a page has before anybody wants help: the button. `init` sees to it where nobody did. */
  prepare() {
    return loaded ??= (async () => {
      const script = document.createElement('script');
      script.src = 'svar.js';
      script.dataset.lang = document.documentElement.lang;
      document.head.append(script);
      await new Promise((done, failed) => {
        script.onload = done;
        script.onerror = () => failed(new Error('svar.js could not be loaded'));
      });
      root = await until(document, () => document.querySelector('svar-help')?.shadowRoot);
    })();
  },

  async init() {
    await this.prepare();
    root.querySelector('.launcher').click();
    input = await until(root, () => root.querySelector('input[role=combobox]'));
    // Open for questions: the index's first file is there.
    await until(root, () => root.querySelector('p.notice, [role=listbox]'));
  },

  async search(query, most) {
    input.value = query;
    input.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
    await tick();
    await until(root, shown);
    return [...root.querySelectorAll('[role=option]')].slice(0, most).map((option) => ({
      url: `${option.dataset.id}.html`,
      title: option.querySelector('.title').textContent,
      excerpt: option.querySelector('.passage')?.textContent ?? '',
    }));
  },
};
