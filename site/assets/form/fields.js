// Reads and writes the controls of a form. A field is an element with `data-field` (a key of the front matter) or
// `data-section` (a section of the text); its value is a text, or a list of texts.

import { trimmed, written } from "./text.js";

const linesOf = (text) => text.split("\n").map(trimmed).filter(Boolean);

export class Fields {
  constructor(form) {
    this.form = form;
  }

  get all() {
    return [...this.form.querySelectorAll("[data-field], [data-section]")];
  }

  // Returns the element of a finding: its field or section.
  element({ field, section }) {
    return this.all.find(({ dataset }) => (field !== undefined ? dataset.field === field : dataset.section === section));
  }

  // Returns the part of a field that takes the focus and has the description of its problems.
  control(element) {
    return element.querySelector(".control") ?? element.querySelector("input:checked") ?? element.querySelector("input");
  }

  label(element) {
    const label = element.querySelector("label, legend");
    return label.querySelector("span[dir]")?.textContent ?? label.firstChild.textContent.trim();
  }

  // Returns the value of a field: a list for fields with several values.
  value(element) {
    const control = element.querySelector(".control");
    if (control) {
      const text = written(control.value);
      if (control.hasAttribute("data-lines")) return linesOf(text);
      return control.tagName === "TEXTAREA" ? text : trimmed(text);
    }
    const inputs = [...element.querySelectorAll("input")];
    const chosen = inputs.filter(({ checked }) => checked).map(({ value }) => value);
    return inputs.some(({ type }) => type === "checkbox") ? chosen : (chosen[0] ?? "");
  }

  set(element, value) {
    const control = element.querySelector(".control");
    const texts = Array.isArray(value) ? value : [value];
    if (control?.tagName === "SELECT") {
      const known = [...control.options].some((option) => option.value === texts[0]);
      if (known) control.value = texts[0];
      return known;
    }
    if (control) {
      control.value = texts.join("\n");
      return true;
    }
    const inputs = [...element.querySelectorAll("input")];
    for (const input of inputs) input.checked = texts.includes(input.value);
    return texts.every((text) => inputs.some((input) => input.value === text));
  }

  isEmpty(element) {
    const value = this.value(element);
    return Array.isArray(value) ? !value.length : !trimmed(value);
  }

  // Returns all values: [[kind, name, value]…].
  snapshot() {
    return this.all
      .filter((element) => !this.isEmpty(element))
      .map((element) => {
        const { field, section } = element.dataset;
        return field !== undefined ? ["field", field, this.value(element)] : ["section", section, this.value(element)];
      });
  }

  restore(snapshot) {
    for (const [kind, name, value] of snapshot) {
      const element = this.element(kind === "field" ? { field: name } : { section: name });
      if (element) this.set(element, value);
    }
  }
}
