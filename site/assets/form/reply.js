// The form for a reply. The address names the ticket, its file, its template and the time of its newest reply.

import { bodyOf, replyPlace, replyText } from "./compose.js";
import { Editor, begin } from "./editor.js";
import { element } from "./findings.js";
import { checkReply } from "./rules.js";
import { trimmed } from "./text.js";
import { textsOf, valueOf } from "./values.js";

const byId = (id) => document.getElementById(id);
const FILE = /^tickets\/(?:[^/\\\p{Cc}]+\/)*([a-z0-9][a-z0-9-]*)\.md$/u;
// A time further in the future is not that of a reply.
const LATEST = 86400 * 1000;

// Returns the name of a field for people, like src/site/rows.rs.
const labelOf = (name) => {
  const spaced = name.replace(/^x_/, "").replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
};

class ReplyEditor extends Editor {
  constructor(form, rules, { id, file, template, after }) {
    super(form, rules, `reply:${id}`);
    Object.assign(this, { id, file, template, after });
    this.own = rules.templates[template] ?? { fields: [], resolution: [] };
  }

  value(name) {
    const field = this.fields.element({ field: name });
    return field.hidden ? "" : this.fields.value(field);
  }

  // Returns the time of the reply, which is after the newest one that the page knew.
  time() {
    const now = Date.now();
    const isLater = this.after >= now && this.after < now + LATEST;
    return new Date(isLater ? this.after + 1000 : now);
  }

  compose() {
    const created = (this.created ??= this.time());
    const [status, resolution] = [this.value("status"), this.value("resolution")];
    const set = this.fields.all
      .filter((one) => one.closest("#reply-fields") && !one.hidden && !this.fields.isEmpty(one))
      .map((one) => [one.dataset.field, valueOf(this.fields.value(one), this.kindOf(one.dataset.field))]);
    const sections = this.fields.all.filter((one) => one.dataset.section && !one.hidden && !this.fields.isEmpty(one));
    const text = trimmed(this.fields.value(this.fields.element({ section: "" })));
    const own = bodyOf(sections.map((one) => [one.dataset.section, trimmed(this.fields.value(one))]));
    const draft = {
      template: this.template,
      author: this.value("author"),
      keys: [
        ["status", status || undefined],
        ["resolution", resolution || undefined],
        ["duplicate_of", this.value("duplicate_of") || undefined],
        ["set", set.length ? { map: set } : undefined],
      ],
      body: [text, own].filter(Boolean).join("\n\n"),
    };
    const place = replyPlace(this.file, draft.author, created, this.letters.slice(0, 6), this.rules.latin);
    const parts = [
      ...set.map(([name, value]) => ({ field: name, text: textsOf(value).map((one) => `${name}: ${one}`).join("\n") })),
      ...[...this.fields.all].filter(({ dataset }) => dataset.section !== undefined)
        .map((one) => ({ section: one.dataset.section, text: this.fields.value(one) })),
    ];
    return { draft, set, place, text: replyText(draft, created), message: `reply to ${this.id}`, parts };
  }

  kindOf(name) {
    return this.own.fields.find((field) => field.name === name)?.kind;
  }

  check({ draft, set }) {
    const resolution = this.value("status") === "resolved" ? this.value("resolution") : "";
    const missing = [];
    const add = (field, level = "deny") => missing.push({ code: "missing-field", level, field, word: "missing_field", values: {} });
    if (!draft.author) add("author");
    if (this.value("status") === "resolved" && !resolution) add("resolution", this.rules.levels["missing-resolution"]);
    if (resolution === "duplicate" && !this.value("duplicate_of")) add("duplicate_of");
    return [...missing, ...checkReply({ ...draft, keys: set }, this.rules, resolution || null, this.created)];
  }

  async finish() {
    this.created = this.time();
    await super.finish();
  }

  changed() {
    const isResolved = this.value("status") === "resolved";
    this.fields.element({ field: "resolution" }).hidden = !isResolved;
    const resolution = isResolved ? this.value("resolution") : "";
    this.fields.element({ field: "duplicate_of" }).hidden = resolution !== "duplicate";
    for (const rule of this.own.fields) {
      const field = this.fields.element({ field: rule.name });
      if (field) field.hidden = !rule.required.includes(resolution);
    }
    for (const rule of this.own.resolution) this.fields.element({ section: rule.name }).hidden = !resolution;
  }

  // Makes the fields and sections that a resolution can need.
  make() {
    const needed = ({ required }) => required.some((stage) => stage !== "open");
    const fields = this.own.fields.filter(needed).map((field, at) => {
      const id = `set-${at}`;
      const control = field.options.length
        ? element("select", { class: "control", id }, ...["", ...field.options].map((option) => element("option", { value: option }, option || "–")))
        : element("input", { class: "control", id, autocomplete: "off" });
      return element("div", { class: "field", "data-field": field.name, hidden: "" }, element("label", { for: id }, labelOf(field.name)), control);
    });
    byId("reply-fields").replaceChildren(...fields);
    const sections = this.own.resolution.map((rule, at) => {
      const id = `section-${at}`;
      const area = element("textarea", { class: "control", id, rows: "3", dir: "auto" });
      return element("div", { class: "field", "data-section": rule.name, hidden: "" }, element("label", { for: id, dir: "auto" }, rule.name), area);
    });
    byId("reply-sections").replaceChildren(...sections);
  }

  remember() {
    this.last.save({ person: this.value("author") });
  }
}

export const started = begin((form, rules) => {
  const asked = new URLSearchParams(location.search);
  const file = asked.get("file") ?? "";
  const id = FILE.exec(file)?.[1];
  if (!id || file.includes("..")) {
    byId("reply-none").hidden = false;
    form.hidden = true;
    return null;
  }
  const editor = new ReplyEditor(form, rules, {
    id, file, template: asked.get("template") ?? "", after: Date.parse(asked.get("after") ?? "") || 0,
  });
  const ticket = element("a", { href: new URL(`tickets/${id}/index.html`, editor.root).href }, id);
  const [before, after] = rules.words.reply_to.split("{id}");
  byId("reply-ticket").replaceChildren(before, ticket, after ?? "");
  editor.make();
  editor.start();
  const { person } = editor.last.read();
  if (person) editor.fields.set(editor.fields.element({ field: "author" }), person);
  editor.restore();
  if (asked.get("status") === "resolved") editor.fields.set(editor.fields.element({ field: "status" }), "resolved");
  editor.changed();
  return editor;
});
