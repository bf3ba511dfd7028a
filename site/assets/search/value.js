// Parses the values of a key (src/query/value.rs). A test is { is }, { compare, to }, { range: [from, to] } or { words
// }; a value is { exact }, { prefix }, { any }, { me }, { missing } or { time }.

import { Refusal, shortened } from "./error.js";
import { parseMoment } from "./moment.js";
import { nearest, trim } from "./text.js";

const COMPARISONS = [">=", "<=", ">", "<"];

const hasOrder = (kind) => ["ordered", "time", "number", "text"].includes(kind);
// Sort keys are not values of a test, but are listed when one is missing.
const isChoice = (kind) => ["facts", "choice", "ordered", "sort"].includes(kind);

// Keys of these kinds have a time that is the bound of a comparison; the kind is its sign.
const isBound = (kind) => [">", "<"].includes(kind);

const boundHelp = (key) => `write an age (\`${key}:7d\`) or a date (\`${key}:2026-03-05\`)`;

const timeHelp = (text, key) => {
  // In `7days`, `2weeks`, `3months`, the unit is the first letter.
  const [age] = /^[0-9]+(?:mo|[smhdwy])/.exec(text) ?? [];
  if (age && parseMoment(age)) return `for an age write \`${key}:>${age}\``;
  if (age) return `this age is too long: write a shorter age (\`${key}:<10y\`) or a date (\`${key}:<2026-03-05\`)`;
  return `write a date (\`${key}:2026-03-05\`, \`2026-03\`, \`2026\`), a range (\`${key}:2026-01..2026-03\`) or an age (\`${key}:>7d\`)`;
};

// Returns whether the values of a kind are times.
export const isTime = (kind) => kind === "time" || isBound(kind);

// Returns the error for a key without a value.
export const missing = ({ name, kind, choices }) => {
  let help = `write \`${name}:value\`, several values as \`${name}:a,b\`, or any value as \`${name}:*\``;
  if (isChoice(kind)) help = `write \`${name}:\` and one of ${choices.join(", ")}`;
  else if (kind === "time") help = timeHelp("", name);
  else if (isBound(kind)) help = boundHelp(name);
  else if (kind === "number") help = `write \`${name}:12\``;
  return new Refusal(`\`${name}:\` needs a value directly after the colon`, help);
};

// Returns the condition that people mean when they write the unknown value `text` for a key (src/query/meant.rs).
const conditionFor = (text, { name, choices }, { keys, meant }) => {
  const word = text.replace(/[A-Z]/g, (c) => c.toLowerCase());
  const isSort = name === "sort";
  if (Object.hasOwn(meant, word)) {
    const [other, value] = meant[word].split(":");
    if (choices.includes(value)) return `${name}:${value}`;
    return isSort === (other === "sort") ? meant[word] : null;
  }
  const other = isSort ? null : keys.find((key) => key.kind !== "sort" && key.choices?.includes(word));
  return other ? `${other.name}:${word}` : null;
};

// Returns the error for a value that is not in a closed set. `language` has the other keys.
export const unknownValue = (text, key, language) => {
  const { name, choices } = key;
  const near = nearest(text, choices);
  const condition = conditionFor(text, key, language) ?? (near ? `${name}:${near}` : null);
  const help = condition ? `did you mean \`${condition}\`?` : `write one of ${choices.join(", ")}`;
  return new Refusal(`unknown value \`${shortened(text)}\` of \`${name}:\``, help);
};

// Parses a number as Rust does; returns null if it is not a number.
export const parseNumber = (text) => {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  const [, sign] = /^([+-]?)inf(?:inity)?$/i.exec(text) ?? [];
  return sign === undefined ? null : sign === "-" ? -Infinity : Infinity;
};

const readPlain = (text, quoted, key, language) => {
  const { name, kind, choices } = key;
  if (!text) throw missing(key);
  if (isChoice(kind)) {
    const known = choices.find((choice) => choice === text.replace(/[A-Z]/g, (c) => c.toLowerCase()));
    if (known === undefined) throw unknownValue(text, key, language);
    return { exact: known };
  }
  if (kind === "time") {
    const time = parseMoment(text);
    if (!time) throw new Refusal(`\`${shortened(text)}\` is not a time`, timeHelp(text, name));
    return { time };
  }
  if (isBound(kind)) {
    const time = parseMoment(text);
    if (!time) throw new Refusal(`\`${shortened(text)}\` is not an age and not a date`, boundHelp(name));
    return { time };
  }
  const stem = !quoted && text.endsWith("*") ? text.slice(0, -1) : null;
  if (stem === "") return { any: true };
  if (kind === "number") {
    if (!Number.isFinite(parseNumber(text) ?? NaN)) {
      throw new Refusal(`\`${shortened(text)}\` is not a number`, `write \`${name}:12\` or \`${name}:>=0.5\``);
    }
    return { exact: text };
  }
  if (stem !== null) return { prefix: stem };
  if (kind === "person" && !quoted && text === "me") return { me: true };
  if (kind === "person" && !quoted && text === "none") return { missing: true };
  return { exact: text };
};

// Parses one end of a comparison or range.
const bound = (text, key, language) => {
  const value = readPlain(text, false, key, language);
  if (value.any || value.prefix !== undefined) {
    const help = `write a whole value, or remove the comparison: \`${key.name}:${text}\``;
    throw new Refusal(`\`${text}\` cannot be used in a comparison`, help);
  }
  return value;
};

const readWords = (text, quoted, { name }) => {
  const stem = text.replace(/\*+$/, "");
  if (quoted && trim(text)) return { phrase: text };
  if (!trim(stem)) {
    throw new Refusal(`\`${name}:\` needs a word`, `write \`${name}:word\` or \`${name}:"some words"\``);
  }
  return stem.length < text.length ? { prefix: stem } : { word: text };
};

// Parses one value of `key`, which is { name, kind, choices }. `language` has the other keys.
export const readTest = (text, quoted, key, language) => {
  const { name, kind } = key;
  if (kind === "words") return { words: readWords(text, quoted, key) };
  if (isBound(kind)) return { compare: kind, to: readPlain(text, quoted, key, language) };
  if (quoted) return { is: readPlain(text, true, key, language) };
  const compare = COMPARISONS.find((sign) => text.startsWith(sign));
  if (compare) {
    if (!hasOrder(kind)) {
      const help = `write \`${name}:value\`, or several values with commas: \`${name}:a,b\``;
      throw new Refusal(`\`${name}:\` does not support comparisons`, help);
    }
    return { compare, to: bound(text.slice(compare.length), key, language) };
  }
  const dots = text.indexOf("..");
  if (dots >= 0 && hasOrder(kind)) {
    const [from, to] = [text.slice(0, dots), text.slice(dots + 2)].map((end) => (end ? bound(end, key, language) : null));
    if (!from && !to) {
      const help = `write \`${name}:a..b\`, \`${name}:a..\` or \`${name}:..b\``;
      throw new Refusal("a range needs at least one end", help);
    }
    return { range: [from, to] };
  }
  if (kind === "time" && parseMoment(text)?.ago !== undefined) {
    const help = `write \`${name}:>${text}\` (less than ${text} ago) or \`${name}:<${text}\` (more than ${text} ago)`;
    throw new Refusal(`\`${text}\` is an age; it needs \`>\` or \`<\``, help);
  }
  return { is: readPlain(text, false, key, language) };
};
