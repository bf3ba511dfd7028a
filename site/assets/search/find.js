// Evaluates an expression on the index and the field conditions (src/search/find.rs). The results are hits, { document,
// score }, ordered by document number.

import { areInSequence } from "./index.js";
import { needles } from "./needles.js";
import { rarity } from "./rarity.js";

const MOST = 2 ** 32 - 1;
const sum = (a, b) => Math.min(MOST, a + b);

// Returns the documents in both lists, with the sums of their scores.
const intersection = (left, right) => {
  const found = [];
  for (let a = 0, b = 0; a < left.length && b < right.length; ) {
    const order = left[a].document - right[b].document;
    if (order === 0) {
      found.push({ document: left[a].document, score: sum(left[a].score, right[b].score) });
    }
    if (order <= 0) a += 1;
    if (order >= 0) b += 1;
  }
  return found;
};

// Returns the documents in either list; `join` combines the scores of a document in both.
const merged = (left, right, join) => {
  const found = [];
  for (let a = 0, b = 0; a < left.length || b < right.length; ) {
    const order = (left[a]?.document ?? Infinity) - (right[b]?.document ?? Infinity);
    if (order === 0) found.push({ document: left[a].document, score: join(left[a].score, right[b].score) });
    else found.push(order < 0 ? left[a] : right[b]);
    if (order <= 0) a += 1;
    if (order >= 0) b += 1;
  }
  return found;
};

const union = (left, right) => merged(left, right, sum);
const bestOf = (left, right) => merged(left, right, Math.max);

const numbers = (hits) => new Set(hits.map(({ document }) => document));
const narrowed = (hits, within) => {
  if (!within) return hits;
  const allowed = numbers(within);
  return hits.filter(({ document }) => allowed.has(document));
};

export class Search {
  // `passes` tests conditions on fields that are not in the index.
  constructor(index, dictionary, passes) {
    this.index = index;
    this.dictionary = dictionary;
    this.passes = passes;
    // Words that no document has, each with its corrections.
    this.corrected = new Map();
  }

  // Returns the documents that match `expr`, or all documents without one, best first; for equal scores the newer
  // first.
  async find(expr) {
    if (expr) this.#prefetch(expr);
    const [found] = await Promise.all([expr ? this.#expr(expr, null) : null, this.index.loadDays()]);
    const hits = expr ? (found ?? []) : this.#everything(null);
    return hits.sort((a, b) => b.score - a.score || this.index.byOpening(a.document, b.document));
  }

  // Returns the documents of `among`, ordered by number, that match `expr`.
  async findAmong(expr, among) {
    const all = among.map((document) => ({ document, score: 0 }));
    if (!expr) return all;
    this.#prefetch(expr);
    return (await this.#expr(expr, all)) ?? all;
  }

  // Fetches in parallel what the steps below read one after another.
  #prefetch(expr) {
    const ask = (text) => {
      for (const { term, sequence, prefix } of needles(text).flatMap((needle) => needle.anyOf ?? needle)) {
        if (term !== undefined) this.index.postings(term).catch(() => {});
        for (const { term } of sequence ?? []) this.index.postings(term).catch(() => {});
        if (prefix !== undefined) this.dictionary.expansions(prefix).catch(() => {});
      }
    };
    (expr.and ?? expr.or ?? []).forEach((one) => this.#prefetch(one));
    if (expr.not) this.#prefetch(expr.not);
    if (expr.text) ask(expr.text);
    (expr.anyOf ?? []).forEach(({ words }) => words && ask(words));
  }

  // Returns the documents that match `expr` among `within` (null means all). Returns null if `expr` has no letter or
  // digit, so that it is ignored.
  async #expr(expr, within) {
    if (expr.and) return this.#all(expr.and, within);
    if (expr.or) return this.#any(expr.or, (one) => this.#expr(one, within));
    if (expr.not) {
      const found = await this.#expr(expr.not, within);
      if (!found) return null;
      const without = numbers(found);
      return this.#everything(within).filter(({ document }) => !without.has(document));
    }
    if (expr.text) {
      const found = await this.#text(expr.text, null);
      return found && narrowed(found, within);
    }
    const field = expr.key?.words;
    if (field !== undefined) {
      const found = await this.#any(expr.anyOf, ({ words }) => this.#text(words, field));
      return found && narrowed(found, within);
    }
    return this.#everything(within).filter(({ document }) => this.passes(expr, document));
  }

  async #any(all, find) {
    let found = null;
    for (const one of all) {
      const more = await find(one);
      if (more) found = found ? union(found, more) : more;
    }
    return found;
  }

  // Returns the documents that match all of `terms`. Text is evaluated first, because it narrows most and costs least.
  async #all(terms, within) {
    const cost = (term) => (term.text ? 0 : term.and || term.or ? 1 : 2);
    let found = null;
    for (const term of [...terms].sort((a, b) => cost(a) - cost(b))) {
      const more = await this.#expr(term, found ?? within);
      found = found && more ? intersection(found, more) : (found ?? more);
    }
    return found;
  }

  // Returns all of `within` without scores.
  #everything(within) {
    if (within) return within.map(({ document }) => ({ document, score: 0 }));
    return Array.from({ length: this.index.documents }, (_, document) => ({ document, score: 0 }));
  }

  // Returns the documents that have `text` in `field` (null means any field).
  async #text(text, field) {
    let found = null;
    for (const needle of needles(text)) {
      const more = await this.#needle(needle, field);
      found = found ? intersection(found, more) : more;
    }
    return found;
  }

  #postings(term, field) {
    return field === null ? this.index.postings(term) : this.index.occurrences(term, field);
  }

  #scored(postings) {
    const worth = rarity(this.index.documents, postings.length);
    return postings.map(({ document, impact }) => ({ document, score: worth * impact }));
  }

  async #needle({ word, term, prefix, sequence, wholes, anyOf }, field) {
    if (anyOf) {
      const all = await Promise.all(anyOf.map((spelling) => this.#needle(spelling, field)));
      return all.reduce(bestOf);
    }
    if (sequence) return this.#sequence(sequence, wholes, field);
    if (prefix !== undefined) return this.#anyOf(await this.dictionary.expansions(prefix), field);
    const postings = await this.#postings(term, field);
    if (word === undefined || postings.length || (await this.index.postings(term)).length) {
      return this.#scored(postings);
    }
    const corrections = await this.dictionary.corrections(word);
    if (corrections.length) this.corrected.set(word, corrections);
    return this.#anyOf(corrections.map((correction) => correction.term), field);
  }

  // Returns the documents with any of `terms`, with the greatest impact among the terms.
  async #anyOf(terms, field) {
    const best = new Map();
    for (const postings of await Promise.all(terms.map((term) => this.#postings(term, field)))) {
      for (const { document, impact } of postings) best.set(document, Math.max(impact, best.get(document) ?? 0));
    }
    const found = [...best].map(([document, impact]) => ({ document, impact }));
    return this.#scored(found.sort((a, b) => a.document - b.document));
  }

  // Each part of an identifier counts by its own rarity, and so does the identifier as a whole.
  async #sequence(sequence, wholes, field) {
    const all = await Promise.all(sequence.map(({ term }) => this.index.postings(term)));
    const worths = all.map((postings) => rarity(this.index.documents, postings.length));
    // Positions are read only for documents that have all of the terms.
    const wanted = numbers(all.reduce((found, postings) => narrowed(found, postings)));
    const lists = await Promise.all(sequence.map(({ term }) => this.index.occurrences(term, field, wanted)));
    const others = lists.map((list) => new Map(list.map((one) => [one.document, one])));
    const offsets = sequence.map(({ offset }) => offset);
    const found = [];
    for (const { document } of lists[0]) {
      const here = others.map((list) => list.get(document));
      if (!here.every(Boolean) || !areInSequence(here.map(({ places }) => places), offsets)) continue;
      const scores = here.map(({ impact }, at) => impact * worths[at]);
      found.push({ document, score: scores.reduce(sum, 0) });
    }
    for (const whole of wholes) {
      const more = this.#scored(await this.#postings(whole, field));
      const better = new Map(intersection(found, more).map((hit) => [hit.document, hit.score]));
      for (const hit of found) hit.score = better.get(hit.document) ?? hit.score;
    }
    return found;
  }
}
