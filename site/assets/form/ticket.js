// The form for a new ticket.

import { bodyOf, ticketPlace, ticketText } from "./compose.js";
import { Editor, begin } from "./editor.js";
import { element } from "./findings.js";
import { newId } from "./ids.js";
import { NOT_FROM_LINK } from "./link.js";
import { recorded, serviceOfPaths } from "./paths.js";
import { applies, checkTicket } from "./rules.js";
import { Similar } from "./similar.js";
import { byteLength, fill, trimmed } from "./text.js";
import { textsOf, valueOf } from "./values.js";
import { visit } from "./visit.js";

const byId = (id) => document.getElementById(id);
// The keys of a ticket that are lists.
const LISTS = ["tags", "related"];
const LONGEST_FROM_LINK = 2000;
// The longest value that is compared with those of similar tickets.
const LONGEST_COMPARED = 60;

class TicketEditor extends Editor {
  constructor(form, rules) {
    const { template } = form.dataset;
    super(form, rules, template);
    this.template = template;
    this.own = rules.templates[template];
    this.visit = visit(form.dataset.root);
    this.similar = new Similar({
      index: this.index,
      root: this.root,
      words: this.words,
      solved: (answer) => this.solve(answer),
    });
  }

  field(name) {
    return this.fields.element({ field: name });
  }

  draft() {
    const value = (element) => this.fields.value(element);
    const kindOf = (name) => this.own.fields.find((field) => field.name === name)?.kind;
    const keys = this.fields.all
      .filter((one) => one.dataset.field !== undefined && !["title", "requester"].includes(one.dataset.field))
      .filter((one) => !this.fields.isEmpty(one) && !one.hidden)
      .map((one) => {
        const name = one.dataset.field;
        const written = value(one);
        return [name, Array.isArray(written) ? written : valueOf(written, kindOf(name))];
      });
    const sections = this.fields.all.filter(({ dataset }) => dataset.section !== undefined);
    const filled = sections.filter((one) => !this.fields.isEmpty(one) && !one.hidden);
    return {
      title: value(this.field("title")),
      template: this.template,
      requester: value(this.field("requester")),
      keys,
      path: this.path(),
      body: bodyOf(filled.map((one) => [one.dataset.section, trimmed(value(one))])),
    };
  }

  compose() {
    const created = (this.created ??= new Date());
    const draft = this.draft();
    if (!this.id || !this.isNamed) {
      this.id = newId(draft.title, this.template, this.rules.latin);
      this.isNamed = Boolean(trimmed(draft.title));
    }
    const place = ticketPlace(this.id, created);
    const keys = draft.keys.map(([name, value]) => ({ field: name, text: textsOf(value).map((one) => `${name}: ${one}`).join("\n") }));
    const sections = this.fields.all
      .filter((one) => one.dataset.section !== undefined && !one.hidden)
      .map((one) => ({ section: one.dataset.section, text: this.fields.value(one) }));
    const parts = [{ field: "title", text: draft.title }, ...keys, { field: "path", text: draft.path.join("\n") }, ...sections];
    return { draft, place, text: ticketText(draft, created), message: `open ${this.id}`, parts };
  }

  check({ draft }) {
    return checkTicket(draft, this.rules, this.created);
  }

  // A new attempt has a new time; the id stays the same, so that a second attempt is no second ticket.
  async finish() {
    this.created = new Date();
    if (this.id && trimmed(this.fields.value(this.field("title")))) this.isNamed = true;
    await super.finish();
  }

  changed() {
    const draft = this.draft();
    this.showConditions(draft);
    this.showOncall();
    this.similar.search({ title: draft.title, text: draft.body, fields: this.comparable(draft) });
  }

  // Returns the fields that a similar ticket can share: those with one short value.
  comparable({ keys }) {
    const kinds = new Map([["service", "service"], ...this.own.fields.map(({ name, kind }) => [name, kind])]);
    const isShort = ([name, value]) =>
      typeof value === "string" && value.length <= LONGEST_COMPARED && ["service", "choice", "text"].includes(kinds.get(name));
    return keys.filter(isShort).map(([name, value]) => ({ name, value, label: this.fields.label(this.field(name)) }));
  }

  ids({ draft }) {
    const kindOf = (name) => (name === "related" ? "ticket" : this.own.fields.find((field) => field.name === name)?.kind);
    return draft.keys.filter(([name]) => kindOf(name) === "ticket").flatMap(([, value]) => textsOf(value));
  }

  // Shows the fields whose conditions are met. A field that is not required then is hidden while it is empty.
  showConditions(draft) {
    for (const [list, place] of [[this.own.fields, "field"], [this.own.sections, "section"]]) {
      for (const rule of list.filter(({ when }) => when.length)) {
        const one = this.fields.element({ [place]: rule.name });
        if (one) one.hidden = !applies(rule, draft, new Date()) && this.fields.isEmpty(one);
      }
    }
  }

  showOncall() {
    const id = this.field("service") ? this.fields.value(this.field("service")) : "";
    const people = this.rules.services.find((service) => service.id === id)?.oncall ?? [];
    const place = byId("form-oncall");
    this.anybody ??= place.textContent;
    place.textContent = people.length ? fill(this.words.oncall, { people: people.join(", ") }) : this.anybody;
  }

  // Returns the path as it is recorded, with the searches that are ticked.
  path() {
    const pages = byId("path-text").value.split("\n").map(recorded).filter(Boolean);
    const searches = [...byId("path-searches").querySelectorAll("input:checked")].map(({ value }) => value);
    return [...pages, ...searches];
  }

  showPath() {
    const chips = this.path().map((page) => element("span", { class: "chip", dir: "auto" }, page));
    byId("path-chips").replaceChildren(...(chips.length ? chips : [this.words.no_path]));
  }

  startPath() {
    const edit = byId("path-edit");
    const text = byId("path-text");
    text.value = this.visit.pages.join("\n");
    const searches = this.visit.searches.map((words) => {
      const box = element("input", { type: "checkbox", value: fill(this.words.search, { words }).slice(0, 300) });
      return element("label", {}, box, element("span", { dir: "auto" }, words));
    });
    byId("path-searches").querySelector(".segments").replaceChildren(...searches);
    byId("path-searches").hidden = !searches.length;
    edit.addEventListener("click", () => {
      const editor = byId("path-editor");
      editor.hidden = !editor.hidden;
      edit.setAttribute("aria-expanded", String(!editor.hidden));
      if (!editor.hidden) text.focus();
    });
    byId("form-path").addEventListener("input", () => {
      this.showPath();
      this.chooseService();
    });
    this.showPath();
  }

  // Chooses the service by the path, or else that of the last ticket, unless the user chose one.
  chooseService() {
    const field = this.field("service");
    if (!field || (this.isServiceChosen && !this.fields.isEmpty(field))) return;
    const found = serviceOfPaths(this.path(), this.rules.services);
    const last = this.last.read().service;
    const id = found?.service.id ?? last;
    if (!id || !this.fields.set(field, id)) return;
    const why = found ? fill(this.words.from_page, { path: found.path }) : this.words.last_service;
    field.querySelector(".why")?.remove();
    field.append(element("p", { class: "hint why" }, why));
  }

  // Fills in the values of the address, and says which they are.
  fillFromLink() {
    const [used, ignored] = [[], []];
    for (const [key, value] of new URLSearchParams(location.search)) {
      if (key === "from") continue;
      // "Open a ticket like this" names the other ticket.
      const name = key === "like" ? "related" : key;
      const field = NOT_FROM_LINK.includes(name) ? null : (this.field(name) ?? this.fields.element({ section: name }));
      const values = LISTS.includes(name) || field?.querySelector("[data-lines], [type=checkbox]") ? value.split(",").map(trimmed) : value;
      const isSet = field && byteLength(value) <= LONGEST_FROM_LINK && this.fields.set(field, values);
      (isSet ? used : ignored).push(isSet ? this.fields.label(field) : name);
      if (isSet && name === "service") this.isServiceChosen = true;
      if (isSet) field.closest("details")?.setAttribute("open", "");
    }
    const box = byId("form-saved");
    for (const [word, names] of [["from_link", used], ["ignored_link", ignored]]) {
      if (names.length) box.append(element("p", {}, fill(this.words[word], { fields: names.join(", ") })));
    }
    box.hidden = !box.childNodes.length;
    return used.length > 0;
  }

  extra() {
    return { pages: byId("path-text").value, isServiceChosen: this.isServiceChosen };
  }

  take(draft) {
    super.take(draft);
    byId("path-text").value = draft.pages ?? "";
    this.isNamed = Boolean(draft.id);
    this.isServiceChosen = draft.isServiceChosen;
    this.showPath();
  }

  remember() {
    const service = this.field("service") ? this.fields.value(this.field("service")) : "";
    this.last.save({ service, person: this.fields.value(this.field("requester")) });
  }

  // Ends the form: another ticket has the answer. Only this page knows that.
  solve({ title, address }) {
    const box = byId("form-solved");
    const asking = document.querySelector(".asking");
    const back = element("button", { class: "button", type: "button" }, this.words.not_solved);
    back.addEventListener("click", () => {
      [box.hidden, asking.hidden] = [true, false];
      this.form.querySelector(".control").focus();
    });
    box.replaceChildren(
      element("h2", {}, this.words.solved_title),
      element("p", {}, fill(this.words.solved_text, { title })),
      element("p", {}, element("a", { class: "button main", href: address }, this.words.read_all), " ", back),
    );
    [box.hidden, asking.hidden] = [false, true];
    box.focus();
  }
}

export const started = begin((form, rules) => {
  const editor = new TicketEditor(form, rules);
  editor.start();
  form.addEventListener("input", () => editor.similar.warm(), { once: true });
  editor.startPath();
  const { person } = editor.last.read();
  if (person) editor.fields.set(editor.field("requester"), person);
  // A link is a new question: it begins with its own values, and the draft stays as it was until something is typed.
  if (!editor.fillFromLink()) editor.restore();
  editor.showPath();
  editor.chooseService();
  editor.field("service")?.addEventListener("change", () => (editor.isServiceChosen = true));
  editor.changed();
  return editor;
});
