// Adds a field condition to a query or removes it. The rest of the text stays unchanged.

// Returns a value in query syntax.
const quoted = (value) =>
  /^[^\p{White_Space}"(),<>:*]+$/u.test(value) && !["me", "none"].includes(value) && !value.includes("..")
    ? value
    : `"${value.replace(/["\\]/g, "\\$&")}"`;

const isTest = ({ field, anyOf }, key, value) =>
  field === key && anyOf.length === 1 && anyOf[0].is?.exact?.toLowerCase() === value.toLowerCase();

// Toggles a condition in `query`, which is parsed: { text, isAsked }. All results of the new query have `value`; if the
// query already had this condition, the condition is removed.
export const narrowed = ({ text, expr, order }, key, value) => {
  const written = (one) => {
    // A colon at the end would need a value; a blank after it makes it a part of a word.
    if (one.start !== undefined) return text.slice(one.start, one.end).replace(/:$/, ": ");
    return one.and ? one.and.map(written).join(" ") : `(${one.or.map(written).join(" OR ")})`;
  };
  const terms = expr?.and ?? (expr ? [expr] : []);
  const others = terms.filter((term) => !isTest(term, key, value));
  const isAsked = others.length < terms.length;
  const parts = [...others.map(written), isAsked ? "" : `${key}:${quoted(value)}`, order];
  return { text: parts.filter(Boolean).join(" "), isAsked };
};
