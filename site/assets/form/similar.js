// Shows resolved tickets that look like the draft, with their answers. The search is loaded when it is used first.

import { element } from "./findings.js";
import { openIndex } from "./index.js";
import { fill } from "./text.js";

const SHOWN = 3;
// The number of hits that are looked through for resolved tickets.
const READ = 12;
// The longest text that is searched for, in characters.
const LONGEST = 3000;
// The number of words that a match shows as its reason.
const MOST_WORDS = 4;

const same = (one, other) => one.toLowerCase() === other.toLowerCase();

export class Similar {
  constructor({ index, root, words, solved }) {
    Object.assign(this, { index, root, words, solved, turn: 0, last: "" });
    this.status = document.getElementById("similar-status");
    this.list = document.getElementById("similar-list");
    this.banner = document.getElementById("form-found");
  }

  async #load() {
    const [engine, { dayOf }] = await Promise.all([openIndex(this.index), import("../search/results.js")]);
    this.dayOf = dayOf;
    return engine;
  }

  // Loads what every search needs, while the first words are typed.
  async warm() {
    const engine = await this.#load().catch(() => null);
    await engine?.index.loadDays().catch(() => null);
  }

  // Searches for a draft: { title, text, fields }. `fields` are [{ name, label, value }…], to say which ones a match shares.
  async search({ title, text, fields }) {
    const query = text.trim() ? `${title}\n${text.slice(0, LONGEST)}` : title;
    const key = JSON.stringify([query, fields]);
    if (key === this.last || title.trim().length < 3) return;
    this.last = key;
    const turn = ++this.turn;
    try {
      const engine = await this.#load();
      const { hits, isWeak, reasons } = await engine.search(query);
      const read = async (hit) => ({ hit, ...(await engine.shown(hit)) });
      const all = isWeak ? [] : await Promise.all(hits.slice(0, READ).map(read));
      const found = all.filter(({ answered, status }) => answered && (status === "resolved" || status === undefined)).slice(0, SHOWN);
      if (found.length) await engine.columns.load(fields.map(({ name }) => name));
      if (turn === this.turn) this.show(found.map((one) => ({ ...one, why: this.#why(engine, one.hit, fields, reasons(one.hit)) })));
    } catch {
      if (turn === this.turn) this.status.textContent = this.words.similar_failed;
    }
  }

  // Says in words why a hit was found.
  #why(engine, { document }, fields, { isSameError, words }) {
    const shared = fields.filter(({ name, value }) => engine.columns.texts(name, document).some(({ text }) => same(text, value)));
    const list = new Intl.ListFormat(globalThis.document.documentElement.lang, { type: "conjunction" });
    const common = words.slice(0, MOST_WORDS);
    return [
      isSameError && this.words.same_error,
      shared.length && fill(this.words.same, { what: list.format(shared.map(({ label }) => label.toLowerCase())) }),
      common.length && fill(this.words.same_words, { words: common.join(", ") }),
    ].filter(Boolean);
  }

  show(found) {
    const { words } = this;
    const open = new Set([...this.list.querySelectorAll("details[open]")].map(({ dataset }) => dataset.href));
    const count = found.length === 1 ? words.similar_one : fill(words.similar_many, { n: found.length });
    // Screen readers read the status when it changes.
    this.status.textContent = found.length ? count : words.similar_none;
    this.list.replaceChildren(...found.map((one, at) => this.#match(one, open.size ? open.has(one.href) : at === 0)));
    this.banner.hidden = !found.length;
    if (found.length) this.banner.querySelector("a").textContent = fill(words.best, { count, answer: found[0].excerpt });
  }

  #match({ title, href, excerpt, excerpt_of, service, date, why }, isOpen) {
    const { words } = this;
    const solved = element("button", { class: "button ok small", type: "button" }, words.solved);
    const address = new URL(href, this.root).href;
    solved.addEventListener("click", () => this.solved({ title, address }));
    const read = element("a", { href: address }, words.read_all);
    const facts = [service, date && this.dayOf(date)].filter(Boolean).join(" · ");
    const match = element(
      "details",
      { class: "match", "data-href": href },
      element("summary", {}, element("span", { dir: "auto" }, title), element("small", {}, facts), element("small", { dir: "auto" }, why.join(" · "))),
      element("p", { dir: "auto" }, element("strong", { class: "ok" }, excerpt_of === "fix" ? words.fix : words.answer), " ", excerpt),
      element("p", { class: "match-actions" }, solved, " ", read),
    );
    match.open = isOpen;
    return match;
  }
}
