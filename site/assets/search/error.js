// The errors of a search.

import { columns } from "./text.js";

// The number of characters of a long query that are shown on each side of the place.
const AROUND = 50;

// The index on the server was replaced after the page was loaded.
export class Changed extends Error {}
// A file of the index is still damaged after it was fetched again.
export class Damaged extends Error {
  constructor(file = "i/") {
    super(`${file} is damaged`);
    this.file = file;
  }
}
// The index cannot be read.
export class Unreadable extends Error {}

// An error in a query, with its place and a suggestion (src/query/error.rs).
export class QueryError extends Error {
  // `start` and `end` are offsets in `query`.
  constructor(query, start, end, message, help) {
    super(message);
    this.help = help;
    const plain = (characters) => characters.map((c) => (/\p{Cc}/u.test(c) ? " " : c)).join("");
    const before = [...query.slice(0, start)];
    const cutBefore = before.length > AROUND;
    const after = [...query.slice(start, start + 2 * AROUND + 2)];
    const cutAfter = after.length > AROUND;
    const shown = after.slice(0, AROUND);
    const length = [...query.slice(start, Math.min(end, start + 2 * AROUND))].length;
    this.before = (cutBefore ? "…" : "") + plain(cutBefore ? before.slice(-AROUND - 1) : before);
    this.marked = plain(shown.slice(0, length));
    this.after = plain(shown.slice(length)) + (cutAfter ? "…" : "");
  }

  // Returns the query around the place, with carets under the place.
  get lines() {
    const carets = "^".repeat(Math.max(1, columns(this.marked)));
    return [this.before + this.marked + this.after, " ".repeat(columns(this.before)) + carets];
  }

  // Formats the error as the command line does.
  toString() {
    const [shown, carets] = this.lines;
    return `${this.message}\n  ${shown}\n  ${carets}\nhelp: ${this.help}`;
  }
}

// An error in a value, before its place is known.
export class Refusal extends Error {
  constructor(message, help) {
    super(message);
    this.help = help;
  }
}

// Shortens `text` so that it can still be recognised.
export const shortened = (text) => {
  const characters = [...text];
  return characters.length > 40 ? `${characters.slice(0, 40).join("")}…` : text;
};
