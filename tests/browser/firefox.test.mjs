// The same in Firefox, in short.

import assert from 'node:assert/strict';
import { journey } from './browser.mjs';

journey('Firefox: find with two typos, read, say solved, in the report', { browser: 'firefox', timeout: 240_000 }, async ({ house, visit }) => {
  const widget = await visit('/index.html');
  await widget.open();
  assert.equal(await widget.focused(), 'combobox Beskriv ditt ärende');
  const titles = await widget.ask('fakura förfalodag', /^\d+ svar\. Första: Flytta fram förfallodagen på en faktura$/);
  assert.equal(await widget.read(), titles[0]);
  assert.equal(await widget.focused(), `h3 ${titles[0]}`);
  await widget.answer('Ja');
  await widget.sees('.thanks', 'Vad bra!');
  const report = await house.reported('one solved attempt', (r) => r.attempts.solved === 1);
  assert.equal(report.attempts.total, 1);
  assert.equal(report.latest[0].question, 'fakura förfalodag');
  await widget.page.keyboard.press('Escape');
  await widget.misses('dialog');
  assert.equal(await widget.focused(), 'button Hjälp');
  await widget.page.evaluate(() => svar.destroy());
  assert.equal(await widget.page.evaluate(() => document.querySelectorAll('svar-help').length), 0);
});
