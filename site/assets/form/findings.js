// Shows findings at their fields, and as a list above the form. Writes only text nodes.

import { fill } from "./text.js";

export const element = (name, attributes, ...content) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...content);
  return made;
};

export class Findings {
  constructor(fields, box, words) {
    Object.assign(this, { fields, box, words });
  }

  message({ word, values }) {
    return fill(this.words[word] ?? word, values);
  }

  // Shows the findings of one field, and removes those that it had.
  at(field, findings) {
    const control = this.fields.control(field);
    const group = field.tagName === "FIELDSET" ? field : control;
    const id = `${control.id || control.name}-problem`;
    field.querySelector(".problems")?.remove();
    const described = (group.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
    const isWrong = findings.some(({ level }) => level === "deny");
    if (findings.length) {
      described.push(id);
      const items = findings.map((one) => element("p", { class: one.level === "deny" ? "err" : "warn" }, this.message(one)));
      field.append(element("div", { class: "problems", id }, ...items));
    }
    if (described.length) group.setAttribute("aria-describedby", described.join(" "));
    else group.removeAttribute("aria-describedby");
    // A group of choices cannot be invalid for screen readers; its description says it.
    if (isWrong && control.matches(".control")) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }

  // Shows the findings at all fields.
  atAll(findings) {
    for (const field of this.fields.all) this.at(field, findings.filter((one) => this.fields.element(one) === field));
  }

  // Lists the findings that have to be fixed above the form, each as a link to its field, and moves the focus there. Returns
  // their number.
  list(findings) {
    const wrong = findings.filter(({ level }) => level === "deny");
    const title = wrong.length === 1 ? this.words.problem : fill(this.words.problems, { n: wrong.length });
    this.#show(title, wrong);
    return wrong.length;
  }

  // Lists findings that the user has to look at once.
  warn(findings) {
    this.#show(this.words.warnings, findings);
  }

  #show(title, findings) {
    const items = findings.map((finding) => {
      const field = this.fields.element(finding);
      const label = field ? this.fields.label(field) : this.words.other;
      const text = fill(this.words.finding, { field: label, text: this.message(finding) });
      if (!field) return element("li", {}, text);
      const link = element("a", { href: `#${this.fields.control(field).id || field.id}` }, text);
      link.addEventListener("click", (event) => {
        event.preventDefault();
        this.go(field);
      });
      return element("li", {}, link);
    });
    this.box.replaceChildren(element("p", {}, element("strong", {}, title)), element("ul", {}, ...items));
    this.box.hidden = !findings.length;
    if (findings.length) this.box.focus();
  }

  go(field) {
    field.closest("details")?.setAttribute("open", "");
    this.fields.control(field).focus();
  }
}
