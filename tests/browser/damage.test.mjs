// What goes wrong on the way to the index: each says what happened and what the customer can do, and none throws into
// the page.

import assert from 'node:assert/strict';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { journey } from './browser.mjs';

const FAILED_LOAD = /Failed to load resource/;

/** Asks for the title, the way out, and that trying again works once `mend` has mended. */
async function told(widget, title, mend) {
  await widget.sees('.notice h3', title);
  await widget.announced(new RegExp(`^${title}`));
  assert.equal(await widget.text('.notice a'), 'Alla artiklar som vanliga sidor');
  assert.equal(new URL(await widget.attribute('.notice a', 'href')).pathname, '/svar/help/sv.html');
  assert.equal(await widget.text('.contact'), 'Kontakta oss', 'a person can be reached all the same');
  // Still broken: trying again says so again.
  await widget.press('.notice button', 'Försök igen');
  await widget.sees('.notice h3', title);
  await mend();
  await widget.press('.notice button', 'Försök igen');
  await widget.sees('.notice', 'Skriv några ord');
  const [first] = await widget.ask('ångerrätt');
  assert.equal(first, 'Ångerrätt');
  await widget.read();
  await widget.answer('Ja');
}

const flip = (bytes, at) => { const out = Buffer.from(bytes); out[at] ^= 0x10; return out; };

for (const [name, spoil] of [
  ['a flipped byte', (bytes) => flip(bytes, bytes.length >> 1)],
  ['the second half missing', (bytes) => bytes.subarray(0, bytes.length >> 1)],
]) {
  journey(`core files with ${name}`, async ({ house, visit }) => {
    const files = await house.indexFiles(/^core-/);
    const whole = await Promise.all(files.map((file) => readFile(file)));
    await Promise.all(files.map((file, i) => writeFile(file, spoil(whole[i]))));
    const widget = await visit('/index.html');
    await widget.open();
    await told(widget, 'Hjälpen gick inte att läsa', () => Promise.all(files.map((file, i) => writeFile(file, whole[i]))));
    // The widget that failed is counted, not silent.
    await house.reported('an attempt with a failure', (r) => r.attempts.solved === 1 && r.quality.with_failures === 1);
  });
}

for (const [name, spoil] of [
  ['a truncated manifest', (bytes) => bytes.subarray(0, bytes.length - 5)],
  ['a manifest with a flipped byte', (bytes) => flip(bytes, bytes.length - 1)],
]) {
  journey(name, async ({ house, visit }) => {
    const [file] = await house.indexFiles(/^manifest/);
    const whole = await readFile(file);
    await writeFile(file, spoil(whole));
    const widget = await visit('/index.html');
    await widget.open();
    await told(widget, 'Hjälpen gick inte att läsa', () => writeFile(file, whole));
  });
}

for (const [name, pattern] of [['no manifest', /^manifest/], ['no core file', /^core-/]]) {
  journey(name, async ({ house, visit }) => {
    const files = await house.indexFiles(pattern);
    await Promise.all(files.map((file) => rename(file, `${file}.away`)));
    const widget = await visit('/index.html', { expected: [FAILED_LOAD] });
    await widget.open();
    await told(widget, 'Hjälpen kan inte hämtas', () => Promise.all(files.map((file) => rename(`${file}.away`, file))));
  });
}

journey('a page of another kind where the manifest should be', async ({ house, visit }) => {
  const [file] = await house.indexFiles(/^manifest/);
  const whole = await readFile(file);
  await writeFile(file, '<!doctype html><title>Vår startsida</title>'.repeat(20));
  const widget = await visit('/index.html');
  await widget.open();
  await told(widget, 'Hjälpen kan inte hämtas', () => writeFile(file, whole));
});

journey('offline before the widget is there: the launcher says so, and trying again works', async ({ visit }) => {
  const widget = await visit('/index.html', { expected: [FAILED_LOAD, /ERR_INTERNET_DISCONNECTED/] });
  await widget.page.setOfflineMode(true);
  await widget.press('.launcher');
  await widget.sees('.failure[role=alert]', 'Hjälpen kunde inte hämtas.');
  assert.equal(await widget.attribute('.launcher', 'aria-busy'), null);
  assert.deepEqual(await widget.texts('.failure a'), ['Alla artiklar som vanliga sidor', 'Kontakta oss']);
  assert.equal(new URL(await widget.attribute('.failure a', 'href')).pathname, '/svar/help/sv.html');
  await widget.press('.failure button', 'Försök igen');
  await widget.sees('.failure', 'Hjälpen kunde inte hämtas.');
  assert.equal((await widget.texts('.failure')).length, 1, 'said once');
  await widget.page.setOfflineMode(false);
  await widget.press('.failure button', 'Försök igen');
  await widget.ready();
  await widget.misses('.failure');
  assert.deepEqual(await widget.ask('ångerrätt').then((titles) => titles[0]), 'Ångerrätt');
});

journey('a widget file that is not there', async ({ house, visit }) => {
  const { readdir } = await import('node:fs/promises');
  const folder = `${house.site}/svar`;
  const wasm = `${folder}/${(await readdir(folder)).find((name) => name.endsWith('.wasm'))}`;
  await rename(wasm, `${wasm}.away`);
  const widget = await visit('/index.html', { expected: [FAILED_LOAD] });
  await widget.press('.launcher');
  await widget.sees('.failure', 'Hjälpen kunde inte hämtas.');
  await rename(`${wasm}.away`, wasm);
  await widget.press('.failure button', 'Försök igen');
  await widget.ready();
  assert.equal(await widget.look((root) => root.querySelectorAll('dialog').length), 1);
  assert.equal(await widget.look((root) => root.querySelectorAll('link').length), 1, 'nothing is left of the first try');
});

journey('offline with the index there: it says so and goes on answering', async ({ house, visit }) => {
  const widget = await visit('/index.html', { expected: [FAILED_LOAD, /ERR_INTERNET_DISCONNECTED/] });
  await widget.open();
  await widget.page.setOfflineMode(true);
  await widget.sees('.offline', 'Du är inte uppkopplad');
  const titles = await widget.ask('fakura förfalodag');
  assert.equal(titles[0], 'Flytta fram förfallodagen på en faktura');
  await widget.read();
  await widget.answer('Ja');
  assert.equal((await house.report()).attempts.total, 0);
  await widget.page.setOfflineMode(false);
  await widget.misses('.offline');
  await house.reported('the answer once it is online', (r) => r.attempts.solved === 1 && r.attempts.total === 1);
});
