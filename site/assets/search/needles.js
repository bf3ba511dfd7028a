// Translates the words of a query into terms of the index (src/index/needle.rs).

import { fold, isAlphanumeric } from "./fold.js";
import { lastStretch, scan, termOf } from "./tokens.js";

// Shorter words resemble too many other words to be corrected.
const SHORTEST_CORRECTED = 4;

const isCorrectable = ({ kind, surface }) =>
  kind === "word" && /^\p{Alphabetic}+$/u.test(surface) && [...surface].length >= SHORTEST_CORRECTED;

const isPartOf = (piece, other) =>
  other.start <= piece.start &&
  piece.end <= other.end &&
  (piece.kind !== other.kind || piece.start !== other.start || piece.end !== other.end);

const pieces = (text) => {
  const found = [];
  scan(text, (token) => {
    if (token.kind !== "part") found.push({ ...token, term: termOf(token) });
  });
  // A single character is left out if it is part of a pair.
  const pairs = new Set(found.filter(({ kind }) => kind === "pair").map(({ position }) => position));
  return found.filter(
    ({ kind, position }) => kind !== "char" || !(pairs.has(position) || pairs.has(position - 1)),
  );
};

const isWhole = ({ kind }) => kind === "whole";
const isJoined = ({ kind }) => kind === "joined";

const either = (needle, other) => (other ? { anyOf: [needle, other] } : needle);

// Returns the needle that finds the long name `word` inside a longer one. The index joins at most three neighbouring
// parts of a name.
const ofLongName = (word, joined) => {
  const inside = joined.filter((piece) => isPartOf(piece, word));
  const longest = inside.filter((piece) => !inside.some((other) => isPartOf(piece, other)));
  if (longest.length < 2 || longest.length === inside.length) return null;
  return { sequence: longest.map(({ term }) => ({ term, offset: 0 })), wholes: [word.term] };
};

// Joined words must be next to each other; other words can be anywhere.
const ofWord = (word) => {
  const all = pieces(word);
  const joined = all.filter(isJoined), wholes = all.filter(isWhole);
  const others = all.filter((piece) => !isJoined(piece) && !isWhole(piece));
  const outer = wholes.filter((whole) => !wholes.some((other) => isPartOf(whole, other)));
  const found = outer.map((whole) => {
    const inside = others.filter((piece) => isPartOf(piece, whole));
    // The letter of `C++` is no useful word.
    const [first, ...more] = inside;
    if (!more.length && first.start === whole.start && [...first.surface].length === 1) return { term: whole.term };
    const sequence = inside.map((piece) => ({ term: piece.term, offset: piece.position - whole.position }));
    const names = [...wholes.filter((other) => isPartOf(other, whole)), whole].map(({ term }) => term);
    const same = joined.find(({ start, end }) => start === whole.start && end === whole.end);
    return either({ sequence, wholes: names }, same && { term: same.term });
  });
  const known = new Set();
  for (const piece of others) {
    if (outer.some((whole) => isPartOf(piece, whole))) continue;
    const plain = isCorrectable(piece) ? { word: piece.surface, term: piece.term } : { term: piece.term };
    const needle = either(plain, ofLongName(piece, joined));
    const name = JSON.stringify(needle);
    if (!known.has(name)) found.push(needle);
    known.add(name);
  }
  return found;
};

const ofPhrase = (words) => {
  const all = pieces(words).filter((piece) => !isJoined(piece));
  const terms = all.filter((piece) => !isWhole(piece)).map(({ term, position }) => ({ term, offset: position }));
  if (terms.length === 0) return [];
  if (terms.length === 1) return [{ term: terms[0].term }];
  return [{ sequence: terms, wholes: all.filter(isWhole).map(({ term }) => term) }];
};

// Only the last part is a prefix; the parts before it are complete.
const ofPrefix = (start) => {
  const cut = lastStretch(start);
  const last = start.slice(cut);
  const found = ofWord(start.slice(0, cut));
  const all = pieces(last);
  if (!all.length) return found;
  const folded = fold(last);
  if (all.some(({ kind }) => kind === "char" || kind === "pair")) {
    // In scripts without spaces, every part of a text is found by its pairs of characters.
    found.push(...ofWord(last));
  } else if (all.some(isWhole)) {
    // An identifier begins with its first word, without the `v` of a version or the `/` of a path.
    const first = fold(last.slice(all[0].start, all[0].end));
    const hasAll = ({ start, end }) => start === all[0].start && end === last.length;
    const same = all.filter(isJoined).find(hasAll);
    found.push(either({ prefix: folded.slice(Math.max(0, folded.indexOf(first))) }, same && { prefix: same.surface }));
  } else {
    const characters = [...folded];
    const isSign = (c) => !isAlphanumeric(c);
    while (characters.length && isSign(characters[0])) characters.shift();
    while (characters.length && isSign(characters[characters.length - 1])) characters.pop();
    found.push({ prefix: characters.join("") });
  }
  return found;
};

// Returns the needles that a document must all have: { term }, { word, term } (may be a typo), { prefix }, {
// sequence: [{ term, offset }], wholes }, or { anyOf } (needles of different spellings). `text` is { word }, { phrase } or { prefix }, as the parser returns it. There
// are no needles if it has no letter or digit.
export const needles = (text) => {
  if (text.word !== undefined) return ofWord(text.word);
  return text.phrase !== undefined ? ofPhrase(text.phrase) : ofPrefix(text.prefix);
};
