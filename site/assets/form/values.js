// Checks the values of fields, by type (src/template/fields).

import { byteLength, trimmed } from "./text.js";

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const DATE = /^(\d{4}-\d\d-\d\d)(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:\d\d)?)?$/;

const isDate = (text) => {
  const found = DATE.exec(trimmed(text));
  // The browser accepts the 31st of each month.
  const date = found && new Date(`${found[1]}T00:00:00Z`);
  return Boolean(date && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(found[1]));
};

// Each check returns the code of the rule and the word for the message, or null. `field` is the field's rules.
const CHECKS = {
  text: (text, { pattern, browser_pattern }, { limits }) => {
    if (pattern === null) return null;
    if (byteLength(text) > limits.pattern_value) return ["bad-value", "too_long"];
    if (browser_pattern === null || new RegExp(browser_pattern, "u").test(text)) return null;
    return ["bad-value", "pattern"];
  },
  number: (text) => (NUMBER.test(trimmed(text)) && Number.isFinite(Number(trimmed(text))) ? null : ["bad-value", "number"]),
  boolean: (text) => (text === "true" || text === "false" ? null : ["bad-value", "boolean"]),
  date: (text) => (isDate(text) ? null : ["bad-value", "date"]),
  choice: (text, { options }) => (!options.length || options.includes(text) ? null : ["bad-value", "choice"]),
  person: (text, _, { people, is_complete }) => known(text, people, is_complete, "unknown-person", "person"),
  service: (text, _, { services, is_complete }) => known(text, services, is_complete, "unknown-service", "service"),
  url: (text) => {
    const host = /^https?:\/\/([^/?#]*)/.exec(text)?.[1];
    return host && !/\p{White_Space}/u.test(text) ? null : ["bad-value", "url"];
  },
  ticket: (text, _, { hasTicket }) => (hasTicket && !hasTicket(text) ? ["unknown-reference", "ticket"] : null),
};

const known = (text, list, isComplete, code, word) =>
  !isComplete || !list.length || list.some(({ id }) => id === text) ? null : [code, word];

// Returns the problem of a text as a value of `field`: [code, word], or null.
export const problemOf = (text, field, rules) => CHECKS[field.kind](text, field, rules);

// Returns the value of a text for the file: numbers and booleans are written without quotes.
export const valueOf = (text, kind) => {
  const plain = trimmed(text);
  if (kind === "boolean" && /^(?:true|false)$/.test(plain)) return plain === "true";
  if (kind === "number" && /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(plain)) return { number: plain };
  return text;
};

// Returns the texts of a value; a single one counts as a list.
export const textsOf = (value) => {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value === "object") return value.number === undefined ? [] : [value.number];
  return [String(value)];
};
