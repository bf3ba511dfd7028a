// What is known of each document beside its words, in columns (src/search/published/columns.rs). Columns are fetched
// when a query asks for them.

export class Columns {
  constructor(index, facets) {
    this.index = index;
    // Keys that share a file, since results show how many have which.
    this.facets = facets;
    this.loaded = new Map();
  }

  // Fetches the columns `keys`. One that no document has anything in does not exist.
  async load(keys) {
    await Promise.all(
      [...new Set(keys)].map(async (key) => {
        if (this.loaded.has(key)) return;
        const parts = await Promise.all(this.index.partitions.map((partition) => this.#part(partition, key)));
        this.loaded.set(key, parts);
      }),
    );
  }

  async #part(partition, key) {
    const name = this.facets.includes(key) ? partition.facets : own(partition.columns, key);
    if (!name) return null;
    const file = await this.index.files.json(name);
    const column = this.facets.includes(key) ? own(file, key) : file;
    return column && expanded(column);
  }

  #at(key, document) {
    const { partition, local } = this.index.locate(document);
    return [this.loaded.get(key)?.[this.index.partitions.indexOf(partition)], local];
  }

  // The texts of a document: [{ text, small, instant }].
  texts(key, document) {
    const [column, local] = this.#at(key, document);
    return (column?.rows?.[local] ?? []).map((number) => column.values[number - 1]);
  }

  // A time, or null.
  time(key, document) {
    const [column, local] = this.#at(key, document);
    return column?.times?.[local] ?? null;
  }

  // A number, or null.
  count(key, document) {
    const [column, local] = this.#at(key, document);
    return column?.counts?.[local] ?? null;
  }
}

// What `object` itself has; `constructor` is nothing special.
const own = (object, key) => (Object.hasOwn(object, key) ? object[key] : undefined);

// The number that a character of a row stands for.
const numberOf = (sign) => {
  const code = sign.codePointAt(0);
  const joined = code < 0xe000 ? code : code - 0x800;
  return joined - 0x23 - (joined > 0x5c ? 1 : 0);
};

// Values are numbered from 1; the times of a column are steps from one to the next.
const expanded = ({ values, instants, several, rows, times, nanoseconds, counts }) => {
  if (times) {
    let last = 0;
    const all = times.map((step) => (step === null ? null : [(last += step), 0]));
    Object.entries(nanoseconds ?? {}).forEach(([local, rest]) => (all[local][1] = rest));
    return { times: all };
  }
  if (counts) return { counts };
  return {
    rows: (several ? rows.split("#") : [...rows]).map((row) => [...row].map(numberOf).filter((number) => number > 0)),
    values: values.map((text, at) => ({ text, small: text.toLowerCase(), instant: instants?.[at] ?? null })),
  };
};
