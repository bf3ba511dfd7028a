// The signature of the errors in a pasted text (src/search/similar/signature.rs).

import { isAlphanumeric } from "./fold.js";

const MOST = 24;
const MOST_FRAMES = 8;
const FEWEST_WORDS = 2;
const MOST_WORDS = 12;
const LONGEST_LINE = 400;
const MASK = "#";
const ERROR_WORDS = [
  "error", "exception", "fatal", "fail", "panic", "traceback", "refused", "timed out", "cannot", "could not",
  "undefined", "unable to",
];

const lower = (text) => text.replace(/[A-Z]/g, (c) => c.toLowerCase());

export const isError = (line) => {
  const small = lower(line);
  return ERROR_WORDS.some((word) => small.includes(word));
};

// FNV-1a with 64 bits.
const hash = (text) => {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
};

// Returns the function in a line of a stack trace, or null.
const frame = (line) => {
  if (line.startsWith("at ")) {
    const name = line.slice(3).split(/[( ]/)[0];
    return name.includes(".") ? name.split(".").slice(-2).join(".") : null;
  }
  if (line.startsWith('File "')) {
    const at = line.indexOf(", in ");
    return at < 0 ? null : line.slice(at + 5).trim();
  }
  if (!line.startsWith("#")) return null;
  const at = line.indexOf(" in ");
  if (at < 1 || !/^[0-9]/.test(line.slice(1, at))) return null;
  return line.slice(at + 4).split(/[ (]/)[0] || null;
};

const isVariable = (word) => /[0-9]/.test(word);
const isHex = (word) => /^[0-9A-Fa-f]{4,}$/.test(word);

// Splits `word` at characters that cannot be part of a name.
const pieces = (word) => {
  const found = [""];
  for (const c of word) {
    if (isAlphanumeric(c) || c === "_" || c === ".") found[found.length - 1] += c;
    else found.push("");
  }
  return found.map((piece) => piece.replace(/^\.+|\.+$/g, "")).filter(Boolean);
};

// Returns a message without its variable parts, or null if too little is left.
const masked = (line) => {
  const words = [];
  const push = (word) => {
    if (word !== MASK || words.at(-1) !== MASK) words.push(word);
  };
  for (const word of line.split(/\p{White_Space}+/u).filter(Boolean)) {
    if (word.split(/[/\\]/).length > 2) {
      push(MASK);
      continue;
    }
    const hasVariablePart = isVariable(word);
    for (const piece of pieces(word)) {
      const isMasked = isVariable(piece) || (hasVariablePart && isHex(piece));
      push(isMasked ? MASK : piece.toLowerCase());
    }
  }
  words.splice(MOST_WORDS);
  return words.filter((word) => [...word].length > 1).length >= FEWEST_WORDS ? words.join(" ") : null;
};

// Returns the exact terms of the errors in `text`.
export const errorTerms = (text) => {
  const terms = [];
  let frames = 0;
  for (const each of text.split("\n")) {
    const line = each.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, "");
    const name = frame(line);
    let message = null;
    if (name !== null) {
      if (frames >= MOST_FRAMES) continue;
      message = `at ${name.toLowerCase()}`;
    } else if (new TextEncoder().encode(line).length <= LONGEST_LINE && isError(line)) {
      message = masked(line);
    }
    if (message === null) continue;
    if (message.startsWith("at ")) frames += 1;
    const term = `!${hash(message)}`;
    if (!terms.includes(term)) terms.push(term);
    if (terms.length === MOST) break;
  }
  return terms;
};
