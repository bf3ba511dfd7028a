// The dictionary of the index: words and terms with their frequencies, for prefixes and typos (src/index/expand.rs).

import { Reader, Terms, nameAt } from "./files.js";
import { countUpTo } from "./index.js";
import { alignment, compare } from "./text.js";

const MOST_EXPANSIONS = 16;
const MOST_CORRECTIONS = 4;
const TWO_TYPOS_FROM = 8;
const CORRECT_START = 2;

const OTHER_TERM = 0x80;

export class Dictionary {
  constructor(files, name) {
    this.files = files;
    this.name = name;
  }

  // Returns the terms for a prefix: the most frequent ones (by powers of two), then in order.
  async expansions(prefix) {
    const terms = new Map();
    for (const { term, bucket } of await this.#beginningWith(prefix)) terms.set(term, bucket);
    const found = [...terms].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]));
    return found.slice(0, MOST_EXPANSIONS).map(([term]) => term);
  }

  // Returns the corrections of `word`, which no document has: [{ word, term }], the nearest and most frequent ones.
  async corrections(word) {
    const characters = [...word];
    const most = characters.length >= TWO_TYPOS_FROM ? 2 : 1;
    const entries = new Map();
    for (const entry of await this.#beginningWith(characters.slice(0, CORRECT_START).join(""))) {
      if (Math.abs([...entry.word].length - characters.length) > most) continue;
      const distance = alignment(word, entry.word);
      if (distance > most) continue;
      const known = entries.get(entry.term);
      const isNearer = known && (distance - known.distance || compare(entry.word, known.word)) < 0;
      if (!known || isNearer) entries.set(entry.term, { ...entry, distance });
    }
    const all = [...entries.values()];
    const smallest = Math.min(...all.map(({ distance }) => distance));
    const found = all
      .filter(({ distance }) => distance === smallest)
      .sort((a, b) => b.bucket - a.bucket || compare(a.term, b.term));
    return found.slice(0, MOST_CORRECTIONS).map(({ word, term }) => ({ word, term }));
  }

  // Returns words and terms: [{ word, term, bucket }].
  async #beginningWith(prefix) {
    const { first, shards } = await this.files.json(this.name);
    const from = Math.max(0, countUpTo(first, prefix) - 1);
    let to = from;
    while (to + 1 < first.length && (first[to + 1].startsWith(prefix) || compare(first[to + 1], prefix) <= 0)) to += 1;
    if (!first.length) return [];
    const names = Array.from({ length: to - from + 1 }, (_, at) => nameAt(shards, from + at));
    const pieces = await Promise.all(names.map((name) => this.files.bytes(name)));
    return pieces.flatMap((bytes) => entriesOf(bytes)).filter(({ word }) => word.startsWith(prefix));
  }
}

const entriesOf = (bytes) => {
  const reader = new Reader(bytes);
  const words = new Terms(reader);
  const decoder = new TextDecoder();
  const found = [];
  for (let left = reader.number(); left > 0; left -= 1) {
    const word = words.next();
    const head = reader.byte();
    let term = word;
    if (head & OTHER_TERM) {
      const shared = words.last.subarray(0, reader.number());
      term = decoder.decode(shared) + decoder.decode(reader.take(reader.number()));
    }
    found.push({ word, term, bucket: head & ~OTHER_TERM });
  }
  return found;
};
