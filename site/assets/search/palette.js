// The search over any page: a field with results as one types, and a preview of the answer. The search page has its words.

import { narrowed, withoutField } from "./narrow.js";
import { dayOf, element, marked, sourceOf, stateOf } from "./results.js";
import { Session } from "./session.js";
import { fill, readWords } from "./words.js";

// The number of results, and of values of each facet.
const MOST = 8;
const MOST_VALUES = 3;
// The longest part of a query that becomes the title of a new ticket, in characters.
const LONGEST_TITLE = 200;
// The delay before a search starts while the user types, and before a preview is loaded, in milliseconds.
const PAUSE = 120;
const PREVIEW_PAUSE = 100;

export class Palette {
  #latest = 0;
  #previews = new Map();

  // Reads the words on the search page at `address`. `newTicket` is the address of the form, to which a title is added.
  static async open(address, newTicket) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address} cannot be read`);
    return new Palette(new DOMParser().parseFromString(await answer.text(), "text/html"), address, newTicket);
  }

  constructor(page, address, newTicket) {
    Object.assign(this, readWords(page, address), { address, newTicket });
    this.session = new Session(this.index);
    this.#addSymbols(page);
    this.#build();
  }

  // The icons of the results refer to symbols on the page.
  #addSymbols(page) {
    const sprite = page.querySelector("svg.symbols");
    if (!sprite) return;
    const copy = document.importNode(sprite, true);
    for (const symbol of copy.querySelectorAll("symbol")) if (document.getElementById(symbol.id)) symbol.remove();
    document.body.append(copy);
  }

  #icon(name) {
    return this.icons[name] ? document.importNode(this.icons[name], true) : "";
  }

  #build() {
    const { phrases } = this;
    this.field = element("input", "");
    const attributes = {
      type: "text", inputmode: "search", name: "q", role: "combobox", autocomplete: "off", spellcheck: "false", dir: "auto", enterkeyhint: "go",
      "aria-controls": "palette-list", "aria-expanded": "false", "aria-autocomplete": "list", "aria-label": phrases.label,
      placeholder: phrases.placeholder,
    };
    for (const [name, value] of Object.entries(attributes)) this.field.setAttribute(name, value);
    this.scope = element("button", "chip");
    this.scope.type = "button";
    this.form = element("form", "find large", this.#icon("search"), this.field, this.scope);
    this.form.setAttribute("role", "search");
    this.form.action = this.address;
    this.status = element("output", "muted count");
    this.facets = element("p", "facets");
    this.list = element("div", "options");
    this.list.id = "palette-list";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", phrases.results);
    this.preview = element("section", "preview");
    this.preview.setAttribute("aria-label", phrases.preview);
    this.end = element("a", "button small", this.#icon("plus"), phrases.open_ticket);
    const key = (name, label) => element("span", "", element("kbd", "", name), ` ${label}`);
    const keys = [["↑ ↓", phrases.move], ["Enter", phrases.open_result], ["Esc", phrases.close]];
    const foot = element("footer", "", ...keys.map(([name, label]) => key(name, label)), this.end);
    const both = element("div", "both", this.list, this.preview);
    this.ways = element("p", "ways");
    this.dialog = element("dialog", "palette", this.form, this.facets, this.status, both, this.ways, foot);
    this.dialog.setAttribute("aria-label", phrases.label);
    document.body.append(this.dialog);
    this.#listen();
  }

  #listen() {
    this.field.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.search(), PAUSE);
    });
    this.field.addEventListener("keydown", (event) => {
      const steps = { ArrowDown: 1, ArrowUp: -1 };
      if (event.isComposing) return;
      if (steps[event.key]) {
        event.preventDefault();
        this.#move(steps[event.key]);
      } else if (event.key === "Backspace" && !this.field.value && this.service) {
        this.#leaveService();
      }
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      // A result that belongs to an older query must not be opened.
      const isCurrent = this.shownText === this.text;
      location.href = isCurrent && this.chosen ? this.chosen.href : this.#searchPage();
    });
    this.scope.addEventListener("click", () => this.#leaveService());
    // The dialog itself is what is clicked only around its content.
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    this.dialog.addEventListener("close", () => {
      ++this.#latest;
      // The browser returns to the field in the bar, which may have got the focus only for the search.
      if (this.before?.isConnected && this.before !== document.body) this.before.focus();
      else document.activeElement?.blur();
    });
  }

  // The query, with the service of the page.
  get text() {
    const text = this.field.value.trim();
    return text && this.service ? `${text} service:${JSON.stringify(this.service.id)}` : text;
  }

  #searchPage() {
    const url = new URL(this.address);
    if (this.text) url.searchParams.set("q", this.text);
    return url.href;
  }

  // Opens the dialog with `text`, to which more can be typed. `service` is { id, name } on the page of a service. `before` gets
  // the focus after it.
  show(text, service, before) {
    this.service = service;
    this.before = before;
    this.scope.hidden = !service;
    this.scope.replaceChildren(service ? fill(this.phrases.in_service, { service: service.name }) : "", " ", this.#icon("close"));
    this.field.value = text;
    this.dialog.showModal();
    this.field.focus();
    this.field.setSelectionRange(text.length, text.length);
    this.search();
  }

  #leaveService() {
    this.service = null;
    this.scope.hidden = true;
    this.field.focus();
    this.search();
  }

  async search() {
    const turn = ++this.#latest;
    const { text } = this;
    if (this.newTicket) {
      this.end.href = this.newTicket + encodeURIComponent(this.field.value.trim().slice(0, LONGEST_TITLE));
    }
    this.end.hidden = !this.newTicket;
    if (!text) {
      this.#present("", null);
      return;
    }
    try {
      const result = await this.session.answer(text, { most: MOST });
      if (turn !== this.#latest) return;
      this.#present(text, result);
      const counts = await result.index.facets(result.hits);
      if (turn === this.#latest) this.#presentFacets(counts, result);
    } catch (error) {
      // A query that is not finished yet is often invalid.
      if (turn === this.#latest) this.#say(error.help ?? this.words.failed);
    }
  }

  #say(text) {
    this.#present(this.text, null);
    this.status.textContent = text;
  }

  #present(text, result) {
    this.shownText = text;
    this.list.replaceChildren();
    this.ways.replaceChildren();
    this.facets.replaceChildren();
    this.preview.replaceChildren();
    this.status.textContent = result?.hits.length === 0 ? fill(this.words.none, { q: this.field.value.trim() }) : "";
    this.chosen = null;
    const { hits = [], shown = [], marks, missing } = result ?? {};
    const all = shown.map((one, at) => ({ one, lacking: missing(hits[at]).join(", ") }));
    const complete = all.filter(({ lacking }) => !lacking);
    const best = complete[0]?.one.answered || complete[0]?.one.slug ? complete.splice(0, 1) : [];
    const groups = [
      [this.phrases.best, best],
      [this.phrases.more_results, complete],
      [this.phrases.near, all.filter(({ lacking }) => lacking)],
    ];
    for (const [label, results] of groups.filter(([, results]) => results.length)) {
      const group = element("div", "", element("p", "label", label));
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", label);
      group.append(...results.map(({ one, lacking }) => this.#option(one, lacking, marks)));
      this.list.append(group);
    }
    this.field.setAttribute("aria-expanded", String(all.length > 0));
    this.#options().forEach((option, at) => (option.id = `palette-${at}`));
    this.#choose(this.#options()[0]);
    // What is narrowed to a service leads out of it.
    const everywhere = result && !result.query.pasted ? withoutField(result.query, "service") : null;
    if (everywhere) {
      const out = element("button", "more", this.phrases.all_services);
      out.type = "button";
      out.addEventListener("click", () => {
        this.field.value = everywhere;
        this.#leaveService();
      });
      this.ways.append(out);
    }
    if (hits.length > shown.length) {
      const more = element("a", "more", fill(this.phrases.all_results, { n: hits.length.toLocaleString() }));
      more.href = this.#searchPage();
      this.ways.append(more);
    }
  }

  #option(shown, lacking, marks) {
    const { labels, words } = this;
    const kind = shown.resolution ?? shown.status ?? "article";
    const title = element("b", "", ...marked(shown.title, marks));
    title.dir = "auto";
    const facts = [labels[kind], shown.service, shown.date && dayOf(shown.date), lacking && fill(words.missing, { words: lacking })];
    // A narrow screen has no room for the preview.
    const excerpt = element("span", "excerpt", ...sourceOf(shown, labels), shown.excerpt);
    excerpt.dir = "auto";
    const about = element("small", "", facts.filter(Boolean).join(" · "));
    const option = element("a", "option", stateOf(shown, this), element("span", "", title, " ", excerpt, " ", about));
    option.href = new URL(shown.href, this.root).href;
    option.setAttribute("role", "option");
    option.tabIndex = -1;
    option.shown = shown;
    option.addEventListener("mousemove", () => option !== this.chosen && this.#choose(option));
    return option;
  }

  #options() {
    return [...this.list.querySelectorAll(".option")];
  }

  #move(step) {
    const options = this.#options();
    if (!options.length) return;
    this.#choose(options[(options.indexOf(this.chosen) + step + options.length) % options.length]);
    this.chosen.scrollIntoView({ block: "nearest" });
  }

  #choose(option) {
    this.chosen?.setAttribute("aria-selected", "false");
    this.chosen = option ?? null;
    this.field.removeAttribute("aria-activedescendant");
    if (!option) return;
    option.setAttribute("aria-selected", "true");
    this.field.setAttribute("aria-activedescendant", option.id);
    const { shown } = option;
    const heading = element("h3", "", shown.title);
    heading.dir = "auto";
    const excerpt = element("p", "", ...sourceOf(shown, this.labels), shown.excerpt);
    excerpt.dir = "auto";
    this.preview.replaceChildren(heading, excerpt);
    clearTimeout(this.loading);
    this.loading = setTimeout(() => this.#preview(option), PREVIEW_PAUSE);
  }

  // Shows the answer as its page shows it.
  async #preview(option) {
    const { href } = option;
    if (!this.#previews.has(href)) this.#previews.set(href, this.#answerOn(href).catch(() => null));
    const answer = await this.#previews.get(href);
    if (answer && option === this.chosen) this.preview.replaceChildren(this.preview.firstChild, answer.cloneNode(true));
  }

  async #answerOn(href) {
    const page = new DOMParser().parseFromString(await (await fetch(href)).text(), "text/html");
    const content = page.querySelector("#answer .prose, .page-article .prose");
    if (!content) return null;
    for (const link of content.querySelectorAll("[href], [src]")) {
      for (const name of ["href", "src"]) {
        if (link.hasAttribute(name)) link.setAttribute(name, new URL(link.getAttribute(name), href).href);
      }
    }
    for (const one of content.querySelectorAll("[id]")) one.id = "";
    return document.importNode(content, true);
  }

  // Shows the most frequent values. Each narrows the search.
  #presentFacets(counts, { query, index }) {
    if (query.pasted) return;
    const chips = Object.entries(counts).flatMap(([key, values]) =>
      // The service of the page has its own button.
      values.filter(([value]) => value !== this.service?.id).slice(0, MOST_VALUES).map(([value, count]) => {
        const names = { status: this.labels[value], service: index.services.get(value)?.name };
        const name = names[key] ?? value;
        const { text, isAsked } = narrowed(query, key, value);
        const chip = element("button", "chip", name, " ", element("span", "count", count.toLocaleString()));
        chip.type = "button";
        chip.setAttribute("aria-pressed", String(isAsked));
        chip.addEventListener("click", () => {
          this.service = null;
          this.scope.hidden = true;
          this.field.value = text;
          this.field.focus();
          this.search();
        });
        return chip;
      }),
    );
    this.facets.replaceChildren(...chips);
  }
}
