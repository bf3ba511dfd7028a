// The published index: the documents and positions of terms, and the number of documents (src/search/published).
// Documents have numbers; a document that is on the site for a shorter time has a greater number. The partitions have the
// documents as they were some time ago, the base. The layer has the current versions of those that changed since.

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

// The number of documents of the layer whose positions are in one file.
const PLACES = 16;

// The number of places in a day between two documents of the base, for those of the layer.
const GAP = 4096;

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
    this.layer = { ...manifest.layer, terms: whole(manifest.layer.terms), base };
    this.parts = [...this.partitions, this.layer];
    // The number in the layer of each document of the base that it replaces.
    this.replaced = new Map(this.layer.replaced.map((document, local) => [document, local]));
  }

  // Returns the documents that have `term` in any field: [{ document, impact, title }], ordered by number. `title` is the
  // number of significant terms in the document's title if the term is one of them, otherwise 0.
  async postings(term) {
    const lists = await Promise.all(this.parts.map((part) => this.#list(part, term)));
    const found = lists.flatMap((list) => list?.postings.filter((posting) => this.#isCurrent(posting)) ?? []);
    // The documents of the layer are between the others.
    return found.sort((a, b) => a.document - b.document);
  }

  // Returns whether the layer has no other version of a posting's document.
  #isCurrent({ document, local }) {
    return local !== undefined || !this.replaced.has(document);
  }

  // Returns the documents that have `term` in `field` (null means any), among `wanted` (null means all), with the
  // positions: [{ document, impact, title, places }].
  async occurrences(term, field, wanted = null) {
    const lists = await Promise.all(
      this.parts.map(async (part) => {
        const list = await this.#list(part, term);
        if (!list) return [];
        const isWanted = (posting) => this.#isCurrent(posting) && (!wanted || wanted.has(posting.document));
        return part === this.layer
          ? this.#placesInLayer(term, list.postings.filter(isWanted), field)
          : this.#places(list, field, isWanted);
      }),
    );
    return lists.flat().sort((a, b) => a.document - b.document);
  }

  // Loads the days of all documents. Several searches can need them at the same time.
  loadDays() {
    const read = async ({ facets }) => new Reader(bytesOf((await this.files.json(facets)).days));
    this.loading ??= Promise.all(this.parts.map(read)).then((readers) => this.#readDays(readers));
    this.loading.catch(() => (this.loading = undefined));
    return this.loading;
  }

  #readDays(readers) {
    this.opened = [];
    this.lags = [];
    this.places = [];
    readers.forEach((reader, at) => {
      const part = this.parts[at];
      const isLayer = part === this.layer;
      const documents = isLayer
        ? Array.from({ length: this.#inLayer() }, (_, local) => this.#fromLayer(local))
        : Array.from({ length: part.documents }, (_, local) => part.base + local);
      let day = 0;
      for (const document of documents) {
        // The first day of a partition can be before 1970.
        const step = reader.number();
        day += step % 2 ? -(step + 1) / 2 : step / 2;
        this.opened[document] = day;
      }
      for (const document of documents) this.lags[document] = reader.number();
      for (const document of documents) this.places[document] = isLayer ? reader.number() : (reader.number() + 1) * GAP - 1;
    });
  }

  // Returns the number of documents in the layer.
  #inLayer() {
    return this.replaced.size + this.documents - this.layer.base;
  }

  // Returns the document that has the number `local` in the layer.
  #fromLayer(local) {
    return this.layer.replaced[local] ?? this.layer.base + local - this.replaced.size;
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
    return !/\p{White_Space}/u.test(name) || this.parts.some(({ spaced }) => spaced);
  }

  // Returns the services that the service `id` is a module of.
  within(id) {
    return this.services.get(id)?.within ?? [];
  }

  // Returns the part of the index with the current values of a document, and the document's number in it.
  locate(document) {
    const replaced = this.replaced.get(document);
    if (replaced !== undefined) return { part: this.layer, local: replaced };
    const part = this.parts.findLast(({ base }) => base <= document);
    return { part, local: document - part.base + (part === this.layer ? this.replaced.size : 0) };
  }

  // Returns the chunks with the result of a document, and the result's number in them. They are always current.
  result(document) {
    const { chunks, base } = this.parts.findLast(({ base }) => base <= document);
    return { chunks, local: document - base };
  }

  // Returns the documents of a part of the index that have `term`. Those of the layer have their numbers there as well.
  async #list(part, term) {
    const at = countUpTo(part.terms, term) - 1;
    if (at < 0) return null;
    const shard = await this.#shard(nameAt(part.shards, at));
    const found = shard.terms.get(term);
    if (!found) return null;
    const reader = new Reader(shard.steps);
    reader.at = found.steps;
    const postings = [];
    let number = 0;
    for (let nth = 0; nth < found.count; nth += 1) {
      const head = reader.number();
      number += head >> 1;
      const title = head & 1 ? reader.byte() : 0;
      const at = part === this.layer ? { document: this.#fromLayer(number), local: number } : { document: part.base + number };
      postings.push({ ...at, impact: shard.impacts[found.first + nth], title });
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

  // Returns those of `postings` in the layer that have `term` in `field`, with the positions.
  async #placesInLayer(term, postings, field) {
    const files = new Map();
    for (const { local } of postings) {
      const at = Math.floor(local / PLACES);
      files.set(at, this.files.bytes(nameAt(this.layer.places, at)));
    }
    const found = await Promise.all(
      postings.map(async (posting) => {
        const reader = new Reader(await files.get(Math.floor(posting.local / PLACES)));
        for (let left = posting.local % PLACES; left > 0; left -= 1) reader.take(reader.number());
        const terms = new Terms(new Reader(reader.take(reader.number())));
        // The document has the term, so this ends.
        for (;;) {
          const isTerm = terms.next() === term;
          const own = terms.reader.take(terms.reader.number());
          if (isTerm) return { ...posting, places: placesIn(own, field) };
        }
      }),
    );
    return found.filter(({ places }) => places.size > 0);
  }

  async #places({ postings, first, pieces }, field, isWanted) {
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
