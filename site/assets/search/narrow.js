// A query that is narrowed by a test of a field, or no longer. What somebody wrote stays as it was written.

// A value as a query writes it.
const quoted = (value) =>
  /^[^\p{White_Space}"(),<>:*]+$/u.test(value) && value !== "me" && !value.includes("..")
    ? value
    : `"${value.replace(/["\\]/g, "\\$&")}"`;

const isTest = ({ field, anyOf }, key, value) =>
  field === key && anyOf.length === 1 && anyOf[0].is?.exact?.toLowerCase() === value.toLowerCase();

// `query`, as the parser gives it, in which all results have `value`: { text, isAsked }. If it asks for that already, it
// does not any more.
export const narrowed = ({ text, expr, order }, key, value) => {
  const written = (one) => {
    if (one.start !== undefined) return text.slice(one.start, one.end);
    return one.and ? one.and.map(written).join(" ") : `(${one.or.map(written).join(" OR ")})`;
  };
  const terms = expr?.and ?? (expr ? [expr] : []);
  const others = terms.filter((term) => !isTest(term, key, value));
  const isAsked = others.length < terms.length;
  const parts = [...others.map(written), isAsked ? "" : `${key}:${quoted(value)}`, order];
  return { text: parts.filter(Boolean).join(" "), isAsked };
};
