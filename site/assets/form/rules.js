// Checks a ticket, or the reply that resolves one, by the rules of `casebook check`. The data of the rules is made when the
// site is built (src/site/form/rules.rs).
//
// A finding is { code, level, field, section, word, values }: the field or section that it is about, and the key of its
// message with the values in it.

import { isVague, weakness } from "./substance.js";
import { scan, sections, withoutComments } from "./markdown.js";
import { countWords, isControl, trimmed } from "./text.js";
import { problemOf, textsOf } from "./values.js";

// The keys of every ticket; their values are not those of a template's fields.
const CORE = ["title", "template", "service", "requester", "created", "priority", "tags", "path", "visibility", "related"];
const WEAK = { empty: "empty-section", hint: "untouched-hint", placeholder: "placeholder", repeated: "repeated-text" };

// What a message asks for, by the type of the field.
const MISSING = {
  service: "missing_service", person: "missing_person", choice: "missing_choice", boolean: "missing_choice",
  date: "missing_date", ticket: "missing_ticket",
};

const valueOf = (draft, key) => {
  if (key === "title" || key === "template" || key === "requester" || key === "path") return draft[key];
  return draft.keys.find(([known]) => known === key)?.[1];
};

const isGiven = (value) => {
  if (Array.isArray(value)) return value.length > 0;
  return textsOf(value).some((text) => trimmed(text));
};

// Returns whether a draft meets the conditions of a field or section. Of a reply, `ticket` has the values of the ticket.
export const applies = ({ when, since }, draft, created) => {
  if (since !== null && created.getTime() < Date.parse(since)) return false;
  return when.every(([field, values]) => textsOf(valueOf(draft, field)).some((text) => values.includes(text)));
};

export const isRequired = (rule, stage, draft, created) =>
  rule.required.includes(stage) && applies(rule, draft, created);

class Check {
  constructor(draft, rules, { stage, created }) {
    Object.assign(this, { draft, rules, stage, created, findings: [] });
    this.template = rules.templates[draft.template] ?? { fields: [], sections: [], resolution: [] };
  }

  add(code, place, word, values = {}, level = this.rules.levels[code]) {
    if (level !== "allow") this.findings.push({ code, level, ...place, word, values });
  }

  title() {
    const { title, template } = this.draft;
    const { limits } = this.rules;
    const place = { field: "title" };
    if (!trimmed(title)) {
      this.add("missing-field", place, "missing_title");
      return;
    }
    const length = [...title].length;
    if (length > limits.title) this.add("oversized-value", place, "too_many_characters", { length, limit: limits.title });
    if (isVague(title, template, this.rules)) {
      const asksForText = this.template.sections.some(({ required }) => required.includes("open"));
      const level = this.rules.levels["weak-title"];
      this.add("weak-title", place, "vague", {}, asksForText ? level : level === "allow" ? level : "warn");
    }
  }

  fields() {
    for (const field of this.template.fields) {
      const value = valueOf(this.draft, field.name);
      const place = { field: field.name };
      if (!isGiven(value) && isRequired(field, this.stage, this.draft, this.created)) {
        this.add("missing-field", place, MISSING[field.kind] ?? "missing_field");
        continue;
      }
      if (CORE.includes(field.name)) continue;
      if (Array.isArray(value) && !field.many) this.add("bad-value", place, "one_value");
      else this.values(value, field);
    }
  }

  values(value, field) {
    for (const text of textsOf(value).filter(Boolean)) {
      const problem = problemOf(text, field, this.rules);
      if (!problem) continue;
      const { pattern, example, options } = field;
      const values = { value: text, pattern, options: options?.join(", "), limit: this.rules.limits.pattern_value };
      const word = problem[1] === "pattern" && example ? "pattern_example" : problem[1];
      // Not every ticket has a page, so an id that the site does not have can still be right.
      const level = field.kind === "ticket" && this.rules.levels[problem[0]] !== "allow" ? "warn" : undefined;
      this.add(problem[0], { field: field.name }, word, { ...values, example }, level);
      return;
    }
  }

  core() {
    const { rules, draft } = this;
    const core = (name, kind) => this.values(valueOf(draft, name), { name, kind, options: [] });
    core("service", "service");
    core("related", "ticket");
    if (draft.requester) core("requester", "person");
    const word = (name, all) => {
      const text = valueOf(draft, name);
      if (text !== undefined && !all.includes(text)) this.add("bad-value", { field: name }, "choice", { options: all.join(", ") });
    };
    word("priority", rules.priorities);
    word("visibility", rules.visibilities);
    const { limits } = rules;
    const lists = [...draft.keys, ["path", draft.path]].filter(([, value]) => Array.isArray(value));
    for (const [name, items] of lists) {
      if (items.length > limits.values) {
        this.add("oversized-value", { field: name }, "too_many_values", { length: items.length, limit: limits.values });
      }
      const long = name === "tags" ? items.find((tag) => [...tag].length > limits.tag) : undefined;
      if (long !== undefined) {
        this.add("oversized-value", { field: name }, "too_many_characters", { length: [...long].length, limit: limits.tag });
      }
    }
  }

  controls() {
    const keys = [["title", this.draft.title], ["requester", this.draft.requester], ...this.draft.keys, ["path", this.draft.path]];
    for (const [name, value] of keys) {
      const c = textsOf(value).flatMap((text) => [...text]).find(isControl);
      if (c !== undefined) this.control(c, { field: name });
    }
    const c = [...this.draft.body].find(isControl);
    if (c !== undefined) this.control(c, this.#sectionWith((text) => [...text].some(isControl)));
    for (let left = Math.min(20, scan(this.draft.body).unclosed); left > 0; left -= 1) {
      this.add("unclosed-comment", this.#sectionWith((text) => scan(text).unclosed > 0), "unclosed_comment");
    }
  }

  control(c, place) {
    const code = c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    this.add("control-character", place, "control", { code });
  }

  #sectionWith(test) {
    return { section: sections(this.draft.body).find(({ text }) => test(text))?.name };
  }

  sections(all) {
    const own = sections(this.draft.body);
    const same = (name) => (section) => trimmed(section.name).toLowerCase() === trimmed(name).toLowerCase();
    for (const rule of all) {
      const required = isRequired(rule, this.stage, this.draft, this.created);
      const named = own.filter(same(rule.name));
      const section = named.find(({ text }) => trimmed(withoutComments(text))) ?? named[0];
      const place = { section: rule.name };
      const values = { words: rule.min_words };
      if (!section) {
        if (required) this.add("missing-section", place, rule.min_words > 1 ? "missing_words" : "missing_section", values);
        continue;
      }
      const weak = weakness(section.text, rule.hint, this.rules);
      if (weak) {
        if (required) this.add(WEAK[weak], place, `section_${weak}`, values);
        continue;
      }
      const words = countWords(withoutComments(section.text));
      if (words < rule.min_words) this.add("too-short", place, "too_short", { words, minimum: rule.min_words });
      const content = scan(section.text);
      const has = { list: content.hasList, code: content.hasCode };
      if (rule.needs.length && !rule.needs.some((need) => has[need])) {
        this.add("missing-list-or-code", place, `needs_${rule.needs.join("_or_")}`);
      }
    }
  }
}

// Returns the findings of a new ticket that is opened at the time `created`.
export const checkTicket = (draft, rules, created) => {
  const check = new Check(draft, rules, { stage: "open", created });
  check.title();
  check.fields();
  check.core();
  check.sections(check.template.sections);
  check.controls();
  return check.findings;
};

// Returns the findings of a reply { template, author, keys, body } that resolves its ticket as `resolution` (null if it does
// not). `keys` are the fields that it sets.
export const checkReply = (draft, rules, resolution, created) => {
  const reply = { ...draft, title: "", requester: "", path: [] };
  const check = new Check(reply, rules, { stage: resolution, created });
  if (resolution) {
    check.fields();
    check.sections(check.template.resolution);
  }
  check.controls();
  return check.findings;
};
