// Which documents pass the tests of a query that are about fields (src/search/filter.rs), and the order that a query asks
// for (order.rs).

import { compareInstants, periodOf } from "./moment.js";
import { naturalOrder, trim } from "./text.js";
import { parseNumber } from "./value.js";

const PRIORITIES = ["low", "normal", "high", "urgent"];
const TIMES = ["created", "updated", "resolved"];
// An article has these and nothing else; it is in no state, and nobody opened it.
const OF_ARTICLES = ["service", "tag"];

// The columns that a query needs, beside those of its results.
export const columnsOf = ({ expr, sort }) => {
  const keys = new Set();
  const add = (one) => {
    (one?.and ?? one?.or ?? []).forEach(add);
    if (one?.not) add(one.not);
    if (one?.field) keys.add(one.field);
    if (one?.field === "resolved") keys.add("status");
    if (one?.field === "is") keys.add("due");
  };
  add(expr);
  sort.forEach(({ by }) => by !== "relevance" && keys.add(by));
  return [...keys];
};

export class Filter {
  // `clock` is { now, zone }; see moment.js.
  constructor(index, columns, clock) {
    this.columns = columns;
    this.clock = clock;
    this.index = index;
    this.articles = new Set(index.partitions.flatMap(({ base, articles }) => articles.map((local) => base + local)));
  }

  isArticle(document) {
    return this.articles.has(document);
  }

  // Whether `document` passes { field, anyOf, number }. Words of a field are the index's business.
  holds(test, document) {
    if (this.isArticle(document) && !OF_ARTICLES.includes(test.field)) return false;
    return test.anyOf.some((one) => this.#passes(test, one, document));
  }

  #passes({ field, number }, one, document) {
    const texts = this.columns.texts(field, document);
    if (TIMES.includes(field)) return this.#time(one, this.#timeOf(field, document));
    if (field === "priority") return priority(one, texts[0]?.text);
    if (field === "is" || field === "has") {
      const name = one.is?.exact;
      if (field === "is" && name === "overdue") return this.#isOverdue(document);
      return texts.some(({ text }) => text === name);
    }
    if (field === "service") return texts.some((service) => this.#service(one, service));
    if (field.startsWith("fields.")) return texts.some((text) => this.#ordered(one, text, number));
    return texts.some((text) => one.is && this.#isValue(one.is, text));
  }

  #timeOf(field, document) {
    const isResolved = () => this.columns.texts("status", document)[0]?.text === "resolved";
    return field === "resolved" && !isResolved() ? null : this.columns.time(field, document);
  }

  #isOverdue(document) {
    const due = this.columns.time("due", document);
    return due !== null && this.clock.now > due[0];
  }

  #isValue({ exact, prefix, any, time }, { text, small, instant }) {
    if (exact !== undefined) return small === exact.toLowerCase();
    if (prefix !== undefined) return small.startsWith(prefix.toLowerCase());
    if (any) return text !== "";
    return Boolean(time && instant && this.#against(time, instant) === 0);
  }

  // A service, or one that it is a module of.
  #service(one, value) {
    const wanted = one.is?.exact?.replace(/[A-Z]/g, (c) => c.toLowerCase());
    const isWithin = this.index.within(value.text).some((id) => id.replace(/[A-Z]/g, (c) => c.toLowerCase()) === wanted);
    return isWithin || Boolean(one.is && this.#isValue(one.is, value));
  }

  // A value of a template's field, which has an order: 2.14 is less than 2.9 among numbers, and later as a version.
  #ordered(one, value, number) {
    const compare = ({ exact, time }) => {
      if (time) return value.instant && this.#against(time, value.instant);
      if (exact === undefined) return null;
      if (!number) return naturalOrder(value.text, exact);
      const own = parseNumber(trim(value.text));
      return own === null ? null : order(own, parseNumber(exact));
    };
    if (!one.is) return stands(one, compare);
    return number && one.is.exact !== undefined ? compare(one.is) === 0 : this.#isValue(one.is, value);
  }

  #time(one, time) {
    const compare = (value) => (time && value.time ? this.#against(value.time, time) : null);
    if (one.is?.any) return time !== null;
    return one.is ? compare(one.is) === 0 : stands(one, compare);
  }

  // Where `instant` is, seen from a moment or period.
  #against(moment, instant) {
    const [start, end] = periodOf(moment, this.clock);
    return compareInstants(instant, start) < 0 ? -1 : compareInstants(instant, end) >= 0 ? 1 : 0;
  }

  // The order of two hits by `sort`; equal ones as they are. What has no such value comes last.
  compare(sort, a, b) {
    for (const { by, descending } of sort) {
      const [left, right] = [this.#value(by, a.document), this.#value(by, b.document)];
      if (left === null || right === null) {
        const order = (left === null) - (right === null);
        if (order) return order;
        continue;
      }
      const found = ORDERS[by](left, right);
      if (found) return descending ? -found : found;
    }
    return 0;
  }

  #value(by, document) {
    if (by === "relevance") return null;
    if (TIMES.includes(by)) return this.columns.time(by, document);
    if (by === "title" || by === "id") return this.columns.texts(by, document)[0]?.text ?? "";
    if (this.isArticle(document)) return null;
    return by === "replies"
      ? this.columns.count(by, document)
      : PRIORITIES.indexOf(this.columns.texts(by, document)[0]?.text ?? "normal");
  }
}

const order = (a, b) => (a < b ? -1 : a > b ? 1 : a === b ? 0 : null);

const ORDERS = {
  created: compareInstants,
  updated: compareInstants,
  resolved: compareInstants,
  priority: (a, b) => a - b,
  replies: (a, b) => a - b,
  title: naturalOrder,
  id: naturalOrder,
};

const priority = (one, name) => {
  const own = PRIORITIES.indexOf(name);
  if (one.is?.any) return true;
  return one.is ? one.is.exact === name : stands(one, ({ exact }) => own - PRIORITIES.indexOf(exact));
};

// Whether what `compare` compares with the bounds of a comparison or range stands as they ask.
const stands = ({ compare: sign, to, range }, compare) => {
  if (range) {
    const [from, until] = range.map((end) => (end ? compare(end) : undefined));
    return from !== null && until !== null && (from ?? 0) >= 0 && (until ?? 0) <= 0;
  }
  if (!sign) return false;
  const found = compare(to);
  if (found === null) return false;
  return { "<": found < 0, "<=": found <= 0, ">": found > 0, ">=": found >= 0 }[sign];
};
