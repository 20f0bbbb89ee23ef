// A journey: a test that walks through a house with a browser, and fails on whatever its pages complain about, unless the
// journey said that they would.

import { after, test } from 'node:test';
import { House } from './house.mjs';
import { browser, closeBrowsers, open } from './launch.mjs';

after(closeBrowsers);

/**
 * A test that walks through a house with a browser. `walk` gets `house` and `visit(path, options)`, which opens a page and
 * returns its [`Widget`]. `options.house` goes to `House.open`, `options.browser` to `browser`.
 */
export function journey(name, options, walk) {
  if (!walk) [options, walk] = [{}, options];
  test(name, { timeout: options.timeout || 180_000, skip: options.skip }, async (t) => {
    const house = await House.open(options.house);
    const context = await (await browser(options.browser)).createBrowserContext();
    const widgets = [];
    const visit = async (address = '/', how = {}) => {
      const widget = await open(context, house, address, { firefox: options.browser === 'firefox', automated: options.browser === 'automated', ...how });
      widgets.push(widget);
      return widget;
    };
    try {
      await walk({ t, house, visit, context });
      const complaints = widgets.flatMap((widget) => widget.complaints());
      if (complaints.length) throw new Error(`the page complained:\n${complaints.join('\n')}`);
    } catch (error) {
      const heard = widgets.flatMap((widget) => widget.heard);
      if (heard.length) t.diagnostic(`heard on the pages:\n${heard.join('\n')}`);
      throw error;
    } finally {
      await context.close();
      await house.close();
    }
  });
}
