// The form for a reply. The address names the ticket, its file, its template and the time of its newest reply.

import { bodyOf, replyPlace, replyText } from "./compose.js";
import { Editor, begin } from "./editor.js";
import { element } from "./findings.js";
import { checkReply } from "./rules.js";
import { trimmed } from "./text.js";
import { textsOf, valueOf } from "./values.js";

const byId = (id) => document.getElementById(id);
const FILE = /^tickets\/(?:[^/\\\p{Cc}]+\/)*([a-z0-9][a-z0-9-]*)\.md$/u;
// The longest part of the ticket's text that is shown, in characters.
const LONGEST_QUESTION = 300;
// A time further in the future is not that of a reply.
const LATEST = 86400 * 1000;

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
    const original = this.value("duplicate_of");
    const add = (field, word, level = "deny") => missing.push({ code: "missing-field", level, field, word, values: {} });
    if (!draft.author) add("author", "missing_id");
    if (this.value("status") === "resolved" && !resolution) {
      add("resolution", "missing_choice", this.rules.levels["missing-resolution"]);
    }
    if (resolution === "duplicate" && !original) add("duplicate_of", "missing_ticket");
    if (original && !this.references.has(original)) {
      missing.push({ code: "unknown-reference", level: "warn", field: "duplicate_of", word: "ticket", values: { value: original } });
    }
    return [...missing, ...checkReply({ ...draft, keys: set }, this.rules, resolution || null, this.created)];
  }

  ids({ set }) {
    const named = set.filter(([name]) => this.kindOf(name) === "ticket").flatMap(([, value]) => textsOf(value));
    return [this.value("duplicate_of"), ...named].filter(Boolean);
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

  // Adds the fields and sections that a resolution can need, which the page has for each template.
  make() {
    const own = [...document.querySelectorAll("template[data-template]")].find(({ dataset }) => dataset.template === this.template);
    if (!own) return;
    const [fields, sections] = [...document.importNode(own.content, true).children].map(({ children }) => [...children]);
    for (const one of [...fields, ...sections]) one.hidden = true;
    byId("reply-fields").replaceChildren(...fields);
    byId("reply-sections").replaceChildren(...sections);
  }

  // Says which ticket is replied to. Its title, its state and the beginning of its text are those of its page.
  async introduce() {
    const address = new URL(`tickets/${this.id}/index.html`, this.root);
    const box = byId("reply-ticket");
    const show = (title, ...facts) => {
      const [before, after] = this.words.reply_to.split("{id}");
      const link = element("a", { href: address.href }, title);
      box.replaceChildren(element("p", { class: "lead", dir: "auto" }, before, link, after ?? ""), ...facts);
    };
    show(this.id);
    const answer = await fetch(address).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const textOf = (css) => trimmed(page.querySelector(css)?.textContent ?? "");
    const [title, state] = [textOf("main h1"), textOf("main .byline .badge")];
    const asked = (textOf("main .lead") || textOf("main .problem p")).slice(0, LONGEST_QUESTION);
    const facts = element("p", { class: "muted", dir: "auto" }, state && element("span", { class: "badge" }, state), " ", asked);
    if (title) show(title, facts);
  }

  remember() {
    this.last.save({ person: this.value("author") });
  }
}

export const started = begin(async (form, rules) => {
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
  await editor.introduce();
  editor.make();
  editor.start();
  const { person } = editor.last.read();
  if (person) editor.fields.set(editor.fields.element({ field: "author" }), person);
  editor.restore();
  if (asked.get("status") === "resolved") editor.fields.set(editor.fields.element({ field: "status" }), "resolved");
  editor.changed();
  return editor;
});
