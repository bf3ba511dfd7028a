// Adds a field condition to a query or removes it. The rest of the text stays unchanged.

// Returns a value in query syntax.
const quoted = (value) =>
  /^[^\p{White_Space}"(),<>:*]+$/u.test(value) && !["me", "none"].includes(value) && !value.includes("..")
    ? value
    : `"${value.replace(/["\\]/g, "\\$&")}"`;

const isTest = ({ field, anyOf }, key, value) =>
  field === key && anyOf.length === 1 && anyOf[0].is?.exact?.toLowerCase() === value.toLowerCase();

// Returns a term of the query as it is written. A colon at the end would need a value; a blank after it makes it a part of a
// word.
const written = (one, text) => {
  if (one.start !== undefined) return text.slice(one.start, one.end).replace(/:$/, ": ");
  return one.and ? one.and.map((other) => written(other, text)).join(" ") : `(${one.or.map((other) => written(other, text)).join(" OR ")})`;
};

const termsOf = (expr) => expr?.and ?? (expr ? [expr] : []);

const joined = (terms, text, order) => [...terms.map((term) => written(term, text)), order].filter(Boolean).join(" ");

// Lists the field conditions of `query`, which is parsed: each as it is written, and the query without it.
export const conditionsOf = ({ text, expr, order }) => {
  const terms = termsOf(expr);
  const conditions = terms.filter(({ field, not }) => field || not?.field);
  return conditions.map((one) => ({ written: written(one, text), rest: joined(terms.filter((term) => term !== one), text, order) }));
};

// Returns the text of `query`, which is parsed, without its conditions for the field `key`; null if it has none.
export const withoutField = ({ text, expr, order }, key) => {
  const terms = termsOf(expr);
  const others = terms.filter((term) => term.field !== key);
  return others.length < terms.length ? joined(others, text, order) : null;
};

// Toggles a condition in `query`, which is parsed: { text, isAsked }. All results of the new query have `value`; if the
// query already had this condition, the condition is removed.
export const narrowed = ({ text, expr, order }, key, value) => {
  const terms = termsOf(expr);
  const others = terms.filter((term) => !isTest(term, key, value));
  const isAsked = others.length < terms.length;
  const parts = [joined(others, text, ""), isAsked ? "" : `${key}:${quoted(value)}`, order];
  return { text: parts.filter(Boolean).join(" "), isAsked };
};
