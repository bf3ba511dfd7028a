// Shows resolved tickets that look like the draft, with their answers. The search is loaded when it is used first.

import { element } from "./findings.js";
import { fill } from "./text.js";

const SHOWN = 3;
// The number of hits that are looked through for resolved tickets.
const READ = 12;
// The longest text that is searched for, in characters.
const LONGEST = 3000;

export class Similar {
  constructor({ index, root, words, solved }) {
    Object.assign(this, { index, root, words, solved, turn: 0, last: "" });
    this.status = document.getElementById("similar-status");
    this.list = document.getElementById("similar-list");
    this.title = document.getElementById("similar-title");
    this.banner = document.getElementById("form-found");
    this.heading = this.title.textContent;
  }

  async #engine() {
    this.opened ??= import("../search/engine.js").then(({ Engine }) => Engine.open(this.index));
    this.opened.catch(() => (this.opened = null));
    return this.opened;
  }

  // Searches for a draft: { title, text }.
  async search({ title, text }) {
    const query = text.trim() ? `${title}\n${text.slice(0, LONGEST)}` : title;
    if (query === this.last || title.trim().length < 3) return;
    this.last = query;
    const turn = ++this.turn;
    try {
      const engine = await this.#engine();
      const { hits, isWeak } = await engine.search(query);
      const read = isWeak ? [] : await Promise.all(hits.slice(0, READ).map((hit) => engine.shown(hit)));
      if (turn !== this.turn) return;
      this.show(read.filter(({ answered, status }) => answered && (status === "resolved" || status === undefined)).slice(0, SHOWN));
    } catch {
      if (turn === this.turn) this.status.textContent = this.words.similar_failed;
    }
  }

  show(found) {
    const { words } = this;
    const open = new Set([...this.list.querySelectorAll("details[open]")].map(({ dataset }) => dataset.href));
    const count = found.length === 1 ? words.similar_one : fill(words.similar_many, { n: found.length });
    this.status.textContent = found.length ? "" : words.similar_none;
    this.title.textContent = found.length ? count : this.heading;
    this.list.replaceChildren(...found.map((one, at) => this.#match(one, open.size ? open.has(one.href) : at === 0)));
    this.banner.hidden = !found.length;
    if (found.length) this.banner.querySelector("a").textContent = `${count}. ${words.best} ${found[0].excerpt}`;
  }

  #match({ title, href, excerpt, service, date }, isOpen) {
    const { words } = this;
    const solved = element("button", { class: "button ok small", type: "button" }, words.solved);
    const address = new URL(href, this.root).href;
    solved.addEventListener("click", () => this.solved({ title, address }));
    const read = element("a", { href: address }, words.read_all);
    const facts = [service, date].filter(Boolean).join(" · ");
    const match = element(
      "details",
      { class: "match", "data-href": href },
      element("summary", {}, element("span", { dir: "auto" }, title), element("small", {}, facts)),
      element("p", { dir: "auto" }, element("strong", { class: "ok" }, words.fix), " ", excerpt),
      element("p", { class: "match-actions" }, solved, " ", read),
    );
    match.open = isOpen;
    return match;
  }
}
