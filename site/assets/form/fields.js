// Reads and writes the controls of a form. A field is an element with `data-field` (a key of the front matter) or
// `data-section` (a section of the text); its value is a text, or a list of texts.

import { trimmed, written } from "./text.js";

const MOMENT = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)?)?$/;

const two = (number) => String(number).padStart(2, "0");

// Returns [date, time] of a date as text, in the zone of the user.
const partsOf = (text) => {
  const [, date, time = "", zone] = MOMENT.exec(trimmed(text)) ?? [];
  if (!zone) return date ? [date, time] : null;
  const at = new Date(`${date}T${time}${zone.toUpperCase()}`);
  if (Number.isNaN(at.getTime())) return null;
  const seconds = at.getSeconds() ? `:${two(at.getSeconds())}` : "";
  return [
    `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    `${two(at.getHours())}:${two(at.getMinutes())}${seconds}`,
  ];
};

// Returns a date, or a time in UTC if the user wrote a time of the day. An incomplete one is no date, so that a rule finds it.
const momentOf = (date, time) => {
  if (date.validity.badInput || time.validity.badInput || (time.value && !date.value)) return "?";
  if (!time.value) return date.value;
  return new Date(`${date.value}T${time.value}`).toISOString().replace(/\.\d+Z$/, "Z");
};

const timeOf = (element) => element.querySelector("input[type=time]");

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
    const time = timeOf(element);
    if (time) return momentOf(control, time);
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
    const time = timeOf(element);
    if (time) {
      const parts = partsOf(texts[0] ?? "");
      [control.value, time.value] = parts ?? ["", ""];
      return Boolean(parts && control.value);
    }
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
