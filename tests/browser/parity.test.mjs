// The command and the browser answer alike: the same articles in the same order with the same scores, bit for bit.

import assert from 'node:assert/strict';
import { journey } from './browser.mjs';
import { svar } from './house.mjs';

// As customers type: whole questions, half words, typos, codes, other people's words.
const QUESTIONS = {
  sv: ['faktura', 'fakturan', 'fakturor', 'fakura', 'faktrua', 'f', 'fa', 'hur läser jag min faktura', 'förfallodag', 'forfallodag',
    'flyta förfalodag', 'autogiro', 'autogiromedgivande', 'e-faktura', 'efaktura', 'påminnelseavgift', 'flytta', 'flyttar till ny adress',
    'uppsägningstid', 'ångra köp', 'elavtal bindningstid', 'strömavbrott ersättning', 'avbrott', 'E-104', 'e104', 'ERR_CONN_503', 'F12',
    'router lampor lyser rött', 'starta om routern', 'långsamt wifi', 'wi-fi lösenord', 'losenord', 'bankid', 'nedfallen ledning',
    'solceller', 'laddbox installation', 'xyzzyx', 'hur gör jag för att', 'tv-box fel 24/7', 'återbetalning pengar tillbaka?'],
  en: ['invoice', 'invoices', 'invoce', 'inovice', 'i', 'how do I read my bill', 'due date', 'direct debit', 'e-invoice', 'reminder fee',
    'moving home', 'moved to a new address', 'cancel contract', 'right of withdrawal', 'notice period', 'power outage', 'outage compensation',
    'compensaton', 'E-104', 'e104', 'ERR_AUTH_401', 'router lights red', 'restart router', 'slow wifi', 'Wi-Fi password', 'forgot pasword',
    'two-step verification', 'fallen power line', 'solar panels', 'ev charger', 'qwertyuiop', 'what is the', 'complaint', 'speed test'],
};

for (const [lang, page] of [['sv', '/index.html'], ['en', '/en/index.html']]) {
  journey(`the command and the browser score alike (${lang})`, async ({ house, visit }) => {
    const widget = await visit(page);
    await widget.open();
    let compared = 0;
    for (const question of QUESTIONS[lang]) {
      const native = JSON.parse(await svar('search', '--index', house.site, '--lang', lang, '-k', '8', '--json', question));
      const expected = native.hits.map((hit) => `${hit.title} ${hit.score}`);
      await widget.type(question);
      const shown = await widget.until(`the answers to “${question}”`, (root, expected) => {
        const found = [...root.querySelectorAll('[role=option]')].map((e) => `${e.querySelector('.title').textContent} ${e.dataset.score}`);
        return found.join('\n') === expected.join('\n') && { found };
      }, expected, { patience: 10_000 });
      compared += shown.found.length;
      const corrected = await widget.text('.corrected');
      assert.equal(corrected !== null, native.corrected !== null, question);
    }
    assert.ok(compared > 100, `${compared} articles compared`);
  });
}
