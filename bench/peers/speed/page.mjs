// The page that an engine is on: empty but for a client, which sets `window.peer`:
//
//   prepare()            loads what a page has before somebody wants help; only svar has something
//   init()               loads what is needed before a question can be typed
//   search(query, most)  resolves with the best results, each with a `title`, when they can be shown
//
// With `?q=` it asks at once, and `window.done` tells when help was wanted and when the results were there, in ms since
// the navigation began.

/** Results of each question. */
export const MOST = 5;

export const page = (client, language) => `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<link rel="icon" href="data:,">
<title>Help</title>
<body>
<script type="module">
${client}
const asked = new URLSearchParams(location.search).get('q');
const ask = async () => {
  await peer.prepare?.();
  const intent = performance.now();
  await peer.init();
  const found = await peer.search(asked, ${MOST});
  const list = document.createElement('ul');
  list.append(...found.map(({ title }) => Object.assign(document.createElement('li'), { textContent: title })));
  document.body.append(list);
  return { origin: performance.timeOrigin, intent, there: performance.now(), found: found.length };
};
window.done = asked === null ? Promise.resolve() : ask();
</script>
`;
