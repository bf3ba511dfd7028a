// The search on a static site. It reads the published index and gives the same tickets in the same order as `casebook
// search`.

import { Columns } from "./columns.js";
import { Dictionary } from "./dictionary.js";
import { Changed, Damaged, Files, nameInGroup } from "./files.js";
import { Filter, asksForTimes, columnsOf } from "./filter.js";
import { Search } from "./find.js";
import { Index } from "./index.js";
import { parse, parseUnfinished } from "./query.js";
import { compare } from "./text.js";

// The number of documents whose results are in one file.
const CHUNK = 16;

export class Engine {
  constructor(files, manifest) {
    this.index = new Index(files, manifest);
    this.dictionary = new Dictionary(files, manifest.words);
    this.facetKeys = manifest.language.keys.filter(({ facet }) => facet);
    this.columns = new Columns(this.index, this.facetKeys.map(({ name }) => name));
    this.manifest = manifest;
    this.services = this.index.services;
  }

  static async open(base) {
    const files = new Files(base);
    return new Engine(files, await files.manifest());
  }

  // Searches for `text`: { query, hits, corrected }. If `typing`, the last word may be incomplete. `now` is in seconds.
  async search(text, { typing = false, now = Math.floor(Date.now() / 1000) } = {}) {
    const query = (typing ? parseUnfinished : parse)(text, this.manifest.language);
    // Only queries about times need the time zone rules.
    const rules = asksForTimes(query) ? this.index.files.json(this.manifest.zone) : null;
    const [zone] = await Promise.all([rules, this.columns.load(columnsOf(query))]);
    const filter = new Filter(this.index, this.columns, { now, zone }, this.manifest.language.keys);
    const search = new Search(this.index, this.dictionary, (test, document) => filter.holds(test, document));
    const hits = await search.find(query.expr);
    if (query.sort.length) hits.sort((a, b) => filter.compare(query.sort, a, b));
    return { query, hits, corrected: search.corrected };
  }

  // Returns the data that results show for a document.
  async shown({ document }) {
    const { partition, local } = this.index.locate(document);
    const chunk = await this.index.files.json(nameInGroup(partition.chunks, Math.floor(local / CHUNK)));
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

export { Changed, Damaged };
