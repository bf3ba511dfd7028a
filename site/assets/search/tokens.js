// Splits a text into tokens: words, identifiers as a whole and in parts, and characters and pairs of scripts without
// spaces (src/index/tokens/scan.rs).

import { GRAM, JOINT, WORD, breaks, classOf, foldedCharacters, isAlphanumeric } from "./fold.js";
import { stem } from "./stem.js";
import { bytes } from "./text.js";

const LONGEST_WORD = 64;
const LONGEST_WHOLE = { words: 12, bytes: 80 };

// Returns whether the words on both sides of `joint` form one identifier.
const joins = (joint) => bytes(joint) <= 3 && !joint.includes("..") && !joint.includes("--");

const isPossessive = (text, start, end) =>
  /^s$/i.test(text.slice(start, end)) && /[\p{Alphabetic}\p{N}]['’]$/u.test(text.slice(Math.max(0, start - 3), start));

// Calls `emit` with { kind, surface, start, end, position } for each token of `text`, ordered by position. Kinds are
// "word", "part" (of a camel case name), "char", "pair" and "whole" (an identifier). Returns the number of words.
export const scan = (text, emit) => {
  let position = 0;
  const stretch = (from, to) => {
    const folded = foldedCharacters(text.slice(from, to), from);
    const string = (start, end) => folded.slice(start, end).map(({ c }) => c).join("");
    const token = (kind, start, end, at) =>
      emit({ kind, surface: string(start, end), start: folded[start].start, end: folded[end - 1].end, position: at });
    const isDigit = (at) => /^[0-9]$/.test(folded[at]?.c ?? "");

    const isVersionMark = (start, end) => {
      if (folded[start].c !== "v" || start + 1 === end || folded[end]?.c !== "." || !isDigit(end + 1)) return false;
      for (let at = start + 1; at < end; at += 1) if (!isDigit(at)) return false;
      return true;
    };
    // `B` in `fooBar`, `S` in `HTTPServer`.
    const beginsPart = (start, at, end) => {
      if (!folded[at].capital) return false;
      const small = (place) => !folded[place].capital && !isDigit(place);
      return (at > start && small(at - 1)) || (folded[at].c <= "\x7f" && at + 1 < end && small(at + 1));
    };
    const part = (start, end) => {
      const kept = Math.min(end, start + LONGEST_WORD);
      if (bytes(string(start, kept)) > 2) token("part", start, kept, position);
    };
    const word = (start, end) => {
      token("word", start, Math.min(end, start + LONGEST_WORD), position);
      let from = start;
      for (let at = start + 1; at < end; at += 1) {
        if (!beginsPart(start, at, end)) continue;
        part(from, at);
        from = at;
      }
      if (from > start) part(from, end);
      position += 1;
    };
    const grams = (start, end) => {
      for (let at = start; at < end; at += 1) {
        token("char", at, at + 1, position);
        if (at + 1 < end) token("pair", at, at + 2, position);
        position += 1;
      }
    };
    const whole = (group) => {
      if (!group || group.words < 2 || group.words > LONGEST_WHOLE.words) return;
      if (bytes(string(group.start, group.end)) <= LONGEST_WHOLE.bytes) {
        token("whole", group.start, group.end, group.position);
      }
    };
    // The whole identifier, and the tightly joined part at its end: `net::err_conn` and `err_conn`.
    let joined = null, tight = null;
    const innerWhole = () => {
      if (tight && joined && joined.start < tight.start) whole(tight);
      tight = null;
    };
    const endOf = (at, kind) => {
      while (at < folded.length && classOf(folded[at].c) === kind) at += 1;
      return at;
    };
    for (let at = 0; at < folded.length; ) {
      const kind = classOf(folded[at].c);
      const end = endOf(at, kind);
      if (kind === JOINT) {
        const joint = string(at, end);
        const isContinued = joins(joint) && end < folded.length && classOf(folded[end].c) === WORD;
        if (!isContinued) {
          innerWhole();
          whole(joined);
          joined = null;
        } else if (!["_", ".", "-"].includes(joint)) {
          whole(tight);
          tight = null;
        }
      } else if (kind === GRAM) {
        innerWhole();
        whole(joined);
        joined = null;
        grams(at, end);
      } else {
        const from = at + (isVersionMark(at, end) ? 1 : 0);
        joined ??= { start: from, words: 0, position };
        tight ??= { start: from, words: 0, position };
        for (const group of [joined, tight]) {
          group.end = end;
          group.words += 1;
        }
        word(from, end);
      }
      at = end;
    }
    innerWhole();
    whole(joined);
  };

  let from = null, at = 0;
  const flush = () => {
    if (from !== null && !isPossessive(text, from, at)) stretch(from, at);
    from = null;
  };
  for (const c of text) {
    if (breaks(c)) flush();
    else from ??= at;
    at += c.length;
  }
  flush();
  return position;
};

// Returns the term of a token in the index.
export const termOf = ({ kind, surface }) => (kind === "word" || kind === "part" ? stem(surface) : surface);

// Returns the start of the last run of joined words.
export const lastStretch = (text) => {
  let start = 0, at = 0;
  for (const c of text) {
    at += c.length;
    if (breaks(c)) start = at;
  }
  return start;
};

export { isAlphanumeric };
