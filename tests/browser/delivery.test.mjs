// Outcomes arrive: late, after a restart, from the next visit, and each once. And what does not travel stays.

import assert from 'node:assert/strict';
import { journey } from './browser.mjs';

const REFUSED = [/Failed to load resource/, /ERR_CONNECTION_REFUSED/];

/** Bodies of what was sent to the collector. */
const sent = (widget) => widget.requests.filter((request) => request.method() === 'POST').map((request) => request.postData());

/** What a page that is left would leave in its tab. */
const left = (widget) => widget.page.evaluate(() => {
  Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
  delete document.visibilityState;
  const text = sessionStorage.getItem('svar.tab');
  document.dispatchEvent(new Event('visibilitychange'));
  return text;
});

const kept = (widget) => widget.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('svar:')));

journey('the server dies before the answer is sent and comes back: it arrives, once', async ({ house, visit }) => {
  const widget = await visit('/index.html', { expected: REFUSED });
  await widget.open();
  await widget.ask('autogiro');
  await widget.read('Betala med autogiro');
  await house.stop('SIGKILL');
  await widget.answer('Ja');
  await widget.sees('.thanks');
  await widget.until('a try that failed', () => performance.getEntriesByType('resource').some((e) => e.name.endsWith('/svar/v1/attempts')));
  assert.equal((await kept(widget)).length, 1, 'it is kept');
  await house.start();
  const report = await house.reported('the answer', (r) => r.attempts.solved === 1);
  assert.deepEqual([report.attempts.total, report.declared.n], [1, 1]);
  assert.equal(report.latest.length, 1);
  await widget.until('nothing left to send', () => !Object.keys(localStorage).some((key) => key.startsWith('svar:')));
});

journey('the server dies between taking the answer and saying so: sent again, counted once', async ({ house, visit }) => {
  const widget = await visit('/index.html', {
    expected: REFUSED,
    // The first answers of the collector get lost on the way back.
    prepare: () => {
      const { fetch } = window;
      let lost = 2;
      window.fetch = async (address, more) => {
        const answer = await fetch(address, more);
        if (String(address).endsWith('/svar/v1/attempts') && lost-- > 0) throw new TypeError('the connection was lost');
        return answer;
      };
    },
  });
  await widget.open();
  await widget.ask('autogiro');
  await widget.read('Betala med autogiro');
  await widget.answer('Nej');
  await widget.until('nothing left to send', () => !Object.keys(localStorage).some((key) => key.startsWith('svar:')));
  const report = await house.report();
  assert.deepEqual([report.attempts.total, report.attempts.not_solved], [1, 1]);
  assert.ok(report.quality.repeated_events >= 1, 'it came more than once');
});

journey('answered while the server is down, then left: the next visit delivers', async ({ house, visit }) => {
  const widget = await visit('/index.html', { expected: REFUSED });
  await widget.open();
  await widget.ask('autogiro');
  await widget.read('Betala med autogiro');
  await house.stop('SIGKILL');
  await widget.answer('Delvis');
  await widget.reason('Det stämmer inte');
  assert.equal((await kept(widget)).length, 1);
  await widget.page.goto('about:blank');
  await house.start();
  assert.equal((await house.report()).attempts.total, 0);
  // The launcher alone is enough; she need not open it again.
  await widget.go('/bredband.html');
  const report = await house.reported('the answer', (r) => r.attempts.partly === 1);
  assert.equal(report.attempts.total, 1);
  assert.equal(report.unsolved_questions.first[0].reasons.wrong, 1);
  await widget.until('nothing left to send', () => !Object.keys(localStorage).some((key) => key.startsWith('svar:')));
  assert.equal(await widget.text('dialog'), null);
});

journey('what is damaged on the device, or refused, takes nothing with it', async ({ house, visit }) => {
  const widget = await visit('/index.html', {
    expected: REFUSED,
    prepare: () => {
      const event = (id, more) => JSON.stringify({ specversion: '1.0', id, time: '2026-01-01T00:00:00Z', data: { attempt: id, privacy: { mode: 'full' }, ...more } });
      for (const [key, value] of [['torn', '{"specversion":"1.0","da'], ['empty', 'null'], ['foreign', event('f'.repeat(32), { unknown: 1 })]]) localStorage.setItem(`svar:${key}`, value);
    },
  });
  await widget.open();
  await widget.ask('autogiro');
  await widget.read('Betala med autogiro');
  await widget.answer('Ja');
  const report = await house.reported('the answer', (r) => r.attempts.solved === 1);
  assert.equal(report.attempts.total, 1);
  await widget.until('nothing left to send', () => !Object.keys(localStorage).some((key) => key.startsWith('svar:')));
});

for (const [name, strict] of [['data-privacy=off', '/off.html'], ['Global Privacy Control', '/plain.html#gpc']]) {
  journey(`${name} after an answer that is still on the device: its words do not leave`, { house: { portal: 'tests/browser/pages' } }, async ({ house, visit }) => {
    const widget = await visit('/plain.html', {
      expected: REFUSED,
      prepare: () => { if (location.hash === '#gpc') Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true }); },
    });
    await widget.open();
    await widget.ask('ångerrätt');
    await widget.read();
    await house.stop('SIGKILL');
    await widget.answer('Nej');
    assert.equal((await kept(widget)).length, 1);
    await widget.page.goto('about:blank');
    await house.start();
    const before = sent(widget).length;
    await widget.go(strict);
    await widget.until('nothing kept', () => !Object.keys(localStorage).some((key) => key.startsWith('svar:')));
    assert.equal(sent(widget).length, before);
    assert.equal((await house.report()).attempts.total, 0);
  });
}

journey('leaving the page sends what is known so far', async ({ house, visit }) => {
  const widget = await visit('/index.html');
  await widget.open();
  await widget.type('autogiro');
  await widget.sees('[role=option]');
  await widget.page.goto(`${house.origin}/bredband.html`);
  const report = await house.reported('the question', (r) => r.attempts.total === 1);
  assert.equal(report.latest[0].question, 'autogiro');
});

journey('storage that cannot be used: it works from memory', async ({ house, visit }) => {
  const widget = await visit('/index.html', {
    prepare: () => {
      for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });
    },
  });
  await widget.open();
  await widget.ask('autogiro');
  await widget.read();
  await widget.answer('Ja');
  await house.reported('the answer', (r) => r.attempts.solved === 1);
});

journey('questions are redacted before they leave', async ({ house, visit }) => {
  const widget = await visit('/mina-sidor.html?kund=4711#hemligt');
  await widget.open();
  await widget.ask('faktura anna.berg@example.com 19850314-2384 tel 070-123 45 67');
  await widget.close();
  await house.reported('the question', (r) => r.attempts.total === 1);
  const bodies = sent(widget).join('\n');
  assert.ok(bodies.includes('faktura'), bodies);
  for (const secret of ['anna', 'berg', 'example.com', '19850314', '2384', '070', '4711', 'hemligt']) assert.ok(!bodies.includes(secret), `${secret} is in ${bodies}`);
  const stored = await widget.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  for (const secret of ['anna', '19850314']) assert.ok(!stored.includes(secret), `${secret} is in ${stored}`);
});

journey('Global Privacy Control: counts only', async ({ house, visit }) => {
  const widget = await visit('/mina-sidor.html', { prepare: () => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true }) });
  await widget.open();
  await widget.ask('fakura förfalodag');
  await widget.read();
  await widget.answer('Ja');
  const report = await house.reported('the answer', (r) => r.attempts.solved === 1);
  assert.equal(report.quality.counts_mode.count, 1);
  assert.equal(report.latest[0].question, null);
  assert.ok(sent(widget).length > 0);
  for (const body of sent(widget)) {
    assert.ok(!/fakura|förfalodag|mina-sidor/.test(body), body);
    for (const { time, data } of JSON.parse(body)) {
      assert.match(time, /T\d\d:00:00Z$/, 'the hour only');
      assert.deepEqual(data.privacy, { mode: 'counts', gpc: true });
      assert.equal(data.page.route, '');
      for (const search of data.searches ?? []) assert.equal(search.q, undefined);
    }
  }
});

journey('consent denied: what was sent is replaced by counts; granted: the next issue has its words again', async ({ house, visit }) => {
  const widget = await visit('/index.html');
  await widget.open();
  await widget.ask('autogiro');
  await widget.read('Betala med autogiro');
  await widget.answer('Ja');
  assert.equal((await house.reported('the answer', (r) => r.attempts.solved === 1)).latest[0].question, 'autogiro');
  await widget.page.evaluate(() => svar.consent('denied'));
  const report = await house.reported('counts', (r) => r.quality.counts_mode.count === 1);
  assert.deepEqual([report.attempts.total, report.attempts.solved, report.latest[0].question], [1, 1, null]);
  // A page that is loaded anew asks again. The attempt goes on there, without words.
  await widget.go('/bredband.html');
  await widget.page.evaluate(() => svar.consent('denied'));
  assert.ok(!JSON.stringify(await left(widget)).includes('autogiro'));
  await widget.open();
  await widget.press('[data-ask] button', 'Fråga om något annat');
  await widget.ask('router');
  await widget.close();
  assert.equal((await house.reported('another', (r) => r.attempts.total === 2)).quality.counts_mode.count, 2);
  await widget.go('/index.html');
  await widget.open();
  await widget.page.evaluate(() => { svar.consent('denied'); svar.consent('granted'); svar.contact('submitted'); });
  await house.reported('its end', (r) => r.attempts.escalated === 1);
  await widget.ask('autogiro');
  await widget.close();
  assert.equal((await house.reported('a third', (r) => r.attempts.total === 3)).latest.filter((one) => one.question === 'autogiro').length, 1);
});

for (const [name, address] of [['data-privacy=off', '/off.html'], ['no data-collector', '/silent.html']]) {
  journey(`${name}: nothing leaves and nothing is kept`, { house: { portal: 'tests/browser/pages' } }, async ({ house, visit }) => {
    const widget = await visit(address);
    await widget.open();
    await widget.ask('ångerrätt');
    await widget.read();
    await widget.answer('Nej');
    await widget.reason('Det är inaktuellt');
    await widget.close();
    await widget.go('/plain.html');
    assert.deepEqual(sent(widget), []);
    assert.deepEqual(await widget.page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]), [0, 0, '']);
    assert.equal((await house.report()).attempts.total, 0);
  });
}
