// The index that a page searches. It is opened by the first search, and again if it was replaced.

import { Changed, Engine } from "./engine.js";

export class Session {
  #index;
  #opened = null;

  constructor(index) {
    this.#index = index;
  }

  // Opens the index, so that the first search is faster.
  open() {
    this.#opened ??= Engine.open(this.#index);
    this.#opened.catch(() => (this.#opened = null));
    return this.#opened;
  }

  // Searches for `text` and loads the data of the first `most` results.
  async ask(text, { most, ...options }) {
    const once = async () => {
      const index = await this.open();
      const result = await index.search(text, options);
      return { ...result, index, shown: await Promise.all(result.hits.slice(0, most).map((hit) => index.shown(hit))) };
    };
    try {
      return await once();
    } catch (error) {
      if (!(error instanceof Changed)) throw error;
      this.#opened = null;
      return once();
    }
  }

  // Searches for a query, in the same way while the user types and after that. If no result has all words as they are, the
  // last word may be incomplete: its beginning is better than a correction.
  async answer(text, options) {
    const result = await this.ask(text, options);
    if (result.complete && !result.corrected.size) return result;
    const begun = await this.ask(text, { ...options, typing: true });
    const isBetter = !result.complete || begun.corrected.size < result.corrected.size;
    return begun.complete && isBetter ? begun : result;
  }
}
