// svar: the loader. It draws the launcher, fetches the widget on intent, and delivers outcomes.
//
//   <script async src="/svar.js" data-contact="mailto:help@example.com" data-collector="/svar/v1/attempts"></script>
//
// data-contact    where a person is reached: a mailto:, tel: or https: address
// data-collector  where outcomes are sent; without it none leave the browser
// data-privacy    full (default) | no_text | counts | off
// data-consent    denied: counts alone, until svar.consent('granted')
// data-lang       language of the widget; otherwise the page's, then the browser's
// data-label      words on the launcher
// data-audience   index of an audience other than everyone
// data-variant    name of a variant under test
// data-internal   present: the owner's own people, counted apart
//
// window.svar has open(), close(), consent(), contact(), destroy() and mount(). Nothing here throws into the page.
(() => {
  'use strict';
  const script = document.currentScript;
  // An element with the id `svar` is window.svar too, and no reason to stay away.
  if (!script || window.svar?.mount) return;
  // `svar build` puts the deployed names here. JSON in a string survives every minifier.
  const FILES = JSON.parse('{"svar:files":1,"version":"dev","folder":"","glue":"svar-widget.js","wasm":"svar-widget_bg.wasm","css":"widget.css","help":["en","sv"],"words":{"en":"words/en.txt","sv":"words/sv.txt"}}');
  const base = new URL(FILES.folder, script.src).href;
  const data = script.dataset;

  // [launcher, could not load, try again, plain page, contact]
  const SAY = {
    en: ['Help', 'Help could not be loaded. Check your connection and try again.', 'Try again', 'All articles as ordinary pages', 'Contact us'],
    sv: ['Hjälp', 'Hjälpen kunde inte hämtas. Kontrollera din uppkoppling och försök igen.', 'Försök igen', 'Alla artiklar som vanliga sidor', 'Kontakta oss'],
  };
  const primary = (tag) => String(tag || '').toLowerCase().split(/[-_]/)[0];
  const wanted = [data.lang, document.documentElement.lang, ...(navigator.languages || [])].map(primary);
  const lang = wanted.find((tag) => FILES.words[tag]) || 'en';
  // Articles may exist in a language that the widget has no words for.
  const articles = data.lang || document.documentElement.lang || lang;
  const say = SAY[lang] || SAY.en;
  // The page with all articles, for when the widget cannot show them.
  const tag = articles.toLowerCase();
  const plain = base + 'help/' + (FILES.help.find((t) => t === tag) || FILES.help.find((t) => primary(t) === primary(tag)) || FILES.help[0] || lang) + '.html';
  // A word that is not known lets out the least that is of use.
  const privacy = ['full', 'no_text', 'counts', 'off'].includes(data.privacy || 'full') ? data.privacy || 'full' : 'counts';

  // Delivery. Each attempt has one pending state: a newer one replaces it, so sending twice or late counts once.
  const KEY = 'svar:';
  const MOST = 20; // attempts kept, on a device and in memory
  const memory = new Map();
  const attempt = (work) => { try { return work(); } catch { return undefined; } };
  const store = () => attempt(() => window.localStorage);
  const gpc = navigator.globalPrivacyControl === true || navigator.doNotTrack === '1';
  const MODES = ['full', 'no_text', 'counts'];
  let denied = data.consent === 'denied';
  const mode = () => (privacy !== 'off' && (gpc || denied) ? 'counts' : privacy);
  const collector = data.collector && privacy !== 'off' && attempt(() => new URL(data.collector, location.href));
  const away = () => document.visibilityState === 'hidden';
  // A state that may go: whole, and with no more in it than is let out now.
  const sound = (json) => attempt(() => {
    const { attempt: id, privacy: made } = JSON.parse(json).data;
    return id && MODES.indexOf(made.mode) >= MODES.indexOf(mode());
  });
  // What there was no room for is counted, until an attempt has told of it.
  const LOST = 'svar.dropped';
  let lost = 0;
  const losses = () => Math.max(lost, attempt(() => +store().getItem(LOST)) || 0);
  const lose = (n) => { lost = Math.max(0, losses() + n); attempt(() => (lost ? store().setItem(LOST, lost) : store().removeItem(LOST))); };
  const drop = (key) => { memory.delete(key); attempt(() => store().removeItem(key)); };
  // The pending states, the oldest first. What is not to go is dropped.
  const pending = () => {
    const all = [];
    attempt(() => {
      for (let i = 0; i < store().length; i++) {
        const key = store().key(i);
        if (key.startsWith(KEY) && !memory.has(key)) all.push([key, store().getItem(key)]);
      }
    });
    const time = (entry) => JSON.parse(entry[1]).time;
    return [...all, ...memory].filter(([key, json]) => sound(json) || drop(key)).sort((x, y) => (time(x) > time(y)) - (time(x) < time(y)));
  };
  const forget = (key, json) => {
    if (memory.get(key) === json) memory.delete(key);
    attempt(() => { if (store().getItem(key) === json) store().removeItem(key); });
  };
  let told = 0, sending = 0, again = false, alone = false, timer = 0, failures = 0;
  async function flush() {
    if (!collector) return;
    // A page that is being left has no later: what is new goes beside what is on its way.
    if (sending && !away()) { again = true; return; }
    clearTimeout(timer);
    const batch = [];
    let bytes = 2;
    again = false;
    for (const entry of pending()) {
      bytes += new Blob([entry[1]]).size + 1;
      if (batch.length && (alone || bytes > 60000)) { again = true; break; }
      batch.push(entry);
    }
    if (!batch.length) return;
    sending++;
    let status = 0, wait = 0;
    try {
      const answer = await fetch(collector.href, {
        method: 'POST', keepalive: true, credentials: 'omit', cache: 'no-store',
        // text/plain asks for no preflight, which a page that is being left would not wait for.
        headers: { 'content-type': collector.origin === location.origin ? 'application/cloudevents-batch+json' : 'text/plain' },
        body: '[' + batch.map((entry) => entry[1]).join(',') + ']',
      });
      status = answer.status;
      wait = 1000 * answer.headers.get('retry-after') || 0;
    } catch { /* offline, or the collector is down: again later */ }
    sending--;
    // The collector has them, or has read them and wants none. Of several that it refuses together each is sent alone.
    const refused = status === 400 || status === 413;
    const done = status >= 200 && status < 300 || refused && batch.length === 1;
    alone = refused && !done || alone && again;
    if (done) batch.forEach((entry) => forget(...entry));
    failures = done || alone ? 0 : failures + 1;
    if (!failures) {
      removeEventListener('online', online);
      if (again || alone) flush();
      return;
    }
    if (!host) return;
    // Only while something waits is the page listened to.
    addEventListener('online', online, { once: true });
    timer = setTimeout(flush, Math.max(wait, Math.min(300000, 1000 * 2 ** Math.min(failures, 9))) * (0.75 + Math.random() / 2));
  }
  function deliver(id, json) {
    const key = KEY + id;
    memory.delete(key);
    memory.set(key, json);
    attempt(() => store().setItem(key, json));
    const all = pending();
    all.filter((entry) => entry[0] !== key).slice(0, Math.max(0, all.length - MOST)).forEach((entry) => { drop(entry[0]); lose(1); });
    if (told && attempt(() => JSON.parse(json).data.quality.dropped) === told) { lose(-told); told = 0; }
    // While the collector is down it is not asked at every answer.
    if (!failures || away()) flush();
  }
  const online = () => { failures = 0; flush(); };

  // An attempt goes on with the next page of this tab. It is in the tab's storage only while no page of ours is seen, so
  // that a tab opened from this one does not go on with it too.
  const TAB = 'svar.tab';
  const tab = () => attempt(() => window.sessionStorage);
  let kept = '';
  const put = () => { if (kept) attempt(() => tab().setItem(TAB, kept)); };
  const take = () => {
    const text = attempt(() => tab().getItem(TAB));
    if (!text) return;
    attempt(() => tab().removeItem(TAB));
    // A page that the browser kept alive knows less than the one that was left after it.
    if (text !== kept) attempt(() => handle?.resume(text));
    keep(text);
  };
  // The page that was left may come to write after one that the browser kept alive is seen again: the tab says so.
  const turn = (event) => (away() ? put() : (!event.key || event.key === TAB) && take());
  function keep(text) {
    kept = text;
    for (const [target, name] of [[document, 'visibilitychange'], [window, 'storage']]) target[kept ? 'addEventListener' : 'removeEventListener'](name, turn);
    if (away()) kept ? put() : attempt(() => tab().removeItem(TAB));
  }

  // The launcher.
  const CSS = `
:host { all: initial !important; display: block !important; position: static !important; contain: none !important }
.launcher { all: initial; position: fixed; inset: auto; margin: 0; inset-block-end: max(20px, env(safe-area-inset-bottom)); inset-inline-end: max(20px, env(safe-area-inset-right)); z-index: 2147483000;
  display: flex; align-items: center; gap: 8px; min-height: 48px; padding: 0 20px 0 16px; border-radius: 24px; box-sizing: border-box; cursor: pointer;
  font: 600 16px/1.2 var(--svar-font, system-ui, sans-serif); color: var(--svar-on-accent, #fff); background: var(--svar-accent, #14514f);
  box-shadow: 0 1px 2px rgb(0 0 0 / .2), 0 6px 20px rgb(0 0 0 / .18); -webkit-tap-highlight-color: transparent }
.launcher:hover { background: color-mix(in srgb, var(--svar-accent, #14514f), #000 14%) }
.launcher:focus-visible { outline: 3px solid var(--svar-accent, #14514f); outline-offset: 3px; box-shadow: 0 0 0 3px #fff }
.launcher[aria-busy=true] { cursor: progress }
.launcher svg { flex: none }
.failure { all: initial; position: fixed; inset: auto; margin: 0; inset-block-end: 84px; inset-inline-end: 20px; z-index: 2147483000; box-sizing: border-box; width: min(320px, calc(100vw - 40px)); padding: 16px; border-radius: 12px;
  font: 16px/1.5 var(--svar-font, system-ui, sans-serif); color: #1b2423; background: #fff; border: 1px solid #8a9996; box-shadow: 0 6px 20px rgb(0 0 0 / .18) }
.failure p { margin: 0 0 8px } .failure a { display: inline-block; color: #14514f; padding: 4px 12px 4px 0 }
.failure button { font: inherit; min-height: 36px; padding: 0 12px; margin-inline-end: 12px; border: 1px solid #14514f; border-radius: 8px; background: #fff; color: #14514f; cursor: pointer }
@media (forced-colors: active) { .launcher, .failure { border: 2px solid ButtonText } }
@media print { .launcher, .failure { display: none } }`;

  // Into the top layer, where no transform, filter or z-index of the page's reaches; browsers without it have z-index.
  const rise = (e) => attempt(() => { e.popover = 'manual'; e.showPopover(); });

  let host, root, launcher, failure, loading, handle, cancel, mounted = 0;
  // Own keys only: old libraries add to Object.prototype.
  const set = (e, props) => Object.keys(props).forEach((key) => e.setAttribute(key, props[key]));
  const element = (name, props, ...children) => {
    const e = document.createElement(name);
    set(e, props);
    e.append(...children);
    return e;
  };
  const contactable = /^(mailto:|tel:|https?:)/i.test(data.contact || '') ? data.contact : '';

  async function load() {
    const options = {
      version: FILES.version, lang: articles, base, index: base + 'index/' + (data.audience ? encodeURIComponent(data.audience) + '/' : ''),
      plain, ui: lang, contact: contactable, mode: collector ? mode() : 'off',
      route: location.pathname, pageLang: document.documentElement.lang,
      gpc, dropped: (told = collector ? losses() : 0),
      phone: innerWidth < 640, automation: navigator.webdriver === true, internal: 'internal' in data, variant: data.variant,
      deliver, keep,
      closed: () => { if (launcher) { launcher.setAttribute('aria-expanded', 'false'); launcher.focus(); } },
    };
    const ok = async (url, more) => { const r = await fetch(url, more); if (!r.ok) throw Object.assign(new Error(url + ': ' + r.status), { status: r.status }); return r; };
    // All at once; the manifest's failure is the widget's to tell.
    options.manifest = fetch(options.index + 'manifest.bin', { cache: 'no-cache' });
    options.manifest.catch(() => {});
    const style = element('link', { rel: 'stylesheet', href: base + FILES.css });
    const styled = new Promise((yes, no) => { style.onload = yes; style.onerror = cancel = no; });
    const place = element('div', {});
    const mine = root;
    mine.append(style, place);
    const current = mounted;
    try {
      const wasm = ok(base + FILES.wasm);
      wasm.catch(() => {});
      const [glue, words] = await Promise.all([import(base + FILES.glue), ok(base + FILES.words[lang]).then((r) => r.text()), styled]);
      await glue.default({ module_or_path: wasm });
      options.words = words;
      if (current !== mounted) return;
      take();
      handle = glue.mount(place, options);
      if (kept) handle.resume(kept);
    } catch (error) {
      style.remove();
      place.remove();
      throw error;
    }
  }

  const prepare = () => (loading ||= load().catch((error) => { loading = undefined; throw error; }));

  async function open(entry) {
    if (!host) return;
    const current = mounted;
    failure?.remove();
    launcher.setAttribute('aria-busy', 'true');
    try {
      await prepare();
      if (current !== mounted) return;
      launcher.setAttribute('aria-expanded', 'true');
      handle.open(typeof entry === 'string' ? entry : 'api');
    } catch (error) {
      if (current === mounted) fail(entry, error);
    } finally {
      if (current === mounted) launcher.removeAttribute('aria-busy');
    }
  }

  // A widget that fails is counted, not silent: once a page, and not where there is no network.
  let failed = false;
  function tell(error) {
    if (failed || !collector || navigator.onLine === false) return;
    failed = true;
    const id = crypto.randomUUID?.() || 'svar-' + Date.now() + Math.random().toString(36).slice(2);
    deliver(id, JSON.stringify({
      specversion: '1.0', id: id + '-1', source: '/svar/widget', type: 'svar.attempt.v1', time: new Date(Date.now() - Date.now() % 36e5).toISOString().replace('.000', ''), datacontenttype: 'application/json',
      data: {
        attempt: id, seq: 1, widget: { version: FILES.version, index: '', rules: 1 }, page: { route: '', lang: '' },
        ui: { lang: '', device: 'desktop', input: 'pointer' }, entry: 'launcher', intent: 'browse',
        ask: { shown: false, prompt: 0, p: 0 }, contact: { opened: false, submitted: false }, outcome: { class: 'browse', provisional: false },
        failures: [error.status ? 'index_missing' : 'blocked'], privacy: { mode: mode(), gpc }, quality: { automation: navigator.webdriver === true, internal: 'internal' in data },
      },
    }));
  }

  function fail(entry, error) {
    attempt(() => tell(error));
    const again = element('button', { type: 'button' }, say[2]);
    again.onclick = () => open(entry);
    failure = element('div', { class: 'failure', role: 'alert', lang }, element('p', {}, say[1]), again,
      element('a', { href: plain }, say[3]));
    if (contactable) failure.append(element('a', { href: contactable }, say[4]));
    root.append(failure);
    rise(failure);
  }

  const api = {
    version: FILES.version,
    /** Opens the panel; it is fetched first where needed. Resolves when it is open, or has said why it is not. */
    open: () => open('api'),
    /** Closes the panel. */
    close: () => { attempt(() => handle?.close()); },
    /** What the customer said when your page asked her: 'granted' lets out what data-privacy does, all else counts alone. */
    consent(said) {
      denied = said !== 'granted';
      pending();
      // Questions that a page before this one kept; the lines are crates/outcome/src/kept.rs's.
      if (denied && !handle) keep(kept.replace(/\n(\d+\t0(?:\t\d+){5})\t[^\t\n]*/g, '\n$1\t'));
      if (collector) attempt(() => handle?.consent(mode()));
    },
    /** Your own way to a person: 'opened', or 'submitted' with the case's number if you like. It ends the attempt of this tab. */
    contact(what, reference) {
      take();
      // With any other sign in it the collector would refuse the event, and that a person was asked with it.
      if (kept || handle) prepare().then(() => handle?.contact(what === 'submitted', String(reference || '').replace(/[^\w./:#-]/g, '').slice(0, 80)), () => {});
    },
    /** Takes everything off the page. Keep `svar` if you want to mount it again. */
    destroy() {
      if (!host) return;
      mounted++;
      // A style sheet that is taken off the page never says that it has loaded.
      cancel?.();
      attempt(() => handle?.destroy());
      attempt(() => handle?.free());
      clearTimeout(timer);
      removeEventListener('online', online);
      keep('');
      host.remove();
      host = root = launcher = failure = loading = handle = cancel = undefined;
      if (window.svar === api) delete window.svar;
    },
    /** Puts the launcher on the page; mounting twice changes nothing. */
    mount() {
      if (host) return;
      mounted++;
      window.svar = api;
      host = element('svar-help', {});
      root = host.attachShadow({ mode: 'open' });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      root.adoptedStyleSheets = [sheet];
      const NS = 'http://www.w3.org/2000/svg';
      const icon = document.createElementNS(NS, 'svg'), path = document.createElementNS(NS, 'path');
      set(icon, { viewBox: '0 0 24 24', width: 22, height: 22, 'aria-hidden': 'true' });
      set(path, { d: 'M4 5h16v11h-8l-5 4v-4H4zM9.8 9a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.5M12 14.2v.1', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.8, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' });
      icon.append(path);
      launcher = element('button', { type: 'button', class: 'launcher', lang, 'aria-haspopup': 'dialog', 'aria-expanded': 'false' }, icon, data.label || say[0]);
      launcher.onclick = () => open('launcher');
      const ahead = () => { prepare().catch(() => {}); };
      launcher.onpointerenter = launcher.onfocus = launcher.ontouchstart = ahead;
      // What is typed in the widget is not the page's business, and its focus is not the page's to take back.
      for (const name of ['keydown', 'keyup', 'keypress', 'focusin', 'focusout']) host.addEventListener(name, (event) => event.stopPropagation());
      root.append(launcher);
      document.body.append(host);
      rise(launcher);
      // What an earlier visit left behind goes, or is gone where nothing may be kept any more.
      if (privacy !== 'off') { flush(); take(); return; }
      attempt(() => Object.keys(store()).filter((key) => key.startsWith(KEY) || key === LOST).forEach(drop));
      attempt(() => tab().removeItem(TAB));
    },
  };

  const start = () => attempt(() => api.mount());
  if (document.body) start(); else document.addEventListener('DOMContentLoaded', start, { once: true });
  window.svar = api;
})();
