// Typed words and pasted text as a question (src/search/typed.rs).

import { draftTerms } from "./draft.js";
import { areInSequence } from "./index.js";
import { needles } from "./needles.js";
import { rarity } from "./rarity.js";
import { MOST, Scores, whole } from "./relevance.js";
import { errorTerms } from "./signature.js";
import { bytes, compare } from "./text.js";
import { typedNames } from "./tokens.js";

const MOST_WORDS_OF_TEXT = 24;
const MOST_WEAK = 10;
const CORRECTED = 0.5;
const ERROR_WEIGHT = 0.1;
// The weight of a word that occurs once, in the title.
const WORD_WEIGHT = 10 / 22;

const written = ({ word, phrase, prefix }) => word ?? phrase ?? prefix;

// Returns whether `needle` is a function word. `text` is the word as it was typed.
const isFunction = ({ needle, text }, words) => {
  if (needle.word !== undefined) return words.has(needle.word);
  return needle.term !== undefined && words.has(text.toLowerCase());
};

const termOf = ([term, { weight, inTitle }]) => ({ term, weight, inTitle });

// Splits typed words, { word } or { prefix }, into the words to look up. A word with `unfinished` is still being typed: it
// is the beginning of a word, or, if no word begins with it, a whole word.
export const ofWords = (patterns, functionWords) => {
  let words = [];
  const known = new Set();
  for (const pattern of patterns) {
    const all = needles(pattern);
    for (const needle of all) {
      const own = all.length === 1 ? undefined : (needle.word ?? needle.term);
      const mark = own === undefined ? pattern : { word: own };
      const name = JSON.stringify(needle);
      if (!known.has(name)) words.push({ text: own ?? written(pattern), mark, needle, unfinished: pattern.unfinished });
      known.add(name);
    }
  }
  const rest = words.filter((word) => !isFunction(word, functionWords));
  if (rest.length) words = rest;
  const whole = patterns.filter(({ word }) => word !== undefined).map(written).join(" ");
  const terms = [...draftTerms(whole, "", (word) => functionWords.has(word))];
  const typed = patterns.map(written).join(" ");
  return { words, terms: sorted(terms).map(termOf), errors: errorTerms(typed), name: typed };
};

// The terms in the order of src/search/typed.rs, which is the order of the sums.
const sorted = (terms) => terms.sort(([a], [b]) => compare(a, b));

// Chooses the words of a pasted text: words of error messages, then identifiers, then the longest words.
export const ofText = (text, functionWords) => {
  const end = text.indexOf("\n");
  const [title, body] = end < 0 ? [text, ""] : [text.slice(0, end), text.slice(end + 1)];
  const head = title.replace(/^#+/, "").replace(/^\p{White_Space}+|\p{White_Space}+$/gu, "");
  const terms = [...draftTerms(head, body, (word) => functionWords.has(word))];
  const keys = new Map(
    terms.map(([term, { surface, kind, inError }]) => {
      const isIdentifier = kind === "whole" || /[0-9_]/.test(surface);
      const key = [/\p{Alphabetic}/u.test(term), kind !== "part", inError, isIdentifier, [...term].length];
      return [term, key.map(Number)];
    }),
  );
  terms.sort(([a], [b]) => {
    const [left, right] = [keys.get(a), keys.get(b)];
    for (let at = 0; at < left.length; at += 1) if (left[at] !== right[at]) return right[at] - left[at];
    return compare(a, b);
  });
  const chosen = terms.slice(0, MOST_WORDS_OF_TEXT);
  const words = chosen.map(([term, { surface }]) => ({ text: surface, mark: { word: surface }, needle: { term } }));
  return { words, terms: chosen.map(termOf), errors: errorTerms(text), name: null };
};

// Returns `question` with one more word, which was typed as an exclusion.
export const withWord = (question, word, functionWords) => {
  const more = ofWords([{ word }], functionWords);
  const [words, terms] = [[...question.words, ...more.words], [...question.terms, ...more.terms]];
  return { ...question, words, terms, name: null };
};

// Returns the documents in both lists, ordered by number, with the greater weight of those in both.
const best = (left, right) => {
  const all = new Map(left.map((posting) => [posting.document, posting]));
  for (const posting of right) {
    const known = all.get(posting.document);
    if (!known || (posting.impact - known.impact || posting.title - known.title) > 0) all.set(posting.document, posting);
  }
  return [...all.values()].sort((a, b) => a.document - b.document);
};

const documentsOf = (postings) => postings.map(({ document }) => document);

// The lookup of one word.
class Lookup {
  constructor(index, dictionary, scored) {
    this.index = index;
    this.dictionary = dictionary;
    // The terms that are scored anyway.
    this.scored = scored;
    // The weight of the word in halves: a correction counts half.
    this.halves = 2;
    // The postings that are scored in addition to the terms.
    this.own = [];
    this.corrected = new Map();
  }

  // Returns the documents that have `needle`.
  async documents(needle, unfinished) {
    if (needle.anyOf) {
      let found = [];
      for (const one of needle.anyOf) {
        // A word is corrected only if the other spellings find nothing.
        const isWord = one.word !== undefined;
        found.push(...(isWord ? documentsOf(await this.#term(one.term)) : await this.documents(one)));
      }
      return found.length ? found : this.documents(needle.anyOf[0]);
    }
    if (needle.sequence) return this.#sequence(needle);
    if (needle.prefix !== undefined) {
      const postings = await this.#anyOf(await this.dictionary.expansions(needle.prefix));
      if (!postings.length && unfinished) {
        const [whole] = needles({ word: unfinished });
        return whole ? this.documents(whole) : [];
      }
      this.own = best(this.own, postings);
      return documentsOf(postings);
    }
    const postings = await this.#term(needle.term);
    if (postings.length || needle.word === undefined) return documentsOf(postings);
    const corrections = await this.dictionary.corrections(needle.word);
    const found = await this.#anyOf(corrections.map(({ term }) => term));
    if (corrections.length) {
      this.halves = 1;
      this.corrected.set(needle.word, corrections);
    }
    this.own = best(this.own, found);
    return documentsOf(found);
  }

  async #term(term) {
    const postings = await this.index.postings(term);
    if (!this.scored.has(term)) this.own = best(this.own, postings);
    return postings;
  }

  async #anyOf(terms) {
    const all = await Promise.all(terms.map((term) => this.index.postings(term)));
    return all.reduce(best, []);
  }

  async #sequence({ sequence, wholes }) {
    const all = await Promise.all(sequence.map(({ term }) => this.index.postings(term)));
    // Positions are read only for documents that have all of the terms.
    const sets = all.map((postings) => new Set(documentsOf(postings)));
    const wanted = new Set([...sets[0]].filter((document) => sets.every((set) => set.has(document))));
    const lists = await Promise.all(sequence.map(({ term }) => this.index.occurrences(term, null, wanted)));
    const others = lists.map((list) => new Map(list.map((one) => [one.document, one])));
    const offsets = sequence.map(({ offset }) => offset);
    const found = [];
    for (const { document } of lists[0]) {
      const here = others.map((list) => list.get(document));
      if (here.every(Boolean) && areInSequence(here.map(({ places }) => places), offsets)) found.push(document);
    }
    for (const whole of wholes) await this.#term(whole);
    return found;
  }
}

// Looks up one word: { found: [{ text, carries, documents }], part, corrected }. It is scored by itself only if its terms
// are not among `scored`.
const lookUpWord = async (word, scored, index, dictionary) => {
  const lookup = new Lookup(index, dictionary, scored);
  const had = await lookup.documents(word.needle, word.unfinished);
  const count = index.documents;
  const { halves, own, corrected } = lookup;
  const factor = halves === 1 ? CORRECTED : 1;
  const part = own.length ? partOf(WORD_WEIGHT * factor, true, true, rarity(count, own.length), own) : null;
  const { sequence = [] } = word.needle.anyOf?.[0] ?? word.needle;
  // The parts that say something by themselves, but not the numbers of a date or a version.
  const words = sequence.filter(({ term }) => (term.match(/\p{Alphabetic}/gu) ?? []).length > 2);
  if (!had.length && words.length) {
    // A joined word that no document has counts by its parts, like a correction.
    const all = await Promise.all(words.map(({ term }) => index.postings(term)));
    const found = all.map((postings) => ({
      text: word.text,
      carries: rarity(count, Math.max(1, postings.length)),
      documents: new Set(documentsOf(postings)),
    }));
    return { found, part, corrected };
  }
  const documents = new Set(had);
  const carries = rarity(count, Math.max(1, documents.size)) * halves;
  return { found: [{ text: word.text, carries, documents }], part, corrected };
};

const partOf = (weight, inTitle, inProse, worth, postings) => ({
  part: { weight, rarity: worth, inTitle, inProse },
  hits: postings.map(({ document, impact, title }) => ({
    document,
    score: worth * impact,
    title: [title ? 1 : 0, title],
  })),
});

// Looks up a question: { words, parts, missing, sure, named, corrected }.
export const lookUp = async ({ words, terms, errors, name }, index, dictionary) => {
  const count = index.documents;
  const scored = new Set(terms.map(({ term }) => term));
  const names = name === null ? [] : typedNames(name).filter((one) => index.mayBeName(one));
  const [ofTerms, foundWords, ofErrors, named] = await Promise.all([
    Promise.all(terms.map(({ term }) => index.postings(term))),
    Promise.all(words.map((word) => lookUpWord(word, scored, index, dictionary))),
    Promise.all(errors.map((term) => index.postings(term))),
    Promise.all(names.map((one) => index.postings(one))).then((lists) => lists.flat()),
  ]);
  const parts = [];
  let missing = 0;
  terms.forEach(({ weight, inTitle }, at) => {
    const postings = ofTerms[at];
    const worth = rarity(count, Math.max(1, postings.length));
    if (postings.length) parts.push(partOf(weight, inTitle, true, worth, postings));
    else missing += weight * worth;
  });
  for (const { part } of foundWords) if (part) parts.push(part);
  for (const postings of ofErrors) {
    parts.push(partOf(ERROR_WEIGHT, false, false, rarity(count, postings.length), postings));
  }
  return {
    words: foundWords.flatMap(({ found }) => found),
    parts,
    missing,
    sure: new Set(ofErrors.flatMap(documentsOf)),
    named: new Set(documentsOf(named)),
    corrected: new Map(foundWords.flatMap(({ corrected }) => [...corrected])),
  };
};

// Returns the documents with at least one word or error of the question, ordered by number.
export const touched = ({ words, sure, named }) => {
  const all = new Set([...named, ...sure]);
  for (const { documents } of words) for (const document of documents) all.add(document);
  return [...all].sort((a, b) => a - b);
};

// Returns whether a document has every word.
export const isComplete = ({ words }, document) => words.every(({ documents }) => documents.has(document));

const folded = (text) => text.replace(/[A-Z]/g, (c) => c.toLowerCase());

// Returns whether `part` is a whole part of a longer name: `acme` and `Job` of `com.acme.ExportJob`, but not `port`.
const isPartOf = (part, name) => {
  const [small, all] = [folded(part), folded(name)];
  if (!part || bytes(part) >= bytes(name)) return false;
  for (let at = all.indexOf(small); at >= 0; at = all.indexOf(small, at + small.length)) {
    const [before, after, end] = [name.slice(0, at), name.slice(at), name.slice(at + small.length)];
    const begins = !/[\p{Alphabetic}\p{N}]$/u.test(before) || /^\p{Uppercase}/u.test(after);
    if (begins && (!/^[\p{Alphabetic}\p{N}]/u.test(end) || /^\p{Uppercase}/u.test(end))) return true;
  }
  return false;
};

// Returns the typed words that a document lacks. A part of a name counts as the name if the document lacks both.
export const missing = ({ words }, document) => {
  const all = words.filter(({ documents }) => !documents.has(document)).map(({ text }) => text);
  const lacking = all.filter((text, at) => text !== all[at - 1]);
  return lacking.filter((text) => !lacking.some((name) => isPartOf(text, name)));
};

// Returns what a document has in common with the question: an error message, and words, the rarest first.
export const reasons = ({ words, sure }, document) => {
  const common = words.filter(({ documents }) => documents.has(document)).sort((a, b) => b.carries - a.carries);
  return { isSameError: sure.has(document), words: [...new Set(common.map(({ text }) => text))] };
};

// Returns the share of the question's rarity that is enough, as a fraction.
const enough = (words) => (words < 3 ? [2, 5] : [1, Math.min(words, 8)]);

// Finds the documents with enough of the question among `candidates`, [{ document, score }] with the scores of the query's
// conditions: { hits, isWeak }, the best first. The days of `index` are loaded. `bonus` returns the bonus of a document for closeness in time.
export const findTyped = (lookedUp, candidates, index, bonus) => {
  const count = index.documents;
  const { words, parts, sure, named } = lookedUp;
  const scores = new Scores(count);
  scores.addMissing(lookedUp.missing);
  for (const { part, hits } of parts) scores.add(part, hits);
  const conditions = candidates.filter(({ score }) => score > 0).map((hit) => ({ ...hit, title: [0, 0] }));
  scores.add({ weight: WORD_WEIGHT, rarity: 0, inTitle: false, inProse: false }, conditions);
  const carried = new Float64Array(count);
  const had = new Uint16Array(count);
  for (const { carries, documents } of words) {
    for (const document of documents) {
      carried[document] += carries;
      had[document] += 1;
    }
  }
  const total = words.reduce((all, { carries }) => all + carries, 0);
  const [least, of] = enough(words.length);
  const isEnough = ({ document }) =>
    sure.has(document) || named.has(document) || carried[document] * of >= total * least;
  const hit = ({ document }) => ({
    document,
    score: named.has(document) ? MOST : whole(scores.of(document) * bonus(document)),
    isComplete: had[document] === words.length,
  });
  let hits = candidates.filter(isEnough).map(hit);
  const isWeak = hits.length === 0;
  if (isWeak) hits = candidates.map(hit);
  hits.sort((a, b) => b.score - a.score || index.byOpening(a.document, b.document));
  return { hits: isWeak ? hits.slice(0, MOST_WEAK) : hits, isWeak };
};
