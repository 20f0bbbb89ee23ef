// Everything that scripts of an old page do, by accident or on purpose.
'use strict';
// Libraries of old, some of which are still out there.
Object.prototype.extend = function () { throw new Error('extend was called'); };
Object.prototype['two words'] = 'an attribute cannot be called this';
Array.prototype.last = function () { return this[this.length - 1]; };
Array.prototype.toJSON = function () { return `[${this.join(', ')}]`; };
String.prototype.toJSON = function () { return `"${this}"`; };
window.module = { exports: {} };
window.define = () => { throw new Error('define was called'); };
window.define.amd = {};
window.$ = window._ = window.svarWidget = () => { throw new Error('not yours'); };
window.failures = [];
addEventListener('error', (event) => failures.push(String(event.message)));
addEventListener('unhandledrejection', (event) => failures.push(String(event.reason)));
// Keys are shortcuts here, all of them.
for (const name of ['keydown', 'keypress', 'keyup']) {
  document.addEventListener(name, (event) => event.preventDefault());
  addEventListener(name, (event) => event.preventDefault());
}
// A dialog of the page that wants the focus back, as Bootstrap's does.
window.grab = () => {
  const dialog = document.createElement('div');
  dialog.tabIndex = -1;
  dialog.className = 'grabber';
  document.body.append(dialog);
  document.addEventListener('focusin', (event) => { if (!dialog.contains(event.target)) dialog.focus(); });
};
// A veil over everything.
window.veil = () => {
  const veil = document.createElement('div');
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('.veil { all: initial !important; position: fixed !important; inset: 0 !important; z-index: 2147483647 !important; background: rgb(255 0 0 / .2) !important }');
  document.adoptedStyleSheets.push(sheet);
  veil.className = 'veil';
  document.body.append(veil);
};
