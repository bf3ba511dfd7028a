// Splits a text into tokens: words, identifiers as a whole and in parts, and characters and pairs of scripts without
// spaces (src/index/tokens/scan.rs).

import { GRAM, JOINT, WORD, breaks, classOf, fold, foldedCharacters, isAlphanumeric } from "./fold.js";
import { humpsOf, timeMark, versionMark, zoneMark } from "./names.js";
import { stem } from "./stem.js";
import { bytes, trim } from "./text.js";

const LONGEST_WORD = 64;
const LONGEST_WHOLE = { words: 12, bytes: 80 };
const MOST_HYPHENATED = 4;
const MOST_HUMPS = 12;
const STEMMED = new Set(["word", "part", "joined"]);

const isAlphabetic = (c) => /\p{Alphabetic}/u.test(c);

// Returns whether the words on both sides of `joint` form one identifier.
const joins = (joint) => bytes(joint) <= 3 && !joint.includes("..") && !joint.includes("--");

const isPossessive = (text, start, end) =>
  /^s$/i.test(text.slice(start, end)) && /[\p{Alphabetic}\p{N}]['’]$/u.test(text.slice(Math.max(0, start - 3), start));

// Returns the signs at the start of `text` that belong to the name before them, as in `C++`, `C#` and `Canal+`.
const signsAt = (text) => {
  const signs = ["++", "+", "#"].find((one) => text.startsWith(one));
  if (!signs) return "";
  const next = String.fromCodePoint(text.codePointAt(signs.length) ?? 0x20);
  if (signs === "++") return next === "+" ? "" : signs;
  const isWord = classOf(next) === WORD;
  if (signs === "+") return isWord ? "" : signs;
  return next === "#" || (isWord && !/[0-9]/.test(next)) ? "" : signs;
};

// Calls `emit` with { kind, surface, start, end, position } for each token of `text`, ordered by position. Kinds are
// "word", "part" (of a camel case name), "char", "pair", "joined" (neighbouring parts, or words joined by hyphens) and
// "whole" (an identifier, or a name with its signs). Returns the number of words.
export const scan = (text, emit) => {
  let position = 0;
  // Emits the tokens of a run of joined words. Returns the last word if the run ends with it.
  const stretch = (from, to) => {
    const folded = foldedCharacters(text.slice(from, to), from);
    const string = (start, end) => folded.slice(start, end).map(({ c }) => c).join("");
    const emitAs = (surface, kind, start, end, at) =>
      emit({ kind, surface, start: folded[start].start, end: folded[end - 1].end, position: at });
    const token = (kind, start, end, at) => emitAs(string(start, end), kind, start, end, at);

    const word = (start, end) => {
      token("word", start, Math.min(end, start + LONGEST_WORD), position);
      const humps = humpsOf(folded, start, end);
      for (const hump of humps) {
        const kept = Math.min(hump.end, hump.start + LONGEST_WORD);
        if (bytes(string(hump.start, kept)) > 2) token("part", hump.start, kept, position);
      }
      if (humps.length <= MOST_HUMPS) join(humps, position, 0);
      position += 1;
    };
    // Emits every two and every three neighbours as one word. Without steps, all pieces together are one word, which
    // is not emitted again.
    const join = (pieces, first, step) =>
      pieces.forEach(({ start }, index) => {
        for (let count = 2; count <= 3 && index + count <= pieces.length; count += 1) {
          if (step === 0 && count === pieces.length) continue;
          const run = pieces.slice(index, index + count);
          const surface = run.map((piece) => string(piece.start, piece.end)).join("");
          const length = bytes(surface);
          if (!isAlphabetic(folded[start].c) || length < 3 || length > LONGEST_WORD) continue;
          emitAs(surface, "joined", start, run.at(-1).end, first + step * index);
        }
      });
    let hyphenated = [];
    const endOfHyphens = () => {
      if (hyphenated.length <= MOST_HYPHENATED) join(hyphenated, position - hyphenated.length, 1);
      hyphenated = [];
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
    const endOfGroup = () => {
      endOfHyphens();
      innerWhole();
      whole(joined);
      joined = null;
    };
    const endOf = (at, kind) => {
      while (at < folded.length && classOf(folded[at].c) === kind) at += 1;
      return at;
    };
    const hasLeadingDot = (at) =>
      folded[at - 1]?.c === "." && (at === 1 || /[/\\]/.test(folded[at - 2].c)) && isAlphabetic(folded[at].c);
    let last = null;
    for (let at = 0; at < folded.length; ) {
      const kind = classOf(folded[at].c);
      let end = endOf(at, kind);
      last = null;
      if (kind === JOINT) {
        const joint = string(at, end);
        const isContinued = joins(joint) && end < folded.length && classOf(folded[end].c) === WORD;
        if (!isContinued) {
          endOfGroup();
        } else if (joint !== "-") {
          endOfHyphens();
          if (joint !== "_" && joint !== ".") {
            whole(tight);
            tight = null;
          }
        }
      } else if (kind === GRAM) {
        endOfGroup();
        grams(at, end);
      } else {
        const from = at + versionMark(folded, at, end);
        const time = timeMark(folded, at, end);
        const until = time ?? end - zoneMark(folded, joined?.start ?? at, at, end);
        const first = position;
        joined ??= { start: from, words: 0, position };
        tight ??= { start: from, words: 0, position };
        for (const group of [joined, tight]) {
          group.end = until;
          group.words += 1;
        }
        hyphenated.push({ start: from, end: until });
        word(from, until);
        if (from === at && hasLeadingDot(at)) token("whole", at - 1, until, first);
        last = { surface: string(from, until), start: folded[from].start, end: folded[until - 1].end, position: first };
        if (time !== null) {
          // The `t` separates the date and the time.
          endOfGroup();
          end = time + 1;
        }
      }
      at = end;
    }
    endOfGroup();
    return last;
  };
  const signed = (word, signs) => {
    const length = bytes(word.surface);
    // `C+` is rarely a name, but the beginning of `C++`.
    if (!/^\p{Alphabetic}/u.test(word.surface) || length > LONGEST_WORD || (signs === "+" && length < 2)) return;
    emit({ ...word, kind: "whole", surface: word.surface + signs, end: word.end + signs.length });
  };

  let from = null, at = 0;
  const flush = () => {
    if (from !== null && !isPossessive(text, from, at)) {
      const last = stretch(from, at);
      const signs = signsAt(text.slice(at, at + 4));
      if (last && signs) signed(last, signs);
    }
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
export const termOf = ({ kind, surface }) => (STEMMED.has(kind) ? stem(surface) : surface);

const LONGEST_NAME = 200;

// Returns the term of a whole id, alias, source or slug in the index, or null (src/search/texts.rs).
export const nameTerm = (name) => {
  const folded = fold(trim(name));
  return folded && bytes(folded) <= LONGEST_NAME ? `@${folded}` : null;
};

// Returns the terms of the names that somebody can mean by `typed` (src/search/texts.rs).
export const typedNames = (typed) => {
  const text = trim(typed);
  const name = text.replace(/^#/, "");
  const [, word, number] = /^([A-Za-z_]+) ?([0-9]+)$/.exec(name) ?? [];
  const names = [text, name, ...(word ? [`${word}-${number}`] : [])];
  return [...new Set(names.map(nameTerm).filter((term) => term !== null))];
};

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
