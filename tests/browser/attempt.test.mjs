// One person, one issue: over the pages of a tab, beside other tabs, later, at once, and after an hour without a network.

import assert from 'node:assert/strict';
import { journey } from './browser.mjs';
import { until } from './house.mjs';

const REFUSED = [/Failed to load resource/, /ERR_CONNECTION_REFUSED/, /ERR_INTERNET_DISCONNECTED/];

/** Follows a link of the page to another page of the same tab. */
async function follow(widget, name) {
  await Promise.all([
    widget.page.waitForNavigation({ waitUntil: 'load' }),
    widget.page.evaluate((name) => document.querySelector(`a[href$="${name}"]`).click(), name),
  ]);
  await widget.sees('.launcher');
}

/** States of attempts as they were sent, in order. */
const states = (...widgets) => widgets.flatMap((widget) => widget.requests).filter((request) => request.method() === 'POST')
  .flatMap((request) => JSON.parse(request.postData())).map((event) => event.data);

journey('three pages and two tabs: answered, changed, answered later', async ({ house, visit, context }) => {
  const widget = await visit('/index.html');
  await widget.open();
  await widget.ask('autogiro');
  await widget.read('Betala med autogiro');
  // A tab that the page opens gets a copy of its storage, and no attempt with it.
  const [other] = await Promise.all([
    new Promise((opened) => context.once('targetcreated', (target) => opened(target.page()))),
    widget.page.evaluate(() => { window.open('/el.html'); }),
  ]);
  await until('the other tab', () => other.evaluate(() => !!window.svar).catch(() => false));
  assert.equal(await other.evaluate(() => sessionStorage.length), 0);
  await other.close();
  await widget.page.bringToFront();

  await follow(widget, 'bredband.html');
  await widget.open();
  await widget.article('Betala med autogiro');
  await widget.answer('Nej');
  await house.reported('no', (r) => r.attempts.not_solved === 1);
  await widget.answer('Ja');
  await house.reported('a change of mind', (r) => r.attempts.solved === 1 && r.attempts.not_solved === 0);

  // Another tab is another attempt, also while this one goes on.
  const second = await visit('/driftinfo.html');
  await second.open();
  await second.ask('router');
  await second.close();

  await widget.page.bringToFront();
  await follow(widget, 'el.html');
  await widget.open();
  await widget.article('Betala med autogiro');
  assert.equal(await widget.text('[data-ask] .answers button[aria-pressed=true]'), 'Ja', 'what she said stands');
  await widget.answer('Delvis');
  const report = await house.reported('the last word', (r) => r.attempts.partly === 1);
  assert.deepEqual([report.attempts.total, report.attempts.solved, report.attempts.not_solved], [2, 0, 0]);

  const mine = states(widget);
  assert.deepEqual([...new Set(mine.map((state) => state.attempt))].length, 1);
  assert.deepEqual(mine.map((state) => state.seq).sort((a, b) => a - b).at(-1), new Set(mine.map((state) => state.seq)).size, 'no number twice, none left out');
  const last = mine.reduce((a, b) => (a.seq > b.seq ? a : b));
  assert.deepEqual([last.page.route, last.searches.length, last.articles.length, last.entry], ['/index.html', 1, 1, 'launcher']);
  assert.notEqual(states(second)[0].attempt, last.attempt);
});

journey('back and forward: the attempt is where the customer is', async ({ house, visit }) => {
  const widget = await visit('/index.html');
  await widget.open();
  await widget.ask('autogiro');
  await widget.read('Betala med autogiro');
  await follow(widget, 'bredband.html');
  await widget.open();
  await widget.article('Betala med autogiro');
  await widget.answer('Nej');
  await widget.page.goBack({ waitUntil: 'load' });
  // Whether the browser kept this page alive or loads it anew, it knows what was said on the other one.
  await widget.sees('.launcher');
  if (await widget.text('dialog[open]') === null) await widget.open();
  await widget.article('Betala med autogiro');
  await widget.sees('[data-ask] .answers button[aria-pressed=true]', 'Nej');
  await widget.answer('Ja');
  const report = await house.reported('the answer', (r) => r.attempts.solved === 1);
  assert.deepEqual([report.attempts.total, report.attempts.not_solved], [1, 0]);
});

journey('the page is closed at once after the answer: it is not lost', async ({ house, visit }) => {
  for (const times of [1, 2, 3]) {
    const widget = await visit('/index.html');
    await widget.open();
    await widget.ask('autogiro');
    await widget.read('Betala med autogiro');
    await widget.press('[data-ask] .answers button', 'Ja');
    await widget.page.close();
    const report = await house.reported('the answer', (r) => r.attempts.solved === times);
    assert.equal(report.attempts.total, times);
  }
});

journey('offline for an hour, then back: the attempt has ended meanwhile, and its answer arrives', async ({ house, visit }) => {
  const widget = await visit('/index.html', {
    expected: REFUSED,
    // A clock that stands an hour back, and can be put right.
    prepare: () => {
      const now = Date.now;
      let behind = 3_600_000;
      Date.now = () => now() - behind;
      window.anHourLater = () => { behind = 0; };
    },
  });
  await widget.open();
  await widget.ask('autogiro');
  await widget.read('Betala med autogiro');
  await widget.page.setOfflineMode(true);
  await widget.answer('Ja');
  assert.equal((await house.report()).attempts.total, 0);
  await widget.page.evaluate(() => window.anHourLater());
  await widget.type('faktura');
  await widget.sees('[role=option]', 'aktur');
  await widget.close();
  await widget.page.setOfflineMode(false);
  const report = await house.reported('both', (r) => r.attempts.total === 2);
  assert.equal(report.attempts.solved, 1);
  const said = states(widget).filter((state) => state.declared);
  const ended = said.at(-1);
  assert.ok(states(widget).some((state) => state.attempt !== ended.attempt));
  assert.deepEqual([ended.outcome.class, ended.outcome.provisional, ended.ui.offline], ['declared_solved', false, true]);
});

journey('below results that nobody picks, and where there are none, some are asked', async ({ house, visit }) => {
  const widget = await visit('/index.html', { asked: true });
  await widget.open();
  await widget.ask('autogiro');
  const before = await widget.look((root) => [...root.querySelectorAll('[role=option]')].map((e) => e.getBoundingClientRect().top));
  assert.equal(await widget.text('[data-ask]'), null);
  await widget.sees('[data-ask]', 'Är ditt problem löst?');
  const after = await widget.look((root) => [...root.querySelectorAll('[role=option]')].map((e) => e.getBoundingClientRect().top));
  assert.deepEqual(after, before, 'nothing moves');
  assert.match(await widget.focused(), /^combobox/, 'the focus stays');
  await widget.answer('Ja');
  const report = await house.reported('the answer', (r) => r.attempts.solved === 1);
  assert.equal(report.attempts.total, 1);
  const asked = states(widget).at(-1);
  assert.deepEqual(asked.ask, { shown: true, where: 'results', prompt: 2, p: 0.25 });
  assert.equal(asked.declared.article, undefined);
  await widget.press('[data-ask] button', 'Fråga om något annat');
  await widget.ask('qqzzxxyy', /ingenting|inget|hittade/i);
  await widget.sees('[data-ask]', 'Är ditt problem löst?');
  await widget.answer('Nej');
  await house.reported('the other answer', (r) => r.attempts.not_solved === 1);
  assert.deepEqual(states(widget).at(-1).ask, { shown: true, where: 'nothing', prompt: 2, p: 0.5 });
});

journey("the company's own form on the next page ends the attempt", async ({ house, visit }) => {
  const widget = await visit('/index.html');
  await widget.open();
  await widget.ask('autogiro');
  await widget.read('Betala med autogiro');
  await widget.close();
  await follow(widget, 'bredband.html');
  await widget.page.evaluate(() => svar.contact('opened'));
  await until('opened', () => states(widget).some((state) => state.contact.opened && !state.contact.submitted));
  await widget.page.evaluate(() => svar.contact('submitted', 'A-1001 <å>'));
  const report = await house.reported('the case', (r) => r.escalation.count === 1);
  assert.equal(report.attempts.total, 1);
  const last = states(widget).at(-1);
  assert.deepEqual([last.contact.case_ref, last.outcome.class, last.outcome.provisional], ['A-1001', 'escalated', false]);
  assert.equal(await widget.text('dialog[open]'), null, 'nothing opens by itself');
  // On a page without an attempt the call loads and sends nothing.
  const stranger = await visit('/el.html');
  // The page's own pictures come when they like.
  await stranger.page.waitForNetworkIdle();
  const before = stranger.asked().length;
  await stranger.page.evaluate(() => svar.contact('submitted', 'A-1002'));
  await new Promise((done) => setTimeout(done, 300));
  assert.equal(stranger.asked().length, before);
});

journey('a widget that cannot be loaded is counted', async ({ house, visit }) => {
  const widget = await visit('/index.html', {
    expected: [...REFUSED, /ERR_FAILED|ERR_BLOCKED|net::/, /404/],
    // As an extension would do it, or a proxy.
    prepare: () => {
      const { fetch } = window;
      window.fetch = (address, more) => (/\.wasm$/.test(String(address)) ? Promise.reject(new TypeError('blocked')) : fetch(address, more));
    },
  });
  await widget.press('.launcher');
  await widget.sees('.failure');
  const report = await house.reported('the failure', (r) => r.quality.with_failures === 1);
  assert.equal(report.attempts.total, 0, 'which is no attempt');
  assert.deepEqual(states(widget)[0].failures, ['blocked']);
  await widget.press('.failure button');
  await widget.sees('.failure');
  assert.equal((await house.report()).quality.with_failures, 1, 'and once a page');
});

journey('what there is no room to keep is dropped, the oldest first, and counted', async ({ house, visit }) => {
  const widget = await visit('/index.html', { expected: REFUSED });
  await widget.open();
  await house.stop('SIGKILL');
  for (let n = 1; n <= 23; n++) {
    await widget.type(`faktura ${n}`);
    await widget.page.keyboard.press('Enter');
    await widget.page.evaluate(() => svar.contact('submitted'));
    const most = Math.min(n, 20);
    await widget.until(`${most} kept`, (_, most) => Object.keys(localStorage).filter((key) => key.startsWith('svar:')).length === most, most);
  }
  assert.equal(await widget.page.evaluate(() => localStorage.getItem('svar.dropped')), '3');
  await house.start();
  await widget.go('/bredband.html');
  await house.reported('those that were kept', (r) => r.attempts.total === 20);
  await widget.open();
  await widget.ask('router');
  await widget.close();
  const report = await house.reported('what was dropped', (r) => r.quality.dropped_attempts === 3);
  assert.equal(report.attempts.total, 21);
  await widget.until('told', () => localStorage.length === 0);
});
