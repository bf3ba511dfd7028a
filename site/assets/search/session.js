// The index that a page searches. The first search loads the engine and opens the index. It is opened again if it was replaced.

import { Changed } from "./error.js";

// Loads the engine. All its modules are requested at once if the page lists them.
const load = async () => {
  const modules = document.getElementById("engine-modules");
  if (modules) document.head.append(modules.content);
  const [{ Engine }, { ageReadings }, { Marks }] = await Promise.all([
    import("./engine.js"), import("./filter.js"), import("./marks.js"),
  ]);
  return { Engine, ageReadings, Marks };
};

export class Session {
  #index;
  #opened = null;

  constructor(index) {
    this.#index = index;
  }

  // Opens the index, so that the first search is faster.
  open() {
    this.#opened ??= load().then(async (engine) => ({ ...engine, index: await engine.Engine.open(this.#index) }));
    this.#opened.catch(() => (this.#opened = null));
    return this.#opened;
  }

  // Searches for `text` and loads the data of the first `most` results. The result has also the marks of what matches, and
  // the comparisons with an age.
  async ask(text, { most, ...options }) {
    const once = async () => {
      const { index, Marks, ageReadings } = await this.open();
      const result = await index.search(text, options);
      const shown = await Promise.all(result.hits.slice(0, most).map((hit) => index.shown(hit)));
      const marks = new Marks(result.marked, result.corrected);
      return { ...result, index, shown, marks, ages: ageReadings(result.query) };
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
