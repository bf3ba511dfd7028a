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
  // `name` is the file that lists the words of the base, and `changed` has those whose frequency differs since.
  constructor(files, name, changed) {
    this.files = files;
    this.name = name;
    this.changed = changed;
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
    const [{ first, shards }, changed] = await Promise.all([this.files.json(this.name), this.#changes()]);
    const from = Math.max(0, countUpTo(first, prefix) - 1);
    let to = from;
    while (to + 1 < first.length && (first[to + 1].startsWith(prefix) || compare(first[to + 1], prefix) <= 0)) to += 1;
    const names = first.length ? Array.from({ length: to - from + 1 }, (_, at) => nameAt(shards, from + at)) : [];
    const pieces = await Promise.all(names.map((name) => this.files.bytes(name)));
    const all = new Map(pieces.flatMap((bytes) => entriesOf(bytes)).map((entry) => [keyOf(entry), entry]));
    for (const entry of changed.entries) all.set(keyOf(entry), entry);
    return [...all.values()]
      .filter(({ word }) => word.startsWith(prefix))
      .map((entry) => ({ ...entry, bucket: entry.bucket && (changed.buckets.get(entry.term) ?? entry.bucket) }))
      .filter(({ bucket }) => bucket > 0);
  }

  // Returns the words whose frequency differs from that in the base: { entries, buckets }, with the buckets by term.
  #changes() {
    this.changes ??= this.files.bytes(this.changed).then((bytes) => {
      const entries = entriesOf(bytes);
      const terms = entries.filter(({ word, term }) => word === term);
      return { entries, buckets: new Map(terms.map(({ term, bucket }) => [term, bucket])) };
    });
    this.changes.catch(() => (this.changes = undefined));
    return this.changes;
  }
}

const keyOf = ({ word, term }) => `${word}\0${term}`;

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
