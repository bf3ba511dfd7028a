// Looks up the ids of tickets and articles in the search index of the site.

import { openIndex } from "./index.js";

export class References {
  constructor(index) {
    this.index = index;
    // Whether the site has an id, for each id that was looked up.
    this.known = new Map();
  }

  // Looks up ids. Returns whether some were new. Without an index, ids are not checked.
  async load(ids) {
    const all = ids.filter((id) => !this.known.has(id));
    if (!all.length) return false;
    const engine = await openIndex(this.index);
    await Promise.all(all.map(async (id) => this.known.set(id, await engine.hasName(id))));
    return true;
  }

  // Returns false if the site has no ticket or article with this id.
  has(id) {
    return this.known.get(id) ?? true;
  }
}
