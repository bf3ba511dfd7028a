// The search on a static site. It reads the published index and gives the same tickets in the same order as `casebook
// search`.

import { Columns } from "./columns.js";
import { Dictionary } from "./dictionary.js";
import { Files, chunkAt } from "./files.js";
import { Filter, asksForTimes, columnsOf } from "./filter.js";
import { Search } from "./find.js";
import { Index } from "./index.js";
import { parse, parseQuestion, parseUnfinished, questionOf } from "./query.js";
import { closeness } from "./relevance.js";
import { compare } from "./text.js";
import { typedNames } from "./tokens.js";
import { findTyped, isComplete, lookUp, missing, ofText, ofWords, reasons, touched, withWord } from "./typed.js";

// Returns the plain words that `conditions` exclude.
const excludedWords = (conditions) =>
  (conditions?.and ?? (conditions ? [conditions] : []))
    .map(({ not }) => not?.text?.word)
    .filter((word) => word !== undefined);

// Returns `conditions` without the exclusion of `word`.
const without = (conditions, word) => {
  const all = conditions.and ?? [conditions];
  const rest = all.filter(({ not }) => not?.text?.word !== word);
  return rest.length > 1 ? { and: rest } : (rest[0] ?? null);
};

// The number of documents whose results are in one file.
const CHUNK = 10;

export class Engine {
  constructor(files, manifest) {
    this.index = new Index(files, manifest);
    this.dictionary = new Dictionary(files, manifest.words, manifest.layer.words);
    this.facetKeys = manifest.language.keys.filter(({ facet }) => facet);
    this.columns = new Columns(this.index, this.facetKeys.map(({ name }) => name));
    this.manifest = manifest;
    this.services = this.index.services;
  }

  static async open(base) {
    const files = new Files(base);
    return new Engine(files, await files.manifest());
  }

  // Searches for `text`: { query, hits, isWeak, complete, corrected, notices, marked, missing }. `complete` is the number
  // of hits with every word, `marked` are the words and conditions that were searched for, `missing` returns the words
  // that a hit lacks, and `reasons` what it has in common with the text. If `typing`, the last word may be incomplete; if `allWords`, every word is required. `now` is in
  // seconds.
  async search(text, { typing = false, allWords = false, now = Math.floor(Date.now() / 1000) } = {}) {
    const { language } = this.manifest;
    const query = allWords
      ? (typing ? parseUnfinished : parse)(text, language)
      : parseQuestion(text, language, typing);
    // Only queries about times need the time zone rules.
    const rules = asksForTimes(query) ? this.index.files.json(this.manifest.zone) : null;
    const [zone] = await Promise.all([rules, this.columns.load(columnsOf(query))]);
    const filter = new Filter(this.index, this.columns, { now, zone }, this.manifest.language.keys);
    const search = new Search(this.index, this.dictionary, (test, document) => filter.holds(test, document));
    const inOrder = (hits) => (query.sort.length ? hits.sort((a, b) => filter.compare(query.sort, a, b)) : hits);
    const { words, conditions } = questionOf(query);
    const functionWords = new Set(language.functionWords);
    const question = query.pasted ? ofText(query.text, functionWords) : ofWords(words, functionWords);
    if (allWords || !question.words.length) {
      const hits = inOrder(await search.find(query.expr));
      const complete = hits.length;
      const { corrected } = search;
      return { query, hits, isWeak: false, complete, corrected, notices: [], marked: query.expr, missing: () => [], reasons: () => ({ words: [] }) };
    }
    await this.index.loadDays();
    const today = Math.floor(now / 86400);
    return this.#answer(query, question, conditions, { search, inOrder, today });
  }

  async #answer(query, asked, given, { search, inOrder, today }) {
    const { index, dictionary } = this;
    const functionWords = new Set(this.manifest.language.functionWords);
    let [question, conditions] = [asked, given];
    let found = await lookUp(question, index, dictionary);
    const notices = [];
    for (const excluded of excludedWords(conditions)) {
      const rest = without(conditions, excluded);
      const all = await search.findAmong(rest, touched(found));
      const left = new Set((await search.findAmong(conditions, touched(found))).map(({ document }) => document));
      const complete = all.filter(({ document }) => isComplete(found, document));
      const removesAll = complete.length
        ? !complete.some(({ document }) => left.has(document))
        : all.length > 0 && left.size === 0;
      if (!removesAll) continue;
      notices.push({ excluded });
      question = withWord(question, excluded, functionWords);
      conditions = rest;
      found = await lookUp(question, index, dictionary);
    }
    const candidates = await search.findAmong(conditions, touched(found));
    let { hits, isWeak } = findTyped(found, candidates, index, (document) => closeness(today, index.days(document)));
    let complete = hits.filter((hit) => hit.isComplete).length;
    if (query.sort.some(({ by }) => by !== "relevance")) {
      if (complete && complete < hits.length) {
        notices.push({ leftOut: hits.length - complete });
        hits = hits.filter((hit) => hit.isComplete);
      } else if (!complete && hits.length) {
        notices.push({ incomplete: true });
      }
    }
    hits = inOrder(hits);
    const corrected = new Map([...found.corrected, ...search.corrected]);
    const marked = { and: [...question.words.map(({ mark }) => ({ text: mark })), ...(conditions ? [conditions] : [])] };
    return { query, hits, isWeak, complete, corrected, notices, marked, missing: (hit) => missing(found, hit.document), reasons: (hit) => reasons(found, hit.document) };
  }

  // Returns whether a ticket or an article has this id, alias or name.
  async hasName(name) {
    const all = await Promise.all(typedNames(name).map((term) => this.index.postings(term)));
    return all.some((postings) => postings.length > 0);
  }

  // Returns the data that results show for a document.
  async shown({ document }) {
    const { chunks, local } = this.index.result(document);
    const chunk = await this.index.files.json(chunkAt(chunks, Math.floor(local / CHUNK)));
    return chunk[local % CHUNK];
  }

  // For each facet key, counts the hits for each value: { status: [[value, count]…], … }, the most frequent first. A
  // ticket of a module counts for the module and for its service, and case is ignored.
  async facets(hits) {
    await this.columns.load(this.facetKeys.map(({ name }) => name));
    return Object.fromEntries(
      this.facetKeys.map(({ name: key, kind }) => {
        const counts = new Map();
        for (const { document } of hits) {
          const texts = this.columns.texts(key, document).map(({ text }) => text);
          const all = kind === "service" ? texts.flatMap((id) => [id, ...this.index.within(id)]) : texts;
          for (const [small, text] of new Map(all.map((text) => [text.toLowerCase(), text]))) {
            const one = counts.get(small) ?? { text, count: 0 };
            counts.set(small, one);
            one.count += 1;
          }
        }
        const found = [...counts.values()].map(({ text, count }) => [text, count]);
        return [key, found.sort((a, b) => b[1] - a[1] || compare(a[0], b[0]))];
      }),
    );
  }
}
