// Pictures of every state, for looking at: `node tests/browser/screenshots.mjs [FOLDER]`, otherwise into screenshots/.

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { House, ROOT } from './house.mjs';
import { browser, closeBrowsers, open } from './launch.mjs';
import { states } from './states.mjs';

const folder = path.resolve(process.argv[2] || path.join(ROOT, 'screenshots'));
const DEVICES = [['desktop', { width: 1280, height: 800 }], ['phone', { width: 390, height: 844, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }]];

await mkdir(folder, { recursive: true });
for (const [device, viewport] of DEVICES) {
  for (const scheme of ['light', 'dark']) {
    const house = await House.open();
    const context = await (await browser()).createBrowserContext();
    let number = 0;
    const visit = (address, how) => open(context, house, address, how);
    await states(house, visit, { viewport, scheme }, async (name, widget) => {
      number += 1;
      await widget.still();
      await widget.page.screenshot({ path: path.join(folder, `${device}-${scheme}-${String(number).padStart(2, '0')}-${name}.png`) });
    });
    await context.close();
    await house.close();
    console.log(`${device} ${scheme}: ${number} pictures in ${folder}`);
  }
}
await closeBrowsers();
