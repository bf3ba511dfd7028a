// Columns: the values of documents other than words (src/search/published/columns.rs). A column is fetched when a query
// needs it.

export class Columns {
  constructor(index, facets) {
    this.index = index;
    // The keys of the facets share a file, because the results show their counts.
    this.facets = facets;
    this.loaded = new Map();
  }

  // Fetches the columns `keys`. A column without any values does not exist.
  async load(keys) {
    await Promise.all(
      [...new Set(keys)].map(async (key) => {
        if (this.loaded.has(key)) return;
        const parts = await Promise.all(this.index.parts.map(async (part) => [part, await this.#part(part, key)]));
        this.loaded.set(key, new Map(parts));
      }),
    );
  }

  async #part({ facets, columns }, key) {
    const { files } = this.index;
    let column;
    if (this.facets.includes(key)) column = own((await files.json(facets)).columns, key);
    // The columns of the layer share a file.
    else if (typeof columns === "string") column = own(await files.json(columns), key);
    else if (own(columns, key)) column = await files.json(columns[key]);
    return column ? expanded(column) : null;
  }

  #at(key, document) {
    const { part, local } = this.index.locate(document);
    return [this.loaded.get(key)?.get(part), local];
  }

  // Returns the texts of a document: [{ text, small, instant }].
  texts(key, document) {
    const [column, local] = this.#at(key, document);
    return (column?.rows?.[local] ?? []).map((number) => column.values[number - 1]);
  }

  // Returns a time, or null.
  time(key, document) {
    const [column, local] = this.#at(key, document);
    return column?.times?.[local] ?? null;
  }

  // Returns a number, or null.
  count(key, document) {
    const [column, local] = this.#at(key, document);
    return column?.counts?.[local] ?? null;
  }
}

// Reads only an object's own properties, so that `constructor` is not special.
const own = (object, key) => (Object.hasOwn(object, key) ? object[key] : undefined);

// Returns the number for a character of a row.
const numberOf = (sign) => {
  const code = sign.codePointAt(0);
  const joined = code < 0xe000 ? code : code - 0x800;
  return joined - 0x23 - (joined > 0x5c ? 1 : 0);
};

// Returns the bytes that a text has, one character each.
export const bytesOf = (text) => Uint8Array.from(text, numberOf);

// Values are numbered from 1; a column of times has the differences between successive times.
const expanded = ({ values, instants, lengths, rows, times, nanoseconds, counts }) => {
  if (times) {
    let last = 0;
    const all = times.map((step) => (step === null ? null : [(last += step), 0]));
    Object.entries(nanoseconds ?? {}).forEach(([local, rest]) => (all[local][1] = rest));
    return { times: all };
  }
  if (counts) return { counts };
  const numbers = Array.from(rows, numberOf);
  let at = 0;
  return {
    rows: lengths
      ? Array.from(lengths, (sign) => numbers.slice(at, (at += numberOf(sign))))
      : numbers.map((number) => (number > 0 ? [number] : [])),
    values: values.map((text, at) => ({ text, small: text.toLowerCase(), instant: instants?.[at] ?? null })),
  };
};
