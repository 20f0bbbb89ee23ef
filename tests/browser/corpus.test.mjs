// A real help centre: LibreOffice's, as Debian packages it. `cargo xtask corpus libreoffice-sv` fetches it.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { journey } from './browser.mjs';
import { ROOT } from './house.mjs';

const CORPUS = 'corpora/libreoffice-sv';

/** Fetches the corpus where that can be done; says why not otherwise. */
function missing() {
  if (existsSync(path.join(ROOT, CORPUS))) return false;
  if (spawnSync('apt-get', ['--version']).error) return `no ${CORPUS}, and no apt to fetch it with`;
  execFileSync('cargo', ['xtask', 'corpus', 'libreoffice-sv'], { cwd: ROOT, stdio: 'inherit' });
  return false;
}

const skip = missing();

journey('LibreOffice in Swedish: searched and read', {
  skip,
  timeout: 300_000,
  house: { source: CORPUS, portal: null, build: ['--content-selector', '#DisplayArea', '--lang', 'sv', '--contact', 'mailto:hjalp@example.com', '--collector', '/svar/v1/attempts'] },
}, async ({ t, house, visit }) => {
  const widget = await visit('/', { expected: [/favicon\.ico/] });
  const began = Date.now();
  await widget.open();
  t.diagnostic(`opened in ${Date.now() - began} ms`);
  assert.equal(await widget.attribute('dialog', 'lang'), 'sv');

  const titles = await widget.ask('infoga sidbrytning', /^\d+ svar\. Första: /);
  assert.ok(titles.some((title) => /sidbrytning|brytning/i.test(title)), titles.join('\n'));
  const corrected = await widget.ask('infoga sidbrytnig', /^\d+ svar\. Första: /);
  await widget.sees('.corrected', 'infoga sidbrytning');
  assert.equal(corrected[0], titles[0], 'the typo changes nothing');

  const whole = await widget.ask('sidbrytning', /^\d+ svar\. Första: /);
  assert.match(whole[0], /sidbrytning/i, 'the whole word in a title comes before its parts there and in the text');
  await widget.ask('infoga sidbrytnig', /^\d+ svar\. Första: /);

  const title = titles.find((title) => /brytning/i.test(title));
  await widget.read(title);
  const text = await widget.text('article');
  assert.ok(text.length > 200 && /sidbrytning/i.test(text), text);
  assert.ok(!/undefined|null|\[object/.test(text), text);
  await widget.answer('Ja');
  const report = await house.reported('the answer', (r) => r.attempts.solved === 1);
  assert.equal(report.latest[0].question, 'infoga sidbrytnig');

  // Every word of a real help centre passes the same rules: pictures and links lead somewhere sensible.
  const links = await widget.look((root) => [...root.querySelectorAll('article a')].map((a) => a.getAttribute('href')));
  for (const href of links) assert.match(href, /^(https?:|mailto:|#|\/|data:|[\w.%-])/, href);
  // The question by every letter, as fast as keys come: the last letter's answer is the one that stays.
  await widget.ask('makro', /^\d+ svar\. Första: /);
  assert.ok((await widget.titles()).some((title) => /makro/i.test(title)));
});
