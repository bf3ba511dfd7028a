// A mistake in a query, with its place and the nearest valid form (src/query/error.rs).

import { columns } from "./text.js";

// How much of a long query is shown around the place, in characters on each side.
const AROUND = 50;

export class QueryError extends Error {
  // `start` and `end` are places in `query`.
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

  // The query around the place, and carets under it.
  get lines() {
    const carets = "^".repeat(Math.max(1, columns(this.marked)));
    return [this.before + this.marked + this.after, " ".repeat(columns(this.before)) + carets];
  }

  // As the command line shows it.
  toString() {
    const [shown, carets] = this.lines;
    return `${this.message}\n  ${shown}\n  ${carets}\nhelp: ${this.help}`;
  }
}

// What is wrong with a value, before its place is known.
export class Refusal extends Error {
  constructor(message, help) {
    super(message);
    this.help = help;
  }
}

// Enough of `text` to recognise it.
export const shortened = (text) => {
  const characters = [...text];
  return characters.length > 40 ? `${characters.slice(0, 40).join("")}…` : text;
};
