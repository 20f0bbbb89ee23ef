// The widget is a guest: the page does not suffer from it, it does not suffer from the page, and when it goes nothing of
// it stays.

import assert from 'node:assert/strict';
import { journey } from './browser.mjs';

const PAGES = { house: { portal: 'tests/browser/pages' } };

journey('nothing before intent: one request, nothing kept, nothing moved', PAGES, async ({ visit }) => {
  let longest;
  // Three tries: the machine may have been busy with something else.
  for (let i = 0; i < 3; i++) {
    const widget = await visit('/plain.html', {
      prepare: () => {
        globalThis.observed = { shifts: [], tasks: [] };
        new PerformanceObserver((list) => observed.shifts.push(...list.getEntries().map((e) => e.value))).observe({ type: 'layout-shift', buffered: true });
        new PerformanceObserver((list) => observed.tasks.push(...list.getEntries().map((e) => e.duration))).observe({ type: 'longtask', buffered: true });
      },
    });
    await widget.page.evaluate(() => new Promise((done) => requestIdleCallback(() => requestAnimationFrame(() => done()))));
    assert.deepEqual(widget.asked().filter((path) => path !== 'image/x-icon,' && path !== ','), ['/plain.html', '/svar.js']);
    assert.deepEqual(await widget.page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]), [0, 0, '']);
    const { shifts, tasks } = await widget.page.evaluate(() => observed);
    assert.deepEqual(shifts, [], 'no layout shift');
    longest = Math.max(0, ...tasks);
    if (longest) continue;

    // Nor by opening, looking and closing: the customer has not acted yet.
    const before = await widget.page.evaluate(() => [document.documentElement.outerHTML.replace(/<svar-help.*?<\/svar-help>/s, ''), scrollX, scrollY, getComputedStyle(document.body).cssText]);
    await widget.open();
    await widget.close();
    const after = await widget.page.evaluate(() => [document.documentElement.outerHTML.replace(/<svar-help.*?<\/svar-help>/s, ''), scrollX, scrollY, getComputedStyle(document.body).cssText]);
    assert.deepEqual(after, before, 'the page is as it was');
    assert.deepEqual(await widget.page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie, observed.shifts]), [0, 0, '', []]);
    assert.ok(!widget.requests.some((request) => request.method() === 'POST'), 'opening alone sends nothing');
    return;
  }
  assert.fail(`a task of ${longest} ms while the page loaded`);
});

journey('a long page stays where it was scrolled to', async ({ visit }) => {
  const widget = await visit('/index.html');
  await widget.page.evaluate(() => scrollTo(0, 700));
  await widget.open();
  await widget.ask('laddbox');
  await widget.read();
  await widget.answer('Ja');
  await widget.close();
  assert.equal(await widget.page.evaluate(() => scrollY), 700);
});

/** How the parts look: every computed property, and where they are. */
const looks = (widget, parts) => widget.look((root, parts) => Object.fromEntries(parts.map((part) => {
  const e = root.querySelector(part);
  const style = getComputedStyle(e), { x, y, width, height } = e.getBoundingClientRect();
  const all = { box: [x, y, width, height].map((n) => Math.round(n * 10) / 10).join(' ') };
  for (let i = 0; i < style.length; i++) if (!style[i].startsWith('--')) all[style[i]] = style.getPropertyValue(style[i]);
  return [part, all];
})), parts);

/** Walks through the widget and notes how it looks on the way. */
async function tour(widget) {
  const seen = {};
  // Hovered or not makes a difference.
  await widget.page.mouse.move(1, 1);
  seen.closed = await looks(widget, ['.launcher', '.launcher svg', '.launcher path']);
  await widget.look((root) => root.querySelector('.launcher').focus());
  await widget.page.keyboard.press('Enter');
  await widget.ready();
  seen.open = await looks(widget, ['dialog', '.head', 'h2', '[role=combobox]', '.search .icon', '.head button', '.body', '.notice', '.foot', '.contact', '.spoken']);
  await widget.ask('fakura förfalodag');
  await widget.page.mouse.move(1, 1);
  seen.results = await looks(widget, ['[role=listbox]', '#result-0', '#result-0 .title', '#result-0 mark', '#result-0 .passage', '.corrected']);
  await widget.read();
  await widget.answer('Delvis');
  await widget.page.mouse.move(1, 1);
  seen.article = await looks(widget, ['article', 'article h3', 'article h4', 'article p', 'article ol', 'article li', 'article strong', 'article a', '[data-ask]', '.answers button', '.reasons button', '.meta', '.back button']);
  return seen;
}

for (const [name, address] of [['* { all: unset !important }', '/unset.html'], ['a hostile style sheet and hostile scripts', '/hostile.html']]) {
  journey(`it looks and works the same on a page with ${name}`, PAGES, async ({ house, visit }) => {
    const calm = await tour(await visit('/plain.html'));
    const widget = await visit(address);
    const there = await tour(widget);
    const differences = [];
    for (const screen in calm) {
      for (const part in calm[screen]) {
        for (const property in calm[screen][part]) {
          const [a, b] = [calm[screen][part][property], there[screen][part][property]];
          if (a !== b) differences.push(`${screen} ${part} ${property}: ${a} → ${b}`);
        }
      }
    }
    assert.deepEqual(differences, []);
    await widget.close();
    await house.reported('both answers', (r) => r.attempts.partly === 2);
    const failures = await widget.page.evaluate(() => globalThis.failures ?? []);
    assert.deepEqual(failures, []);
    // What goes out is not changed by what the page does to prototypes.
    assert.equal((await house.report()).quality.rejected_events, 0);
    const names = await widget.look((root) => [root.host, ...root.querySelectorAll('.launcher, .launcher *')].flatMap((e) => e.getAttributeNames()));
    assert.ok(!names.includes('extend'), 'nothing of the page is in the widget');
  });
}

journey('above a veil, and it keeps the focus', PAGES, async ({ house, visit }) => {
  const widget = await visit('/hostile.html');
  await widget.page.evaluate(() => svar.open?.() ?? document.querySelector('svar-help').shadowRoot.querySelector('.launcher').click());
  await widget.ready();
  await widget.page.evaluate(() => { veil(); grab(); });
  assert.ok(await widget.look((root) => {
    const { x, y, width, height } = root.querySelector('dialog').getBoundingClientRect();
    return root.elementFromPoint(x + width / 2, y + height / 2)?.closest('dialog') !== null && document.elementFromPoint(x + width / 2, y + height / 2) === root.host;
  }), 'it lies above the veil');
  await widget.ask('ångerrätt');
  await widget.read();
  await widget.answer('Ja');
  await house.reported('the answer', (r) => r.attempts.solved === 1);
});

// Leaving.

/** Counts what is waiting to happen, and listens to what is listened to. */
const watch = () => {
  const waiting = new Map();
  globalThis.waiting = () => [...waiting.values()];
  const kinds = [['setTimeout', 'clearTimeout', true], ['setInterval', 'clearInterval', false], ['requestAnimationFrame', 'cancelAnimationFrame', true], ['requestIdleCallback', 'cancelIdleCallback', true]];
  for (const [set, clear, once] of kinds) {
    const [begin, end] = [window[set], window[clear]];
    window[set] = (done, ...more) => {
      const id = begin.call(window, (...given) => { if (once) waiting.delete(`${set} ${id}`); return done(...given); }, ...more);
      waiting.set(`${set} ${id}`, `${set} ${more[0] ?? ''}`);
      return id;
    };
    window[clear] = (id) => { waiting.delete(`${set} ${id}`); end.call(window, id); };
  }
};

async function listeners(page) {
  const client = await page.createCDPSession();
  const all = [];
  for (const target of ['window', 'document', 'document.documentElement', 'document.body', 'matchMedia("(min-width: 1px)")', 'navigator.serviceWorker', 'visualViewport']) {
    const { result } = await client.send('Runtime.evaluate', { expression: target });
    const { listeners } = await client.send('DOMDebugger.getEventListeners', { objectId: result.objectId });
    all.push(...listeners.map((one) => `${target} ${one.type}`));
  }
  await client.detach();
  return all.sort();
}

const OURS = ['window securitypolicyviolation'];

journey('destroy() leaves nothing, and mounting again works', PAGES, async ({ house, visit }) => {
  const widget = await visit('/plain.html', { prepare: watch });
  const { page } = widget;
  assert.deepEqual(await listeners(page), OURS, 'the loader alone listens to nothing of the page');
  await page.evaluate(() => { globalThis.kept = svar; });
  for (let round = 1; round <= 3; round++) {
    await widget.open();
    await widget.ask(`ångerrätt ${'x'.repeat(round)}`, /svar/);
    await widget.read('Ångerrätt');
    await widget.type('faktura'); // A timer is running.
    await page.evaluate(() => kept.destroy());
    assert.deepEqual(await page.evaluate(() => [document.querySelectorAll('svar-help').length, 'svar' in window, document.activeElement.localName]), [0, false, 'body']);
    await widget.until('what was being sent', () => !Object.keys(localStorage).some((key) => key.startsWith('svar:')));
    assert.deepEqual(await page.evaluate(() => waiting()), [], 'no timer is left');
    assert.deepEqual(await listeners(page), OURS, 'no listener is left');
    // What a page goes through does not wake it.
    const before = widget.requests.length;
    await page.evaluate(async () => {
      for (const name of ['blur', 'focus', 'offline', 'online', 'pagehide']) dispatchEvent(new Event(name));
      document.dispatchEvent(new Event('visibilitychange'));
      kept.close(); kept.destroy(); await kept.open();
      await new Promise((done) => requestAnimationFrame(() => done()));
    });
    assert.deepEqual(widget.requests.slice(before).map((request) => request.url()), []);
    await house.reported('what was asked before', (r) => r.attempts.total === round);
    // Twice: the second changes nothing.
    await page.evaluate(() => { kept.mount(); kept.mount(); });
    assert.deepEqual(await page.evaluate(() => [document.querySelectorAll('svar-help').length, window.svar === kept]), [1, true]);
    await widget.sees('.launcher');
  }
  await widget.open();
  await widget.ask('laddbox');
  await widget.read('Laddbox hemma');
  await widget.answer('Ja');
  await house.reported('the answer after mounting again', (r) => r.attempts.solved === 1);
});

journey('destroy() while it is loading: nothing comes after', PAGES, async ({ visit }) => {
  const widget = await visit('/plain.html', { prepare: watch });
  const { page } = widget;
  await page.evaluate(async () => {
    globalThis.kept = svar;
    const opened = kept.open();
    kept.destroy();
    await opened;
  });
  await widget.until('what was asked for to come', () => performance.getEntriesByType('resource').some((e) => e.name.endsWith('.wasm')));
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done())));
  assert.deepEqual(await page.evaluate(() => [document.querySelectorAll('svar-help, dialog').length, 'svar' in window, waiting()]), [0, false, []]);
  assert.deepEqual(await listeners(page), OURS);
  await page.evaluate(() => kept.mount());
  await widget.open();
  assert.equal((await widget.ask('ångerrätt'))[0], 'Ångerrätt');
});

journey('destroy() while the server is away: no timer goes on, and the next visit delivers', PAGES, async ({ house, visit }) => {
  const widget = await visit('/plain.html', { prepare: watch, expected: [/ERR_CONNECTION_REFUSED/] });
  const { page } = widget;
  await widget.open();
  await widget.ask('ångerrätt');
  await widget.read('Ångerrätt');
  await house.stop('SIGKILL');
  await page.evaluate(() => {
    globalThis.kept = svar;
    const { fetch } = window;
    globalThis.tries = 0;
    window.fetch = (...all) => fetch(...all).finally(() => { tries++; });
    kept.destroy();
  });
  await widget.until('a try that failed', () => tries > 0);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done())));
  assert.deepEqual(await page.evaluate(() => waiting()), [], 'no timer is left');
  await house.start();
  await widget.go('/plain.html');
  await house.reported('what was asked before', (r) => r.attempts.total === 1);
});

journey('the script tag twice on a page is one widget', PAGES, async ({ visit }) => {
  const widget = await visit('/plain.html');
  await widget.page.evaluate(() => new Promise((done, failed) => {
    const again = document.createElement('script');
    // A page under Trusted Types makes a script's address by a policy; taking the tag's own is the same.
    const policy = window.trustedTypes?.createPolicy('test', { createScriptURL: (url) => url });
    again.src = policy ? policy.createScriptURL('/svar.js') : '/svar.js';
    again.onload = done;
    again.onerror = failed;
    document.head.append(again);
  }));
  assert.equal(await widget.page.evaluate(() => document.querySelectorAll('svar-help').length), 1);
  await widget.open();
  assert.equal((await widget.ask('ångerrätt'))[0], 'Ångerrätt');
});

journey('window.svar opens and closes', PAGES, async ({ visit }) => {
  const widget = await visit('/plain.html');
  await widget.page.evaluate(() => svar.open());
  await widget.ready();
  assert.match(await widget.focused(), /^combobox/);
  await widget.page.evaluate(() => svar.close());
  await widget.misses('dialog');
  await widget.page.evaluate(() => { svar.close(); svar.close(); });
  assert.match(await widget.page.evaluate(() => svar.version), /^\d+\.\d+/);
});
