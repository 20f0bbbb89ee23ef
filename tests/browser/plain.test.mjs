// Without JavaScript every article is there on one page.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { journey } from './browser.mjs';
import { ROOT } from './house.mjs';

for (const lang of ['sv', 'en']) {
  journey(`without JavaScript all articles are on one page (${lang})`, async ({ house, context }) => {
    const page = await context.newPage();
    await page.setJavaScriptEnabled(false);
    const complaints = [];
    page.on('console', (message) => complaints.push(`${message.text()} ${message.location()?.url}`));
    page.on('requestfailed', (request) => complaints.push(request.url()));
    page.on('response', (response) => { if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`); });
    await page.goto(`${house.origin}/svar/help/${lang}.html`, { waitUntil: 'networkidle0' });
    const text = await page.$eval('body', (body) => body.innerText);
    let articles = 0;
    for (const name of await readdir(path.join(ROOT, 'examples/help', lang))) {
      const source = await readFile(path.join(ROOT, 'examples/help', lang, name), 'utf8');
      const title = /^title: *"?(.*?)"?$/m.exec(source)?.[1] ?? /<h1[^>]*>(.*?)<\/h1>/s.exec(source)?.[1];
      const hidden = /^draft: true/m.test(source) || /^audience: (?!public|everyone)/m.test(source);
      assert.equal(text.includes(title), !hidden, `${name}: ${title}`);
      articles += hidden ? 0 : 1;
    }
    assert.ok(articles >= 30, `${articles} articles`);
    assert.equal((await page.$$('article, section[id]')).length >= articles, true);
    assert.equal(await page.$eval('html', (html) => html.lang), lang);
    // Links between articles lead to a place on the same page.
    const dead = await page.$$eval('main a[href^="#"]', (links) => links.map((a) => a.getAttribute('href')).filter((href) => !document.getElementById(decodeURIComponent(href.slice(1)))));
    assert.deepEqual(dead, []);
    // The sign in the browser's tab is the owner's to give.
    assert.deepEqual(complaints.filter((one) => !one.includes('/favicon.ico')), []);
  });
}

journey('the portal leads there', async ({ house, context }) => {
  const page = await context.newPage();
  await page.setJavaScriptEnabled(false);
  await page.goto(`${house.origin}/index.html`);
  await Promise.all([page.waitForNavigation(), page.$eval('a[href="/svar/help/sv.html"]', (a) => a.click()).catch(() => page.click('a[href="/svar/help/sv.html"]'))]);
  assert.equal(new URL(page.url()).pathname, '/svar/help/sv.html');
});
