// What the forms for tickets and for replies have in common: the rules, findings, the draft, the preview and the hand-over.

import { Detectors } from "./detectors.js";
import { Draft, Last } from "./draft.js";
import { Fields } from "./fields.js";
import { Findings, element } from "./findings.js";
import { copy, handOver } from "./handover.js";
import { randomLetters } from "./ids.js";
import { References } from "./references.js";
import { fill } from "./text.js";

// The delay before a draft is saved and before the preview is updated, and before similar tickets are searched for, in
// milliseconds.
const PAUSE = 300;
const SHORT_PAUSE = 150;

const byId = (id) => document.getElementById(id);

export const loadRules = async (address) => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
};

// The editor of a file. A subclass has:
//   compose()         the parts of the file: { draft, place, text, message, parts }; `parts` are texts with their places
//   check(composed)   the findings of the rules
//   ids(composed)     the ids of tickets and articles that it names
//   changed()         is called after a change
export class Editor {
  constructor(form, rules, name) {
    const { root, index, secrets, otherSecrets } = form.dataset;
    this.form = form;
    this.rules = rules;
    this.words = rules.words;
    this.root = new URL(root, location.href);
    this.fields = new Fields(form);
    this.findings = new Findings(this.fields, byId("form-problems"), this.words);
    this.detectors = new Detectors([secrets, otherSecrets].map((one) => new URL(one, location.href)), rules);
    this.index = new URL(index, location.href);
    this.references = new References(this.index);
    rules.hasTicket = (id) => this.references.has(id);
    this.kept = new Draft(root, name);
    this.last = new Last(root);
    this.letters = randomLetters(8);
    this.id = null;
    this.left = new Set();
    this.touched = new Set();
    this.status = byId("form-status");
  }

  start() {
    const { form } = this;
    form.addEventListener("input", ({ target }) => {
      this.touched.add(target.closest("[data-field], [data-section]"));
      this.#soon();
    });
    form.addEventListener("change", () => this.#soon());
    form.addEventListener("focusout", ({ target, relatedTarget }) => {
      const field = target.closest("[data-field], [data-section]");
      if (field && !field.contains(relatedTarget)) this.leave(field);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.finish();
    });
    byId("form-copy").addEventListener("click", () => this.#copy());
    byId("form-preview").addEventListener("toggle", () => this.preview());
    addEventListener("pagehide", () => this.save());
    document.addEventListener("visibilitychange", () => document.hidden && this.save());
  }

  #soon() {
    clearTimeout(this.waiting);
    this.isTouched = true;
    this.isHandedOver = false;
    this.waiting = setTimeout(() => {
      this.save();
      this.preview();
    }, PAUSE);
    clearTimeout(this.waitingToSearch);
    this.waitingToSearch = setTimeout(() => this.changed(), SHORT_PAUSE);
  }

  // Returns the findings of the whole form.
  all() {
    const composed = this.compose();
    return [...this.check(composed), ...composed.parts.flatMap(({ text, ...place }) => this.detectors.find(text, place))];
  }

  // Shows the findings of a field that the user has left, and those of fields that were left before.
  async leave(field) {
    // A field in which nothing was written is complained about when the form is complete.
    if (!this.touched.has(field) && this.fields.isEmpty(field)) return;
    this.left.add(field);
    this.#showLeft();
    const [hasNewRules, hasNewIds] = await Promise.all(
      [this.#loadSecrets(), this.#lookUp()].map((step) => step.catch(() => false)),
    );
    if (hasNewRules || hasNewIds) this.#showLeft();
  }

  // Loads the rules for secrets that the draft needs. Returns whether some were missing. The draft can change in the meantime.
  async #loadSecrets() {
    const texts = () => this.compose().parts.map(({ text }) => text);
    let isNew = false;
    while (!this.detectors.covers(texts())) {
      await this.detectors.load(texts());
      isNew = true;
    }
    return isNew;
  }

  // Looks up the ids of tickets in the draft. Returns whether some were new.
  #lookUp() {
    return this.references.load(this.ids(this.compose()));
  }

  #showLeft() {
    const found = this.all();
    for (const field of this.left) this.findings.at(field, found.filter((one) => this.fields.element(one) === field));
  }

  // Saves the draft, unless nothing was typed: a form that a link filled in must not replace the draft.
  save() {
    if (this.isDone || !(this.isTouched || this.isHandedOver)) return;
    const snapshot = this.fields.snapshot();
    if (!snapshot.length) return;
    const { id, letters, isHandedOver } = this;
    const isKept = this.kept.save({ id, letters, isHandedOver, snapshot, ...this.extra() });
    this.status.textContent = isKept ? this.words.saved : this.words.not_saved;
  }

  extra() {
    return {};
  }

  // Takes the values of a draft.
  take({ id, letters, snapshot }) {
    this.id = id;
    this.letters = letters ?? this.letters;
    this.fields.restore(snapshot);
  }

  // Restores the draft and says so. A draft that was handed over is only offered, because the next one is about something else.
  restore() {
    const draft = this.kept.read();
    if (!draft) return;
    const { words } = this;
    const box = byId("form-saved");
    const date = new Date(draft.at).toLocaleString(document.documentElement.lang);
    const button = (label, act) => {
      const made = element("button", { class: "button small", type: "button" }, label);
      made.addEventListener("click", act);
      return made;
    };
    const discard = button(words.discard, () => {
      this.isDone = true;
      this.kept.remove();
      location.reload();
    });
    const show = () => {
      this.take(draft);
      box.replaceChildren(element("p", {}, fill(words.restored, { date }), " ", discard));
    };
    if (draft.isHandedOver) {
      const again = button(words.restore, () => {
        show();
        this.changed();
      });
      box.replaceChildren(element("p", {}, fill(words.handed_over, { date }), " ", again, " ", discard));
    } else {
      show();
    }
    box.hidden = false;
  }

  preview() {
    if (byId("form-preview").open) byId("preview-text").textContent = this.compose().text;
  }

  async #copy() {
    const { text } = this.compose();
    this.status.textContent = (await copy(text)) ? this.words.copied : this.words.not_copied;
    if (this.status.textContent === this.words.not_copied) {
      byId("form-preview").open = true;
      this.preview();
    }
  }

  // Checks the whole form. If nothing has to be fixed, hands the file over. No address is made before the text was searched
  // for secrets.
  async finish() {
    this.status.textContent = this.words.checking;
    byId("form-handover").hidden = true;
    try {
      await Promise.all([this.#loadSecrets(), this.#lookUp().catch(() => false)]);
    } catch {
      this.status.textContent = this.words.secrets_failed;
      return;
    }
    this.fields.all.forEach((field) => this.left.add(field));
    const found = this.all();
    this.findings.atAll(found);
    this.status.textContent = "";
    if (this.findings.list(found) || this.#asks(found)) return;
    this.isHandedOver = true;
    this.save();
    const { place, text, message } = this.compose();
    this.remember();
    const { forge } = this.rules;
    const notes = fill(this.words.unchecked, { n: this.detectors.secrets.leftOut });
    await handOver(byId("form-handover"), { forge, place, text, message, words: this.words, notes });
  }

  // Shows possible secrets and personal data that are only warnings, each once: an address would already contain them.
  #asks(found) {
    const doubtful = found.filter(({ code }) => code === "secret" || code === "personal-data");
    const seen = doubtful.map((one) => this.findings.message(one)).join("\n");
    if (!seen || seen === this.seen) return false;
    this.seen = seen;
    this.findings.warn(doubtful);
    return true;
  }

  remember() {}

  // Moves the focus to the first empty field, so that one can begin to write. On a touch screen, that would open a
  // keyboard over the page. The page is not scrolled, because the user has not read yet what is above the form.
  focusFirst() {
    const first = this.fields.all.find((field) => !field.hidden && this.fields.isEmpty(field));
    const isFree = document.activeElement === document.body && !location.hash;
    const isVisible = first && first.getBoundingClientRect().bottom < innerHeight;
    if (isVisible && isFree && !matchMedia("(pointer: coarse)").matches) this.fields.control(first).focus({ preventScroll: true });
  }
}

// Starts a form: loads its rules and calls `make` with them, which returns the editor or a promise. Without rules, the form says what to
// do.
export const begin = async (make) => {
  const form = byId("form");
  let rules;
  try {
    rules = await loadRules(form.dataset.rules);
  } catch {
    byId("needs-server").hidden = false;
    return null;
  }
  const editor = await make(form, rules);
  document.documentElement.dataset.form = "ready";
  editor?.focusFirst();
  return editor;
};
