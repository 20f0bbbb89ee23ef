// axe-core finds nothing in any state: light and dark, on a desktop and on a phone. What axe cannot decide by itself is
// printed, for a person to look at.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { journey } from './browser.mjs';
import { states } from './states.mjs';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const nodes = (result) => result.nodes.map((node) => `  ${node.target.flat().join(' ')}\n    ${[...node.any, ...node.all, ...node.none].map((check) => check.message).join('; ')}`);

async function run(widget, whole) {
  await widget.still();
  if (!(await widget.page.evaluate(() => 'axe' in window))) await widget.page.evaluate(AXE);
  return widget.page.evaluate((whole) => axe.run(whole ? document : { include: ['svar-help'] }, { resultTypes: ['violations', 'incomplete'] }), whole);
}

async function check(widget, viewport, whole) {
  const first = await run(widget, whole);
  const failed = first.incomplete.filter((one) => one.error);
  if (!failed.length) return first;
  // axe 4.14 gives up on the contrast of what scrolls within what scrolls. On a screen this tall nothing does.
  await widget.page.setViewport({ ...viewport, width: 390, height: 4000 });
  const again = await run(widget, whole);
  await widget.page.setViewport(viewport);
  assert.deepEqual(again.incomplete.filter((one) => one.error), [], 'axe could not check');
  return { violations: [...first.violations, ...again.violations], incomplete: [...first.incomplete.filter((one) => !one.error), ...again.incomplete] };
}

const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true };

for (const [device, viewport] of [['desktop', { width: 1280, height: 800 }], ['phone', PHONE]]) {
  for (const scheme of ['light', 'dark']) {
    journey(`axe finds nothing: ${device}, ${scheme}`, { timeout: 300_000 }, async ({ t, house, visit }) => {
      const found = new Map(), unsure = new Map();
      // axe writes a style sheet into the page, which the policy refuses.
      await states(house, visit, { viewport, scheme, expected: [/pptr:/] }, async (name, widget) => {
        const { violations, incomplete } = await check(widget, viewport, name === 'closed');
        for (const one of violations) found.set(`${one.id} (${one.impact}): ${one.help}\n${nodes(one).join('\n')}`, name);
        for (const one of incomplete) unsure.set(`${one.id}\n${nodes(one).join('\n')}`, name);
      });
      for (const [what, name] of unsure) t.diagnostic(`undecided in ${name}: ${what}`);
      assert.equal(found.size, 0, [...found].map(([what, name]) => `in ${name}: ${what}`).join('\n'));
    });
  }
}
