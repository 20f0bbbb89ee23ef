// Every state that the widget can be in, one after the other: for looking at and for checking.

import { rename } from 'node:fs/promises';

/** Walks through the states; `look(name, widget)` is called in each. */
export async function states(house, visit, how, look) {
  const widget = await visit('/index.html', { ...how, expected: [/Failed to load resource/, ...(how.expected || [])] });
  const [manifest] = await house.indexFiles(/^manifest/);
  const away = () => rename(manifest, `${manifest}.away`);
  const back = () => rename(`${manifest}.away`, manifest);

  await look('closed', widget);
  await widget.page.setOfflineMode(true);
  await widget.press('.launcher');
  await widget.sees('.failure');
  await look('not-loaded', widget);
  await widget.page.setOfflineMode(false);

  await away();
  await widget.press('.failure button');
  await widget.sees('dialog .notice h3', 'Hjälpen kan inte hämtas');
  await look('failure', widget);
  await back();
  await widget.press('.notice button');
  await widget.sees('.notice', 'Skriv några ord');
  await look('welcome', widget);

  await widget.type('qwxzkj');
  await widget.announced(/^Inget hittades/);
  await look('nothing-found', widget);

  await widget.ask('fakura förfalodag', /^\d+ svar/);
  await look('results', widget);
  await widget.page.keyboard.press('ArrowDown');
  await widget.sees('[aria-selected=true]');
  await look('selected', widget);
  await widget.page.keyboard.press('Enter');
  await widget.article();
  await look('article', widget);

  // Every kind of block: tables, pictures, notes, codes, a long word.
  await widget.ask('lamporna på routern', /^\d+ svar/);
  await widget.read('Lamporna på routern');
  await look('table', widget);
  await widget.answer('Nej');
  await widget.announced(/Tack/);
  await bottom(widget);
  await look('reasons', widget);
  await widget.reason('Svårt att förstå');
  await bottom(widget);
  await look('answered-no', widget);
  await widget.answer('Ja');
  await bottom(widget);
  await look('answered', widget);

  await widget.page.setOfflineMode(true);
  await widget.sees('.offline');
  await widget.ask('autogiro', /^\d+ svar/);
  await look('offline', widget);
  await widget.page.setOfflineMode(false);
  await widget.misses('.offline');
  await widget.close();

  const asked = await visit('/index.html', { ...how, asked: true });
  await asked.open();
  await asked.type('qwxzkj');
  await asked.announced(/^Inget hittades/);
  await asked.sees('[data-ask]');
  await look('asked-below-nothing', asked);
  await asked.ask('autogiro', /^\d+ svar/);
  await asked.sees('[data-ask]');
  await bottom(asked);
  await look('asked-below-results', asked);
  await asked.answer('Delvis');
  await bottom(asked);
  await look('answered-below-results', asked);
  await asked.close();
  return widget;
}

const bottom = (widget) => widget.look((root) => { const body = root.querySelector('[data-scroller]'); body.scrollTop = body.scrollHeight; });
