// The widget as a customer meets it: what can be seen and done, by role and by word, through the open shadow root of
// <svar-help>. Nothing here reaches past the screen.

import { until } from './house.mjs';

const ROOT = () => document.querySelector('svar-help')?.shadowRoot;

export class Widget {
  constructor(page, house, expected) {
    this.page = page;
    this.house = house;
    this.expected = [...expected];
    this.heard = [];
    this.requests = [];
  }

  /** Takes down what the page complained about. */
  hear(complaint) { this.heard.push(complaint); }
  /** Says that complaints like this are part of the journey. */
  expect(...patterns) { this.expected.push(...patterns); }
  complaints() { return this.heard.filter((one) => !this.expected.some((pattern) => pattern.test(one))); }

  /** Goes to an address and waits for the launcher, unless there is to be none. Returns the server's answer. */
  async go(address, { launcher = true } = {}) {
    const url = new URL(address, this.house.origin);
    const answer = await this.page.goto(url.href, { waitUntil: 'load' });
    if (launcher && url.protocol.startsWith('http')) await this.sees('.launcher');
    return answer;
  }

  /** Path and name of what was asked for since the beginning, in order. */
  asked() { return this.requests.map((request) => new URL(request.url()).pathname); }

  // Looking.

  /** Runs `look(root, argument)` in the page, `root` being the shadow root, or null. */
  look(look, argument) {
    return this.page.evaluate(`((root, argument) => (${look})(root, argument))((${ROOT})() || null, ${JSON.stringify(argument) ?? 'undefined'})`);
  }

  /** Waits until `look` finds something. */
  until(what, look, argument, options) {
    return until(what, () => this.look(look, argument).catch((error) => {
      if (/context|navigat|frame|realm|destroyed/i.test(String(error))) return undefined;
      throw error;
    }), options).catch(async (error) => {
      error.message += `\non screen: ${await this.screen().catch(() => 'nothing')}`;
      throw error;
    });
  }

  /** What stands on screen, in words. */
  screen() {
    return this.look((root) => [...(root?.children || [])].map((e) => e.innerText).filter(Boolean).join('\n---\n'));
  }

  /** Waits for something that can be seen. */
  sees(selector, text) {
    return this.until(`${selector} ${text || ''}`, (root, { selector, text }) => [...(root?.querySelectorAll(selector) || [])]
      .some((e) => e.checkVisibility() && (!text || e.textContent.includes(text))), { selector, text });
  }

  /** Waits until nothing like it is there. */
  misses(selector) {
    return this.until(`no ${selector}`, (root, selector) => ![...(root?.querySelectorAll(selector) || [])].some((e) => e.checkVisibility()), selector);
  }

  /** Text of the first that matches; null if there is none. */
  text(selector) { return this.look((root, selector) => root?.querySelector(selector)?.innerText.trim() ?? null, selector); }
  /** Texts of all that match. */
  texts(selector) { return this.look((root, selector) => [...(root?.querySelectorAll(selector) || [])].map((e) => e.innerText.trim()), selector); }
  attribute(selector, name) { return this.look((root, { selector, name }) => root?.querySelector(selector)?.getAttribute(name) ?? null, { selector, name }); }

  /** Waits until nothing moves and no colour is on its way to another. */
  still() {
    return this.look((root) => Promise.allSettled(root.getAnimations().map((animation) => animation.finished)).then(() => true));
  }

  /** What has the focus: role or name of the element, and its text or label. */
  focused() {
    return this.look((root) => {
      const e = root?.activeElement;
      return e ? `${e.getAttribute('role') || e.localName} ${(e.getAttribute('aria-label') || e.textContent).trim()}` : `page ${document.activeElement?.localName}`;
    });
  }

  /** What a screen reader is told. */
  announced(pattern) {
    return this.until(`announcement ${pattern}`, (root, { source, flags }) => {
      const said = root?.querySelector('dialog [role=status]')?.textContent;
      return new RegExp(source, flags).test(said) && said;
    }, { source: pattern.source, flags: pattern.flags });
  }

  // Doing.

  /** A handle of the element with this selector and, where given, this text or label. */
  async handle(selector, text) {
    await this.sees(selector, text);
    const handle = await this.page.evaluateHandle(`((root, { selector, text }) => [...root.querySelectorAll(selector)]
      .find((e) => e.checkVisibility() && (!text || e.textContent.includes(text))))((${ROOT})(), ${JSON.stringify({ selector, text })})`);
    return handle.asElement();
  }

  /** Presses it with the mouse. */
  async press(selector, text) {
    const element = await this.handle(selector, text);
    await element.click();
    await element.dispose();
  }

  /** Opens the panel with the launcher and waits for the index. */
  async open() {
    await this.press('.launcher');
    await this.ready();
  }

  /** Waits until the panel is open and nothing is loading. */
  async ready() {
    await this.sees('dialog[open]');
    await this.until('the index', (root) => !root.querySelector('dialog [aria-busy=true]') && !root.querySelector('.launcher[aria-busy]'));
  }

  /** Types a question, as it stands, into the search box with the keyboard. */
  async type(question) {
    const box = await this.handle('[role=combobox]');
    await box.click({ count: 3 });
    await this.page.keyboard.type(question);
    await this.until(`“${question}” in the box`, (root, question) => root.querySelector('[role=combobox]').value === question, question);
  }

  /** Types a question and waits for its results to be announced. Returns their titles. */
  async ask(question, announced = /\p{L}/u) {
    await this.type(question);
    await this.announced(announced);
    return this.titles();
  }

  titles() { return this.texts('[role=option] .title'); }

  /** Presses the result with this title, the first one otherwise, and waits for the article. Returns its heading. */
  async read(title) {
    await this.press('[role=option]', title);
    await this.article();
    return this.text('article h3');
  }

  /** Waits for an article that is there in full. */
  async article(title) {
    await this.sees('article h3', title);
    await this.sees('[data-ask]');
  }

  /** Answers "Did this solve your issue?". */
  async answer(word) {
    await this.press('[data-ask] .answers button', word);
    await this.sees('[data-ask] .answers button[aria-pressed=true]', word);
  }

  /** Gives a reason. */
  async reason(words) {
    await this.press('.reasons button', words);
    await this.sees('.reasons button[aria-pressed=true]', words);
  }

  /** Closes the panel. */
  async close() {
    await this.press('dialog .head h2 + button');
    await this.misses('dialog');
  }
}
