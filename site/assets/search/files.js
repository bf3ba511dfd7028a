// The files of the index (see src/search/published). Each file is fetched once. All names except the first depend on
// the content, so browsers can cache these files for ever. The files are compressed.

import { Changed, Damaged, Unreadable } from "./error.js";

export const VERSION = 9;

const unpack = (bytes) =>
  new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer();

export class Files {
  constructor(base) {
    this.base = base;
    this.kept = new Map();
  }

  async manifest() {
    const answer = await this.#fetch("index.json", { cache: "no-cache" }, Unreadable);
    const { version, manifest } = await answer.json().catch(() => {
      throw new Unreadable("index.json is no JSON");
    });
    if (version !== VERSION) throw new Changed(`index.json has version ${version}`);
    return this.json(manifest);
  }

  // Returns the bytes of the file `name`, without the version at the beginning.
  bytes(name) {
    return this.#once(name, async () => {
      const file = `i/${name}.bin`;
      // The browser caches a damaged file for ever unless the page asks for a fresh one.
      const bytes = (await this.#unpacked(file, {})) ?? (await this.#unpacked(file, { cache: "reload" }));
      if (!bytes) throw new Damaged(file);
      return bytes;
    });
  }

  // Returns null if the file is damaged.
  async #unpacked(file, options) {
    const packed = await (await this.#fetch(file, options, Changed)).arrayBuffer();
    const bytes = await unpack(packed).then((all) => new Uint8Array(all), () => []);
    return bytes[0] === VERSION ? bytes.subarray(1) : null;
  }

  json(name) {
    return this.#once(`json ${name}`, async () => {
      const text = new TextDecoder().decode(await this.bytes(name));
      try {
        return JSON.parse(text);
      } catch {
        throw new Damaged(`i/${name}.bin`);
      }
    });
  }

  #once(name, read) {
    if (!this.kept.has(name)) {
      const file = read();
      file.catch(() => this.kept.delete(name));
      this.kept.set(name, file);
    }
    return this.kept.get(name);
  }

  async #fetch(name, options, problem) {
    let answer;
    try {
      answer = await fetch(new URL(name, this.base), options);
    } catch (error) {
      throw new Unreadable(`${name}: ${error.message}`);
    }
    if (!answer.ok) throw new problem(`${name}: ${answer.status}`);
    return answer;
  }
}

// Reads small numbers and texts from the beginning of bytes.
export class Reader {
  constructor(bytes) {
    this.data = bytes;
    this.at = 0;
  }

  byte() {
    if (this.at >= this.data.length) throw new Damaged();
    return this.data[this.at++];
  }

  // Each byte has seven bits of a number, the lowest bits first.
  number() {
    let number = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      number += (byte & 0x7f) * factor;
      if (byte < 0x80) return number;
    }
  }

  take(length) {
    if (this.at + length > this.data.length) throw new Damaged();
    this.at += length;
    return this.data.subarray(this.at - length, this.at);
  }
}

// Splits names that are concatenated.
export const NAME = 10;
export const nameAt = (names, at) => names.slice(NAME * at, NAME * at + NAME);

// The name of a chunk is a short hash, and its place among the chunks.
const CHUNK_HASH = 6;
export const chunkAt = (hashes, at) => hashes.slice(CHUNK_HASH * at, CHUNK_HASH * at + CHUNK_HASH) + at;

// Reads terms. Each term is stored without the beginning that it has in common with the previous term.
export class Terms {
  constructor(reader) {
    this.reader = reader;
    this.last = new Uint8Array(0);
    this.decoder = new TextDecoder();
  }

  next() {
    const shared = this.reader.number();
    const rest = this.reader.take(this.reader.number());
    const bytes = new Uint8Array(shared + rest.length);
    bytes.set(this.last.subarray(0, shared));
    bytes.set(rest, shared);
    this.last = bytes;
    return this.decoder.decode(bytes);
  }
}
