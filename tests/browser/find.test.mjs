// A customer finds an answer, reads it and says whether it solved her issue; the owner sees it.

import assert from 'node:assert/strict';
import { journey } from './browser.mjs';

journey('found with two typos, read, said solved, and in the report once', async ({ house, visit }) => {
  const widget = await visit('/mina-sidor.html?kund=4711#fakturor', { motion: true });
  await widget.open();
  assert.equal(await widget.focused(), 'combobox Beskriv ditt ärende');
  const titles = await widget.ask('fakura förfalodag', /^\d+ svar\. Första: Flytta fram förfallodagen på en faktura$/);
  assert.equal(titles[0], 'Flytta fram förfallodagen på en faktura');
  assert.equal(await widget.text('.corrected'), 'Visar resultat för ”faktura förfallodag”');
  assert.deepEqual(await widget.texts('#result-0 .title mark'), ['förfallodagen', 'faktura']);
  assert.ok((await widget.texts('#result-0 .passage mark')).length > 0, 'the passage is highlighted');

  assert.equal(await widget.read(), titles[0]);
  assert.deepEqual((await widget.texts('article h4')).slice(0, 2), ['Gör det själv', 'När går det inte?']);
  assert.ok((await widget.text('article')).includes('högst 14 dagar framåt'));
  assert.equal(await widget.text('#ask'), 'Löste det ditt problem?');
  await widget.answer('Ja');
  await widget.sees('.thanks', 'Vad bra!');
  await widget.announced(/Tack för ditt svar/);

  const report = await house.reported('one solved attempt', (r) => r.attempts.solved === 1);
  assert.equal(report.attempts.total, 1);
  assert.deepEqual([report.declared.count, report.declared.n], [1, 1]);
  assert.equal(report.quality.response.n, 1, 'she was asked');
  const [latest] = report.latest;
  assert.equal(latest.class, 'declared_solved');
  assert.equal(latest.question, 'fakura förfalodag');
  assert.equal(latest.last_article, 'invoice-due-date-extension');
  assert.equal(latest.not_counted, null);

  // Saying it again, closing and leaving add nothing.
  await widget.answer('Ja');
  await widget.close();
  await widget.go('/index.html');
  const later = await house.report();
  assert.equal(later.attempts.total, 1);
  assert.equal(later.attempts.solved, 1);
  assert.equal(later.quality.rejected_events, 0);
});

journey('not solved, with a reason', async ({ house, visit }) => {
  const widget = await visit('/bredband.html');
  await widget.open();
  await widget.ask('långsamt wifi');
  await widget.read('Långsamt wifi');
  await widget.answer('Nej');
  assert.equal(await widget.text('#reason'), 'Vad var det som inte stämde?');
  assert.equal((await widget.texts('.reasons button')).length, 7);
  await widget.until('the reasons in sight', (root) => {
    const [reasons, frame] = [root.querySelector('.reasons').getBoundingClientRect(), root.querySelector('[data-scroller]').getBoundingClientRect()];
    return reasons.top >= frame.top && reasons.bottom <= frame.bottom;
  });
  await widget.reason('Det är inaktuellt');
  await widget.sees('.thanks', 'Tack. Ditt svar går till dem som skriver artiklarna.');
  const report = await house.reported('an attempt not solved, with its reason', (r) => r.unsolved_questions.first[0]?.reasons.outdated === 1);
  assert.deepEqual([report.attempts.total, report.attempts.not_solved], [1, 1]);
  assert.equal(report.unsolved_questions.first[0].question, 'långsamt wifi');
});

journey('partly, then yes: one attempt, the latest answer', async ({ house, visit }) => {
  const widget = await visit('/bredband.html');
  await widget.open();
  await widget.ask('byta lösenord wifi');
  await widget.read();
  await widget.answer('Delvis');
  await widget.reason('Svårt att förstå');
  await house.reported('one attempt partly solved', (r) => r.attempts.partly === 1);
  await widget.answer('Ja');
  await widget.misses('.reasons');
  const report = await house.reported('one attempt solved', (r) => r.attempts.solved === 1);
  assert.deepEqual([report.attempts.total, report.attempts.partly, report.attempts.answered], [1, 0, 1]);
});

journey('another issue after the first is another attempt', async ({ house, visit }) => {
  const widget = await visit('/index.html');
  await widget.open();
  await widget.ask('ångerrätt');
  await widget.read();
  await widget.answer('Ja');
  await widget.press('[data-ask] button', 'Fråga om något annat');
  await widget.misses('article');
  assert.equal(await widget.focused(), 'combobox Beskriv ditt ärende');
  assert.equal(await widget.look((root) => root.querySelector('[role=combobox]').value), '');
  await widget.ask('laddbox');
  await widget.read();
  await widget.answer('Nej');
  const report = await house.reported('two attempts', (r) => r.attempts.total === 2);
  assert.deepEqual([report.attempts.solved, report.attempts.not_solved], [1, 1]);
});

journey('nothing found is said honestly, and counted', async ({ house, visit }) => {
  const widget = await visit('/index.html');
  await widget.open();
  await widget.type('xyzzyqwv');
  await widget.announced(/^Inget hittades/);
  await widget.sees('.notice h3', 'Inget hittades');
  await widget.sees('.contact', 'Kontakta oss');
  await widget.close();
  const report = await house.reported('a question without results', (r) => r.zero_result_questions.total === 1);
  assert.equal(report.zero_result_questions.first[0].question, 'xyzzyqwv');
  assert.equal(report.attempts.exhibited_not, 1);
});

journey('a person: the question and what was read go along, and it counts as escalated', async ({ house, visit }) => {
  const widget = await visit('/index.html', {
    // No mail program here.
    prepare: () => addEventListener('click', (event) => { if (event.composedPath().some((e) => e.href?.startsWith?.('mailto:'))) event.preventDefault(); }, true),
  });
  await widget.open();
  assert.equal(await widget.attribute('.contact', 'href'), 'mailto:hjalp@vindla.example');
  const place = () => widget.look((root) => { const { x, y } = root.querySelector('.contact').getBoundingClientRect(); return [x, y]; });
  const before = await place();
  await widget.ask('uppsägningstid & bindningstid');
  await widget.read('Uppsägningstid och bindningstid');
  const after = await place();
  assert.deepEqual(after, before, 'the way to a person stays where it is');
  const mail = new URL(await widget.attribute('.contact', 'href'));
  assert.equal(mail.pathname, 'hjalp@vindla.example');
  assert.equal(mail.searchParams.get('subject'), 'uppsägningstid & bindningstid');
  assert.equal(mail.searchParams.get('body'), 'Min fråga: uppsägningstid & bindningstid\r\nJag har läst:\r\n– Uppsägningstid och bindningstid\r\n');
  await widget.press('.contact');
  const report = await house.reported('one escalated attempt', (r) => r.attempts.escalated === 1);
  assert.equal(report.attempts.total, 1);
  assert.equal(report.deflection.submitted, 1);
});

journey('links in an article lead to the next one, and back', async ({ visit }) => {
  const widget = await visit('/index.html');
  await widget.open();
  await widget.ask('flytta förfallodag');
  await widget.read('Flytta fram förfallodagen på en faktura');
  await widget.press('article a', 'autogiro');
  await widget.article('Betala med autogiro');
  assert.match(await widget.focused(), /^h3 Betala med autogiro/);
  await widget.press('.back button');
  await widget.article('Flytta fram förfallodagen på en faktura');
  await widget.press('.back button');
  await widget.sees('[role=option]');
  assert.match(await widget.focused(), /^combobox/);
});

for (const [device, viewport] of [['desktop', { width: 1280, height: 800 }], ['phone', { width: 390, height: 844, isMobile: true, hasTouch: true }]]) {
  journey(`an article opens at the section that answers (${device})`, async ({ visit }) => {
    const widget = await visit('/index.html', { viewport });
    await widget.open();
    await widget.ask('stoppa en enskild dragning autogiro');
    assert.equal(await widget.text('#result-0 .section'), 'Stoppa en enskild dragning');
    await widget.read('Betala med autogiro');
    assert.match(await widget.focused(), /^h3 Betala med autogiro/, 'a screen reader begins with the title');
    await widget.until('the section in sight', (root) => {
      const section = [...root.querySelectorAll('article [data-anchor]')].find((e) => e.textContent === 'Stoppa en enskild dragning');
      const [place, frame] = [section.getBoundingClientRect(), root.querySelector('[data-scroller]').getBoundingClientRect()];
      return place.top > frame.top - 1 && place.bottom < frame.bottom;
    });
  });
}

journey('an English page gets English words and English articles', async ({ house, visit }) => {
  const widget = await visit('/en/index.html');
  assert.equal(await widget.text('.launcher'), 'Help');
  await widget.open();
  assert.equal(await widget.attribute('dialog', 'lang'), 'en');
  assert.equal(await widget.focused(), 'combobox Describe your issue');
  const titles = await widget.ask('slow wifi', /^\d+ answers\. First: /);
  assert.match(titles[0], /wi-?fi/i);
  await widget.read();
  assert.equal(await widget.text('#ask'), 'Did this solve your issue?');
  assert.equal(await widget.text('.contact'), 'Contact us');
  await widget.answer('Yes');
  await widget.sees('.thanks', 'Good to hear.');
  await house.reported('one solved attempt', (r) => r.attempts.solved === 1);
  assert.ok((await widget.screen()).match(/[åäö]/) === null, 'no Swedish on an English page');
});

journey('a browser that a program drives is left out of the figures', { browser: 'automated' }, async ({ house, visit }) => {
  const widget = await visit('/index.html');
  await widget.open();
  await widget.ask('laddbox');
  await widget.read();
  await widget.answer('Ja');
  const report = await house.reported('an attempt left out', (r) => r.quality.excluded_automation === 1);
  assert.equal(report.attempts.total, 0);
  assert.equal(report.latest[0].not_counted, 'automation');
});
