// The whole way without a mouse: from the launcher to the answer and back to the page.

import assert from 'node:assert/strict';
import { journey } from './browser.mjs';

journey('keyboard only', async ({ house, visit }) => {
  const widget = await visit('/index.html');
  const { page } = widget;
  const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
  // What the page hears of the keys.
  await page.evaluate(() => {
    globalThis.overheard = [];
    for (const target of [document, window, document.body]) {
      for (const name of ['keydown', 'keyup', 'keypress']) target.addEventListener(name, (event) => overheard.push(`${name} ${event.key} ${event.target.localName}`));
    }
  });
  const overheard = () => page.evaluate(() => overheard.filter((one) => one.includes('svar-help')));

  // The launcher comes last: backwards into the page is the short way.
  for (let i = 0; i < 200 && !(await widget.focused()).startsWith('button Hjälp'); i++) await press('Tab');
  assert.equal(await widget.focused(), 'button Hjälp', 'Tab reaches the launcher');
  assert.equal(await widget.attribute('.launcher', 'aria-expanded'), 'false');
  await press('Enter');
  await widget.ready();
  assert.equal(await widget.attribute('.launcher', 'aria-expanded'), 'true');
  assert.equal(await widget.focused(), 'combobox Beskriv ditt ärende');

  // Typing, one key after another; the box must keep the focus all the while.
  for (const letter of 'felkod') await press(letter);
  assert.equal(await widget.look((root) => root.querySelector('[role=combobox]').value), 'felkod');
  assert.equal(await widget.focused(), 'combobox Beskriv ditt ärende');
  await widget.announced(/^\d+ svar\. Första: /);
  const selected = () => widget.look((root) => {
    const box = root.querySelector('[role=combobox]');
    const option = root.getElementById(box.getAttribute('aria-activedescendant'));
    const all = [...root.querySelectorAll('[role=option]')];
    if (option && option.getAttribute('aria-selected') !== 'true') return 'disagreement';
    return option ? all.indexOf(option) : null;
  });
  const count = (await widget.titles()).length;
  assert.ok(count > 2);
  assert.equal(await widget.attribute('[role=combobox]', 'aria-expanded'), 'true');
  assert.equal(await selected(), null);
  await press('ArrowDown');
  await widget.until('the first one selected', (root) => root.querySelector('#result-0[aria-selected=true]'));
  assert.equal(await selected(), 0);
  await press('ArrowDown', 'ArrowDown', 'ArrowUp');
  await widget.until('the second one selected', (root) => root.querySelector('#result-1[aria-selected=true]'));
  assert.equal(await selected(), 1);
  await press('ArrowUp', 'ArrowUp');
  await widget.until('round to the last one', (root, last) => root.querySelector(`#result-${last}[aria-selected=true]`), count - 1);
  assert.ok(await widget.look((root) => {
    const [option, frame] = [root.querySelector('[aria-selected=true]').getBoundingClientRect(), root.querySelector('.body').getBoundingClientRect()];
    return option.top >= frame.top - 1 && option.bottom <= frame.bottom + 1;
  }), 'the selected one is in sight');
  await press('ArrowDown');
  await widget.until('round to the first one', (root) => root.querySelector('#result-0[aria-selected=true]'));
  const [title] = await widget.titles();
  assert.equal(await widget.focused(), 'combobox Beskriv ditt ärende', 'arrows leave the focus in the box');
  await press('Enter');
  await widget.article(title);
  assert.equal(await widget.focused(), `h3 ${title}`, 'the heading is where reading begins');

  // Round the dialog once: everything is reached, nothing outside is.
  const stops = [];
  for (let i = 0; i < 80; i++) {
    await press('Tab');
    const stop = await widget.focused();
    assert.ok(!stop.startsWith('page ') || stop === 'page body', `the focus is at ${stop}`);
    if (stops.length && stop === stops[0]) break;
    stops.push(stop);
  }
  const reached = (start) => assert.ok(stops.some((stop) => stop.startsWith(start)), `Tab reaches ${start} among\n${stops.join('\n')}`);
  for (const start of ['a ', 'button Ja', 'button Delvis', 'button Nej', 'a Kontakta oss', 'button Stäng hjälpen', 'combobox', 'button Tillbaka']) reached(start);
  assert.ok(!stops.includes('button Hjälp'), 'the launcher is out of reach while the dialog is open');

  // Answer with Space, a reason with Enter; the focus stays on what was pressed.
  for (let i = 0; i < 80 && (await widget.focused()) !== 'button Nej'; i++) await press('Tab');
  await press('Space');
  await widget.sees('[aria-pressed=true]', 'Nej');
  await widget.announced(/Tack för ditt svar/);
  assert.equal(await widget.focused(), 'button Nej', 'the focus stays on the answer');
  await press('Tab');
  assert.equal(await widget.focused(), 'button Det jag sökte finns inte här', 'the reasons are next');
  await press('Enter');
  await widget.sees('.reasons [aria-pressed=true]');
  assert.equal(await widget.focused(), 'button Det jag sökte finns inte här', 'the focus stays on the reason');
  await house.reported('the reason in the report', (r) => r.unsolved_questions.first[0]?.reasons.not_found === 1);

  await press('Escape');
  await widget.misses('dialog');
  assert.equal(await widget.focused(), 'button Hjälp', 'the focus is back');
  assert.equal(await widget.attribute('.launcher', 'aria-expanded'), 'false');
  assert.deepEqual(await overheard(), [], 'keys in the widget are not the page\'s business');

  // And once more: it opens where she left.
  await press('Space');
  await widget.sees('dialog[open]');
  await widget.sees('article h3', title);
  await press('Escape');
  await widget.misses('dialog');
});

journey('Escape in the search box closes, letters being composed do not search', async ({ visit }) => {
  const widget = await visit('/index.html');
  const client = await widget.page.createCDPSession();
  await widget.open();
  // As an input method does it: text under composition, then the text that is meant.
  await client.send('Input.imeSetComposition', { text: 'fak', selectionStart: 3, selectionEnd: 3 });
  await widget.page.keyboard.press('ArrowDown');
  await client.send('Input.insertText', { text: 'faktura' });
  await widget.until('the word in the box', (root) => root.querySelector('[role=combobox]').value === 'faktura');
  await widget.announced(/^\d+ svar/);
  await widget.page.keyboard.press('Escape');
  await widget.misses('dialog');
  assert.equal(await widget.focused(), 'button Hjälp');
});
