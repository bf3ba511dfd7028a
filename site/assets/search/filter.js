// Tests the field conditions of a query (src/search/filter.rs) and sorts the results (order.rs). The rows of the
// language, which come from src/query/keys.rs, describe the keys.

import { compareInstants, periodOf } from "./moment.js";
import { naturalOrder, trim } from "./text.js";
import { parseNumber } from "./value.js";

// Lists all field conditions in an expression.
const tests = (expr) => {
  if (!expr) return [];
  if (expr.not) return tests(expr.not);
  return (expr.and ?? expr.or)?.flatMap(tests) ?? (expr.field ? [expr] : []);
};

// The name of the column with the time after which a fact is true.
const factColumn = (field, name) => `${field}.${name}`;

// Lists the columns that a query needs, without those of its results.
export const columnsOf = ({ expr, sort }) => {
  const names = tests(expr).flatMap(({ field, key, anyOf }) => {
    const facts = anyOf.map(({ is }) => is?.exact).filter((name) => key.after?.includes(name));
    const missing = anyOf.some(({ is }) => is?.missing) ? [key.ticket] : [];
    return [field, ...missing, ...facts.map((name) => factColumn(field, name))];
  });
  const sorts = sort.filter(({ by }) => by !== "relevance").map(({ by }) => `sort.${by}`);
  return [...new Set([...names, ...sorts])];
};

// Returns whether a query tests times, so that it needs the time zone rules.
export const asksForTimes = ({ expr }) => tests(expr).some(({ key }) => ["time", ">", "<"].includes(key.kind));

// Lists the comparisons with an age, which can be misunderstood (src/query/age.rs): [{ written, age, isNewer }].
export const ageReadings = ({ expr }) => {
  const readings = tests(expr).flatMap(({ field, key, anyOf }) =>
    anyOf
      .filter(({ compare, to }) => key.kind === "time" && compare && to.time?.ago !== undefined)
      .map(({ compare, to: { time } }) => ({
        written: `${field}:${compare}${time.written}`,
        age: time.written,
        isNewer: compare.startsWith(">"),
      })),
  );
  return readings.filter(({ written }, at) => readings.findIndex((other) => other.written === written) === at);
};

export class Filter {
  // `clock` is { now, zone }; see moment.js. `keys` are the rows of the language.
  constructor(index, columns, clock, keys) {
    this.columns = columns;
    this.clock = clock;
    this.index = index;
    this.keys = new Map(keys.map((key) => [key.name, key]));
  }

  // Returns whether `document` passes { field, key, anyOf }. Words in a field are tested by the index.
  holds(test, document) {
    return test.anyOf.some((one) => this.#passes(test, one, document));
  }

  #passes({ field, key }, one, document) {
    const texts = () => this.columns.texts(field, document);
    if (key.isField) return texts().some((text) => this.#ordered(one, text, key.kind === "number"));
    switch (key.kind) {
      case "facts":
        return this.#isTrue(field, key, one.is?.exact, document);
      case "time":
      case ">":
      case "<":
        return this.#time(one, this.columns.time(field, document));
      case "ordered":
        return texts().some(({ text }) => inOrder(key.choices, one, text));
      case "service":
        return texts().some((service) => this.#service(one, service));
      default:
        // Only tickets can lack a value: articles do not have the key.
        if (one.is?.missing) return !texts().length && this.columns.texts(key.ticket, document).length > 0;
        return texts().some((text) => one.is && this.#isValue(one.is, text));
    }
  }

  #isTrue(field, { after }, name, document) {
    if (!after?.includes(name)) return this.columns.texts(field, document).some(({ text }) => text === name);
    const time = this.columns.time(factColumn(field, name), document);
    return time !== null && this.clock.now > time[0];
  }

  #isValue({ exact, prefix, any, time }, { text, small, instant }) {
    if (exact !== undefined) return small === exact.toLowerCase();
    if (prefix !== undefined) return small.startsWith(prefix.toLowerCase());
    if (any) return text !== "";
    return Boolean(time && instant && this.#against(time, instant) === 0);
  }

  // Tests a service and the services that it is a module of.
  #service(one, value) {
    const wanted = one.is?.exact?.replace(/[A-Z]/g, (c) => c.toLowerCase());
    const isWithin = this.index.within(value.text).some((id) => id.replace(/[A-Z]/g, (c) => c.toLowerCase()) === wanted);
    return isWithin || Boolean(one.is && this.#isValue(one.is, value));
  }

  // Compares a value of a template's field: as numbers, 2.14 is less than 2.9; as versions, it is greater.
  #ordered(one, value, number) {
    const compare = ({ exact, time }) => {
      if (time) return value.instant && this.#against(time, value.instant);
      if (exact === undefined) return null;
      if (!number) return naturalOrder(value.text, exact);
      const own = parseNumber(trim(value.text));
      return own === null ? null : order(own, parseNumber(exact));
    };
    if (!one.is) return satisfies(one, compare);
    return number && one.is.exact !== undefined ? compare(one.is) === 0 : this.#isValue(one.is, value);
  }

  #time(one, time) {
    const compare = (value) => (time && value.time ? this.#against(value.time, time) : null);
    if (one.is?.any) return time !== null;
    return one.is ? compare(one.is) === 0 : satisfies(one, compare);
  }

  // Compares `instant` with a moment or period.
  #against(moment, instant) {
    const [start, end] = periodOf(moment, this.clock);
    return compareInstants(instant, start) < 0 ? -1 : compareInstants(instant, end) >= 0 ? 1 : 0;
  }

  // Compares two hits by `sort`; hits with equal values keep their order. Hits without a value come last.
  compare(sort, a, b) {
    for (const { by, descending } of sort) {
      const [left, right] = [this.#value(by, a.document), this.#value(by, b.document)];
      if (left === null || right === null) {
        const order = (left === null) - (right === null);
        if (order) return order;
        continue;
      }
      const found = compareValues(left, right);
      if (found) return descending ? -found : found;
    }
    return 0;
  }

  // Returns the value by which a document is sorted: a number, a time, a text, or null.
  #value(by, document) {
    const key = this.keys.get(by);
    if (!key) return null;
    const column = `sort.${by}`;
    const text = this.columns.texts(column, document)[0]?.text;
    if (text !== undefined) return key.kind === "ordered" ? key.choices.indexOf(text) : text;
    return this.columns.time(column, document) ?? this.columns.count(column, document);
  }
}

const order = (a, b) => (a < b ? -1 : a > b ? 1 : a === b ? 0 : null);

const compareValues = (a, b) => {
  if (typeof a === "number") return a - b;
  return typeof a === "string" ? naturalOrder(a, b) : compareInstants(a, b);
};

// Compares values of a closed set by their position in the set.
const inOrder = (choices, one, name) => {
  const own = choices.indexOf(name);
  return one.is ? one.is.exact === name : satisfies(one, ({ exact }) => own - choices.indexOf(exact));
};

// Returns whether the result of `compare` with the bounds satisfies the comparison or range.
const satisfies = ({ compare: sign, to, range }, compare) => {
  if (range) {
    const [from, until] = range.map((end) => (end ? compare(end) : undefined));
    return from !== null && until !== null && (from ?? 0) >= 0 && (until ?? 0) <= 0;
  }
  if (!sign) return false;
  const found = compare(to);
  if (found === null) return false;
  return { "<": found < 0, "<=": found <= 0, ">": found > 0, ">=": found >= 0 }[sign];
};
