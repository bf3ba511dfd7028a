// Writes front matter, in the same bytes as Casebook's other tools (src/ticket/edit.rs).
//
// A value is a text, a boolean, a number as { number: "1.50" }, null, a list, or a map as { map: [[key, value]…] }.

import { trimmed } from "./text.js";

// The longest text without quotes, unless it is simple.
const MOST_PLAIN = 80;

// Texts that some reader of YAML reads as another type if they are written without quotes.
const AMBIGUOUS = new RegExp(
  "^(?:" +
    [
      "~|null|y|n|yes|no|on|off|true|false",
      "<<|=",
      "[,:\\[\\]{}#&*!|>'\"%@`].*",
      "(?:---|\\.\\.\\.)(?: .*)?",
      "[-+]?\\.?(?:inf|nan)",
      "[-+_]*[0-9_.:]*[0-9.][0-9_.:]*(?:e[-+0-9_]+)?",
      "[-+_]*0_*[box][-+0-9a-f_]+",
      "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[t ][0-9:., +\\-z]*)?",
    ].join("|") +
    ")$",
  "iu",
);
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const ESCAPED = /[\p{Cc}\u2028\u2029\ufeff\ufffe\uffff"\\]/gu;

const isSimple = (text) => /^[A-Za-z](?:[A-Za-z0-9 \-_/.]*[A-Za-z0-9])?$/.test(text) && !AMBIGUOUS.test(text);

const isTime = (text) => TIME.test(text) && !Number.isNaN(Date.parse(text));

// Returns whether YAML reads a text without quotes, after a key, as exactly that text.
const readsBack = (text) => !/: |:$| #|^[-?](?: |$)/.test(text);

const isPlain = (text) =>
  text !== "" &&
  trimmed(text) === text &&
  [...text].length <= MOST_PLAIN &&
  !/[\p{Cc}\u2028\u2029\ufeff\ufffe\uffff]/u.test(text) &&
  !AMBIGUOUS.test(text) &&
  readsBack(text);

const SHORT = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

const quoted = (text) =>
  `"${text.replace(ESCAPED, (c) => SHORT[c] ?? `\\u${c.codePointAt(0).toString(16).padStart(4, "0")}`)}"`;

const scalar = (text) => (isSimple(text) || isTime(text) || isPlain(text) ? text : quoted(text));

const keyOf = (key) => (isSimple(key) && !key.includes(" ") ? key : quoted(key));

// Writes a value inside brackets.
const flow = (value) => {
  if (typeof value === "string") {
    const isSigned = /^[/+-]/.test(value) && isSimple(value.slice(1)) && !value.includes(" ");
    return isSimple(value) || isSigned ? value : quoted(value);
  }
  if (value && !Array.isArray(value) && value.map) {
    return value.map.length ? `{ ${value.map.map(([key, one]) => `${keyOf(key)}: ${flow(one)}`).join(", ")} }` : "{}";
  }
  return written(value);
};

const written = (value) => {
  if (value === null) return "null";
  if (typeof value === "boolean") return String(value);
  if (typeof value === "string") return scalar(value);
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  return value.map ? flow(value) : value.number;
};

// Returns a block of front matter. Keys without a value (undefined) are left out.
export const front = (entries) => {
  const lines = entries.filter(([, value]) => value !== undefined).map(([key, value]) => `${keyOf(key)}: ${written(value)}\n`);
  return `---\n${lines.join("")}---\n`;
};
