// Parses the query language (src/query/parser.rs describes the grammar).
//
// A query is { text, expr, required, sort: [{ by, descending }], order, renamed }. `required` has the words that every
// result must have, `order` is the sort in query syntax, and `renamed` has the keys that were written with a former name. A
// pasted text is { text, pasted: true, sort: [], renamed: [] }. An expression is { and: […] }, { or: […] }, { not }, {
// text } (that is { word }, { phrase } or { prefix }) or { field, key, anyOf }; null matches everything. Each term has
// its `start` and `end`.

import { QueryError, shortened } from "./error.js";
import { Lexer, TOO_MUCH_HELP, different } from "./lexer.js";
import { bytes, fitting, trim } from "./text.js";

const LONGEST_QUERY = 16 * 1024;
const DEEPEST_GROUP = 64;

const read = (text, language) => {
  const length = bytes(text);
  if (length > LONGEST_QUERY) {
    const message = `query has ${length} bytes; the limit is ${LONGEST_QUERY}`;
    throw new QueryError(text, fitting(text, LONGEST_QUERY), text.length, message, TOO_MUCH_HELP);
  }
  return new Parser(text, language).query();
};

// Removes adjacent duplicates from `expr`.
const tidy = (expr) => {
  if (expr?.not) return { ...expr, not: tidy(expr.not) };
  const kind = ["and", "or"].find((known) => expr?.[known]);
  if (!kind) return expr;
  const { start, end } = expr;
  const found = joined(different(flat(expr[kind].map(tidy), kind)), kind);
  return start === undefined ? found : { ...found, start, end };
};

export const parse = (text, language) => {
  const query = read(text, language);
  return { ...query, expr: tidy(query.expr) };
};

// A query with a line break or with more characters is a pasted text.
const LONGEST_WORDS = 200;

// Parses a query whose words are a question. If `typing`, the last word may be incomplete.
export const parseQuestion = (text, language, typing) => {
  const trimmed = trim(text);
  const isText = /[\n\r]/.test(trimmed) || [...trimmed].length > LONGEST_WORDS;
  if (isText && bytes(trimmed) <= LONGEST_QUERY) {
    return { text: trimmed, pasted: true, expr: null, required: [], sort: [], order: "", renamed: [] };
  }
  return typing ? parseUnfinished(text, language) : parse(text, language);
};

// Splits a query into the words of a question and the conditions that every result must meet: { words, conditions }.
export const questionOf = ({ expr, required }) => {
  const all = expr?.and ?? (expr ? [expr] : []);
  const isRequired = (text) => required.some((one) => one.word === text.word && one.prefix === text.prefix);
  const isWord = ({ text }) => text && text.phrase === undefined && !isRequired(text);
  const conditions = all.filter((one) => !isWord(one));
  return {
    words: all.filter(isWord).map(({ text }) => text),
    conditions: conditions.length > 1 ? { and: conditions } : (conditions[0] ?? null),
  };
};

// Parses a query while the user types: the last word may be incomplete and is read as if a star followed it.
export const parseUnfinished = (text, language) => {
  const query = parse(text, language);
  const { text: last, end } = lastOf(query.expr) ?? {};
  const isUnfinished = end === text.length && /[\p{Alphabetic}\p{N}]$/u.test(text) && [...(last?.word ?? "")].length >= 2;
  try {
    return isUnfinished ? withUnfinished(parse(`${text}*`, language), last.word) : query;
  } catch {
    // `port:8080` is a word, but `port:8080*` has an unknown key.
    return query;
  }
};

// Marks the last word of `query`, a prefix, as the beginning of `word`.
const withUnfinished = (query, word) => {
  const last = lastOf(query.expr);
  if (last?.text?.prefix !== undefined) last.text.unfinished = word;
  return query;
};

const lastOf = (expr) => {
  const parts = expr?.and ?? expr?.or;
  return parts ? lastOf(parts.at(-1)) : expr;
};

const flat = (all, kind) => all.flatMap((expr) => expr[kind] ?? [expr]);
const joined = (all, kind) => (all.length === 1 ? all[0] : { [kind]: flat(all, kind) });

class Parser {
  constructor(text, language) {
    this.text = text;
    this.lexer = new Lexer(text, language);
    this.sort = [];
    this.required = [];
    this.order = "";
    this.depth = 0;
    this.next = this.lexer.next();
  }

  query() {
    const expr = this.any();
    if (this.next) {
      const help = "remove it, or add an opening parenthesis; to search for the character, quote the word";
      throw this.error(this.next, "unmatched closing parenthesis", help);
    }
    const { text, required, sort, order } = this;
    return { text, expr, required, sort, order, renamed: this.lexer.renamed };
  }

  error({ start, end }, message, help) {
    return new QueryError(this.text, start, end, message, help);
  }

  advance() {
    const now = this.next;
    this.end = now?.end;
    this.next = this.lexer.next();
    return now;
  }

  // Reads alternatives. Returns null if there is nothing except perhaps a `sort:`.
  any() {
    const found = [];
    let operator = null;
    for (;;) {
      const one = this.all();
      const or = this.next?.kind === "OR" ? this.advance() : null;
      if (one) found.push(one);
      else if (or || operator) throw this.lone(or ?? operator, "OR");
      else return null;
      if (!or) return joined(found, "or");
      operator = or;
    }
  }

  // Reads terms next to each other.
  all() {
    const found = [];
    let operator = null;
    while (this.next && this.next.kind !== "OR" && this.next.kind !== ")") {
      if (this.next.kind === "AND") {
        const and = this.advance();
        if (!found.length || operator) throw this.lone(and, "AND");
        this.require(found.at(-1));
        operator = and;
      } else if (this.next.kind === "sort") {
        this.takeSort();
      } else {
        const { start } = this.next;
        const term = this.term();
        if (operator) this.require(term);
        found.push({ ...term, start, end: this.end });
        operator = null;
      }
    }
    if (operator) throw this.lone(operator, "AND");
    return found.length ? joined(found, "and") : null;
  }

  // Records that every result must have the words of `term`.
  require({ text }) {
    if (text && text.phrase === undefined) this.required.push(text);
  }

  term() {
    const lexeme = this.advance();
    switch (lexeme?.kind) {
      case "text":
        if (lexeme.text.prefix === "") {
          const help = "write the beginning of a word, as in `expor*`, or remove the star; an empty query finds everything";
          throw this.error(lexeme, "missing beginning of a word before `*`", help);
        }
        return { text: lexeme.text };
      case "field":
        return { field: lexeme.field, key: lexeme.key, anyOf: lexeme.anyOf };
      case "-":
        return this.negated(lexeme);
      case "+": {
        const term = this.term();
        this.require(term);
        return term;
      }
      case "(":
        return this.group(lexeme);
      default: {
        const end = { start: this.text.length, end: this.text.length };
        throw this.error(lexeme ?? end, lexeme ? "missing word" : "the query is incomplete", "add a word");
      }
    }
  }

  // Reads the term after `-` or `NOT`.
  negated(sign) {
    const written = this.text.slice(sign.start, sign.end);
    const kind = this.next?.kind;
    if (kind === "sort") throw this.error(sign, "`sort:` cannot be negated", "reverse the order with `sort:-created`");
    const touches = written === "NOT" || this.next?.start === sign.end;
    if (!kind || ["OR", "AND", ")"].includes(kind) || !touches) throw this.lone(sign, written);
    this.deeper(sign);
    const not = this.term();
    this.depth -= 1;
    return { not };
  }

  // Reads the text between a parenthesis and its closing parenthesis.
  group(open) {
    this.deeper(open);
    const inner = this.any();
    this.depth -= 1;
    const close = this.advance();
    if (close?.kind !== ")") {
      const whole = this.text.slice(open.start).replace(/\p{White_Space}+$/u, "");
      throw this.error(open, "missing closing parenthesis", `close the group: \`${shortened(whole)})\``);
    }
    if (!inner) {
      const help = "write a word between the parentheses, or remove them";
      throw this.error({ start: open.start, end: close.end }, "the parentheses are empty", help);
    }
    return inner;
  }

  deeper(at) {
    this.depth += 1;
    if (this.depth > DEEPEST_GROUP) {
      const message = `groups are nested too deep: the limit is ${DEEPEST_GROUP} levels`;
      throw this.error(at, message, "remove parentheses that do not change the meaning");
    }
  }

  takeSort() {
    const lexeme = this.advance();
    if (this.depth > 0) {
      const help = "write `sort:` outside of the parentheses";
      throw this.error(lexeme, "`sort:` applies to the whole query", help);
    }
    if (this.sort.length) {
      const help = "write all keys in one `sort:`, as in `sort:-priority,created`";
      throw this.error(lexeme, "duplicate `sort:`", help);
    }
    this.sort = lexeme.sort;
    this.order = this.text.slice(lexeme.start, lexeme.end);
  }

  lone(place, sign) {
    let help = `write \`one ${sign} other\`; to search for the word, quote it: \`"${sign}"\``;
    if (sign === "-") help = "write it directly before the term to exclude, as in `-word`, or remove it";
    if (sign === "NOT") {
      help = 'write the term to exclude after it, as in `-word`; to search for the word, quote it: `"NOT"`';
    }
    const sides = sign === "-" || sign === "NOT" ? "needs a term after it" : "needs a term on both sides";
    return this.error(place, `\`${sign}\` ${sides}`, help);
  }
}
