// The published index: the documents and positions of terms, and the number of documents (src/search/published).
// Documents have numbers; a document that is on the site for a shorter time has a greater number.

import { bytesOf } from "./columns.js";
import { NAME, Reader, Terms, nameAt } from "./files.js";
import { compare } from "./text.js";

// Returns the number of items in the sorted `list` that are not greater than `text`.
export const countUpTo = (list, text) => {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(list[middle], text) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
};

// Returns texts that are stored without the beginnings that they share with the texts before.
const whole = ({ shared, rest }) => {
  const lengths = bytesOf(shared);
  let last = "";
  return rest.map((end, at) => (last = last.slice(0, lengths[at]) + end));
};

export class Index {
  constructor(files, manifest) {
    this.files = files;
    this.manifest = manifest;
    this.documents = manifest.documents;
    // Services by id. Users choose the ids, so a plain object would not be safe.
    this.services = new Map(Object.entries(manifest.services));
    this.shards = new Map();
    let base = 0;
    this.partitions = manifest.partitions.map((partition) => {
      const one = { ...partition, terms: whole(partition.terms), base };
      base += partition.documents;
      return one;
    });
  }

  // Returns the documents that have `term` in any field: [{ document, impact, title }], ordered by number. `title` is the
  // number of significant terms in the document's title if the term is one of them, otherwise 0.
  async postings(term) {
    const lists = await Promise.all(this.partitions.map((partition) => this.#list(partition, term)));
    return lists.flatMap((list) => list?.postings ?? []);
  }

  // Returns the documents that have `term` in `field` (null means any), among `wanted` (null means all), with the
  // positions: [{ document, impact, title, places }].
  async occurrences(term, field, wanted = null) {
    const lists = await Promise.all(
      this.partitions.map(async (partition) => {
        const list = await this.#list(partition, term);
        return list ? this.#places(list, field, wanted) : [];
      }),
    );
    return lists.flat();
  }

  // Loads the days of all documents. Several searches can need them at the same time.
  loadDays() {
    const read = async ({ facets }) => new Reader(bytesOf((await this.files.json(facets)).days));
    this.loading ??= Promise.all(this.partitions.map(read)).then((readers) => this.#readDays(readers));
    this.loading.catch(() => (this.loading = undefined));
    return this.loading;
  }

  #readDays(readers) {
    this.opened = [];
    this.lags = [];
    this.places = [];
    readers.forEach((reader, at) => {
      const { documents } = this.partitions[at];
      let day = 0;
      for (let left = documents; left > 0; left -= 1) {
        // The first day of a partition can be before 1970.
        const step = reader.number();
        day += step % 2 ? -(step + 1) / 2 : step / 2;
        this.opened.push(day);
      }
      for (let left = documents; left > 0; left -= 1) this.lags.push(reader.number());
      for (let left = documents; left > 0; left -= 1) this.places.push(reader.number());
    });
  }

  // Returns the day on which a document was opened, counted from 1970, and for how many days it was open; null if it is
  // not resolved.
  days(document) {
    const [opened, lag] = [this.opened[document], this.lags[document]];
    return { opened, open: lag ? lag - 1 : null };
  }

  // Compares two documents: the one that was opened later comes first.
  byOpening(a, b) {
    return this.opened[b] - this.opened[a] || this.places[b] - this.places[a] || b - a;
  }

  // Returns whether a document can have this name. Most names have no space, which saves a request.
  mayBeName(name) {
    return !/\p{White_Space}/u.test(name) || this.partitions.some(({ spaced }) => spaced);
  }

  // Returns the services that the service `id` is a module of.
  within(id) {
    return this.services.get(id)?.within ?? [];
  }

  // Returns the partition of a document, and the document's number in it.
  locate(document) {
    const partition = this.partitions.findLast(({ base }) => base <= document);
    return { partition, local: document - partition.base };
  }

  async #list(partition, term) {
    const at = countUpTo(partition.terms, term) - 1;
    if (at < 0) return null;
    const shard = await this.#shard(nameAt(partition.shards, at));
    const found = shard.terms.get(term);
    if (!found) return null;
    const reader = new Reader(shard.steps);
    reader.at = found.steps;
    const postings = [];
    let document = partition.base;
    for (let nth = 0; nth < found.count; nth += 1) {
      const head = reader.number();
      document += head >> 1;
      const title = head & 1 ? reader.byte() : 0;
      postings.push({ document, impact: shard.impacts[found.first + nth], title });
    }
    return { postings, first: found.first, pieces: shard.pieces };
  }

  // Terms with the offsets of their steps and impacts. They are parsed once; most of them are never needed.
  #shard(name) {
    if (!this.shards.has(name)) this.shards.set(name, this.files.bytes(name).then((bytes) => this.#read(bytes)));
    const shard = this.shards.get(name);
    shard.catch(() => this.shards.delete(name));
    return shard;
  }

  #read(bytes) {
    const reader = new Reader(bytes);
    const pieces = [];
    let from = 0;
    for (let left = reader.number(); left > 0; left -= 1) {
      from += reader.number();
      pieces.push({ from, name: String.fromCharCode(...reader.take(NAME)) });
    }
    const entries = [];
    const terms = new Terms(reader);
    let first = 0;
    for (let left = reader.number(); left > 0; left -= 1) {
      const term = terms.next();
      const count = reader.number();
      const length = reader.number();
      entries.push([term, { first, count, length }]);
      first += count;
    }
    const steps = bytes.subarray(reader.at);
    let at = 0;
    for (const [, entry] of entries) {
      entry.steps = at;
      at += entry.length;
    }
    return { pieces, terms: new Map(entries), steps, impacts: steps.subarray(at) };
  }

  async #places({ postings, first, pieces }, field, wanted) {
    const isWanted = ({ document }) => !wanted || wanted.has(document);
    const needed = pieces
      .map(({ from, name }, at) => {
        const [start, end] = [Math.max(first, from), Math.min(first + postings.length, pieces[at + 1]?.from ?? Infinity)];
        return { from, name, start, end };
      })
      .filter(({ start, end }) => start < end && postings.slice(start - first, end - first).some(isWanted));
    const found = await Promise.all(
      needed.map(async ({ from, name, start, end }) => {
        const reader = new Reader(await this.files.bytes(name));
        const here = [];
        for (let nth = from; nth < end; nth += 1) {
          const own = reader.take(reader.number());
          if (nth < start || !isWanted(postings[nth - first])) continue;
          const places = placesIn(own, field);
          if (places.size) here.push({ ...postings[nth - first], places });
        }
        return here;
      }),
    );
    return found.flat();
  }
}

// The positions of a term in one document: `position * 8 + field`.
const placesIn = (bytes, field) => {
  const reader = new Reader(bytes);
  const places = new Set();
  while (reader.at < bytes.length) {
    const head = reader.number();
    const own = head % 8;
    let position = 0;
    for (let left = head >> 3; left > 0; left -= 1) {
      position += reader.number();
      if (field === null || field === own) places.add(position * 8 + own);
    }
  }
  return places;
};

// Returns whether the terms of one document occur at distances of `offsets`.
export const areInSequence = (terms, offsets) => {
  const [first, ...others] = terms;
  return [...first].some((place) =>
    others.every((places, at) => places.has(place + 8 * (offsets[at + 1] - offsets[0]))),
  );
};
