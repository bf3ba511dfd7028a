// Splits the text of a query into words and signs (src/query/lexer.rs).

import { QueryError, Refusal, shortened } from "./error.js";
import { nearest, trim } from "./text.js";
import { scan } from "./tokens.js";
import { isTime, missing, readTest, unknownValue } from "./value.js";

// The largest number of words and values in a query.
const MOST_TERMS = 256;

// The help for a query that is too long.
export const TOO_MUCH_HELP = "search for a few specific words, or use `similar` with the whole text";

// Counts the words of `text` for the limit: one for each position, and one for a text without words.
const words = (text) => Math.max(1, scan(text, () => {}));

const written = (name) => name.toLowerCase().replaceAll("-", "_");

// Returns the key with the name `name`: a row of `language` with its `column`, and `isField` for a field of a template.
// `language` is the output of src/search/published/language.rs: { keys: [{ name, alias, former, kind, choices, words,
// after, facet }], fields: [{ name, kind }], meant: { word: condition } }. If a former name was used, the row has it as `renamed`.
const findKey = (name, { keys, fields }) => {
  const wanted = written(name);
  const key = keys.find((row) => row.name === wanted || row.alias === wanted);
  if (key) return { ...key, column: key.name };
  const field = wanted.startsWith("fields.") ? wanted.slice("fields.".length) : wanted;
  const found = fields.find((known) => written(known.name) === field);
  if (found) {
    const taken = keys.some((row) => row.name === found.name || row.alias === found.name);
    const column = `fields.${found.name}`;
    return { ...found, name: taken ? column : found.name, column, isField: true };
  }
  const renamed = keys.find((row) => row.former?.includes(wanted));
  return renamed ? { ...renamed, column: renamed.name, renamed: name } : null;
};

// Returns the beginning of `text` up to a space, a quote or a parenthesis. `()` directly after a word belongs to the word.
const plain = (text) => /^(?:[^\p{White_Space}()"]+(?:\(\))*)*/u.exec(text)[0];
// Returns the same as `plain`, but also ends at a comma.
const plainValue = (text) => /^[^\p{White_Space}()",]*/u.exec(text)[0];

// Returns whether `text` begins with an option of a command, such as `--force` or `-f`.
const isOption = (text) => /^-(?:-|[\p{Alphabetic}\p{N}](?:$|[\p{White_Space}()"]))/u.test(text);

// Removes duplicates from `all`.
export const different = (all) => {
  const what = (key, value) => (["start", "end", "key"].includes(key) ? undefined : value);
  const known = new Map();
  for (const one of all) {
    const text = JSON.stringify(one, what);
    if (!known.has(text)) known.set(text, one);
  }
  return [...known.values()];
};

export class Lexer {
  constructor(text, language) {
    this.text = text;
    this.language = language;
    this.at = 0;
    // The number of words and values so far.
    this.terms = 0;
    // Keys that were written with a former name: { former, name }.
    this.renamed = [];
  }

  // Returns the next word or sign, with its `start` and `end`, or null at the end. Kinds are "(", ")", "-", "+",
  // "AND", "OR", "text", "field" and "sort".
  next() {
    const spaces = /\p{White_Space}*/uy;
    spaces.lastIndex = this.at;
    spaces.test(this.text);
    this.at = spaces.lastIndex;
    if (this.at >= this.text.length) return null;
    const start = this.at;
    const lexeme = this.#lexeme();
    if (lexeme.kind === "text") {
      const { word, phrase, prefix } = lexeme.text;
      this.#count(words(word ?? phrase ?? prefix), start);
    }
    return { ...lexeme, start, end: this.at };
  }

  // Counts more words or values, which begin at `start`.
  #count(more, start) {
    this.terms += more;
    if (this.terms > MOST_TERMS) {
      const message = `too many words and values: the limit is ${MOST_TERMS}`;
      throw this.#error(start, this.at, new Refusal(message, TOO_MUCH_HELP));
    }
  }

  #rest() {
    return this.text.slice(this.at);
  }

  #error(start, end, { message, help }) {
    return new QueryError(this.text, start, end, message, help);
  }

  #lexeme() {
    const first = this.text[this.at];
    const rest = this.#rest();
    const isSign = first === "(" || first === ")" || (first === "-" && !isOption(rest)) || /^\+\p{Alphabetic}/u.test(rest);
    if (isSign) {
      this.at += 1;
      return { kind: first };
    }
    if (first === '"') return { kind: "text", text: { phrase: this.#phrase() } };
    return this.#field() ?? this.#word();
  }

  // Reads a quoted text; the next character is the quote.
  #phrase() {
    const start = this.at;
    let text = "";
    for (let at = start + 1; at < this.text.length; at += 1) {
      const c = this.text[at];
      if (c === '"') {
        this.at = at + 1;
        if (!trim(text)) {
          const help = "write words between the quotes, or remove them";
          throw this.#error(start, this.at, new Refusal("the quotes are empty", help));
        }
        return text;
      }
      if (c === "\\" && ['"', "\\"].includes(this.text[at + 1])) at += 1;
      text += this.text[at];
    }
    const words = trim(text);
    let help = "remove the quote";
    if ([...words].length > 60) {
      const first = words.split(/\p{White_Space}/u)[0];
      help = `close the quote after the last word of the phrase: \`"${shortened(first)}…"\``;
    } else if (words) {
      help = `close the quote: \`"${words}"\``;
    }
    throw this.#error(start, this.text.length, new Refusal("missing closing quote", help));
  }

  // Reads a word up to a space, a parenthesis or a quote.
  #word() {
    const word = plain(this.#rest());
    this.at += word.length;
    if (word === "OR" || word === "AND") return { kind: word };
    if (word === "NOT") return { kind: "-" };
    const stem = word.replace(/\*+$/, "");
    return { kind: "text", text: stem.length < word.length ? { prefix: stem } : { word } };
  }

  // Reads a key with its values, if there is one.
  #field() {
    const [, name] = /^([A-Za-z][A-Za-z0-9_.-]*):/.exec(this.#rest()) ?? [];
    if (!name) return null;
    const after = this.text.slice(this.at + name.length + 1);
    // `std::vec` and `https://x` are not keys.
    if (after.startsWith(":") || after.startsWith("//") || /^\p{White_Space}/u.test(after)) return null;
    const key = findKey(name, this.language);
    if (!key) {
      this.#refuseUnknown(name, after);
      return null;
    }
    const begin = this.at;
    this.at += name.length + 1;
    if (key.renamed && !this.renamed.some(({ former }) => former === key.renamed)) {
      this.renamed.push({ former: key.renamed, name: key.name });
    }
    if (key.kind === "sort") return this.#sort(key);
    const anyOf = [];
    for (const { text, quoted, start, end } of this.#values(key)) {
      try {
        anyOf.push(readTest(text, quoted, key, this.language));
      } catch (problem) {
        if (!(problem instanceof Refusal)) throw problem;
        // A number after the colon, as in `status:500 from gateway`, makes it a word of a message.
        // A wrong time stays an error: as a word it would find nothing and say nothing.
        if (/^[0-9]/.test(after) && !isTime(key.kind)) {
          this.at = begin;
          return null;
        }
        if (quoted) throw this.#error(start, end, problem);
        const word = shortened(plain(this.text.slice(begin)));
        const help = `${problem.help}; to search for the words, quote them: \`"${word}"\``;
        throw this.#error(start, end, new Refusal(problem.message, help));
      }
      if (key.kind === "person" && !quoted && text === "me") {
        const help = `write the id of a person: \`${key.name}:mei\``;
        throw this.#error(start, end, new Refusal("`me` is not available here", help));
      }
    }
    return { kind: "field", field: key.column, key, anyOf: different(anyOf) };
  }

  // Throws if `name:` is an error and not just a word with a colon.
  #refuseUnknown(name, after) {
    const value = plain(after);
    const isPath = /^[/\\]/.test(after);
    const isDotted = name.includes(".") && !name.toLowerCase().startsWith("fields.");
    if (isPath || isDotted || (!value && !after.startsWith('"'))) return;
    const { keys, fields } = this.language;
    const known = fields.map((field) => (name.includes(".") ? `fields.${field.name}` : field.name));
    if (/^[0-9]/.test(value)) return;
    const near = nearest(name, [...keys.map((row) => row.name), ...known]);
    const word = `${name}:${shortened(value)}`;
    const help = near
      ? `did you mean \`${near}:\`? To search for the word itself, quote it: \`"${word}"\``
      : `to search for the word itself, quote it: \`"${word}"\``;
    throw this.#error(this.at, this.at + name.length, new Refusal(`unknown key \`${shortened(name)}\``, help));
  }

  // Reads the values of `key`, which are separated by commas.
  #values(key) {
    const found = [];
    for (;;) {
      const start = this.at;
      const quoted = this.text[this.at] === '"';
      const text = quoted ? this.#phrase() : plainValue(this.#rest());
      if (!quoted) this.at += text.length;
      if (!text) {
        const refusal = found.length
          ? new Refusal(
              "missing value after the comma",
              "write a value directly after the comma, or remove the comma",
            )
          : missing(key);
        throw this.#error(start - 1, start, refusal);
      }
      this.#count(key.kind === "words" ? words(text) : 1, start);
      found.push({ text, quoted, start, end: this.at });
      if (this.text[this.at] !== ",") return found;
      this.at += 1;
    }
  }

  #sort(key) {
    const sort = this.#values(key).map(({ text, start, end }) => {
      const descending = text.startsWith("-");
      const name = descending ? text.slice(1) : text;
      const by = key.choices.find((choice) => choice === name.replace(/[A-Z]/g, (c) => c.toLowerCase()));
      if (by === undefined) throw this.#error(start, end, unknownValue(name, key, this.language));
      return { by, descending };
    });
    // Sorting by the same key a second time has no effect.
    return { kind: "sort", sort: sort.filter(({ by }, at) => sort.findIndex((key) => key.by === by) === at) };
  }
}
