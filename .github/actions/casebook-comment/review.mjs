// Reads a review in the format of `casebook review --format json`. The review is untrusted: a review of another form is
// rejected, and keys that are not listed here are ignored.

const text = (most) => (value) => typeof value === "string" && value.length <= most;
const like = (pattern) => (value) => typeof value === "string" && pattern.test(value);
const one = (...values) => (value) => values.includes(value);
const or = (...tests) => (value) => tests.some((test) => test(value));
const list = (most, test) => (value) => Array.isArray(value) && value.length <= most && value.every(test);
const natural = (value) => Number.isSafeInteger(value) && value >= 0;
const count = (value) => natural(value) && value <= 1_000_000;
const nothing = (value) => value === null || value === undefined;

const FINDING = {
  code: like(/^[a-z0-9-]{1,60}$/),
  level: one("deny", "warn"),
  path: text(4096),
  line: natural,
  message: text(100_000),
  help: list(20, text(100_000)),
  fix: or(nothing, object({ title: text(100_000) })),
};
const ID = like(/^[^\s\p{Cc}]{1,255}$/u);
const SIMILAR = {
  id: ID,
  file: text(4096),
  title: text(1000),
  status: or(nothing, one("open", "pending", "on-hold", "resolved")),
  resolution: or(nothing, one("fixed", "workaround", "answered", "duplicate", "not-reproducible", "declined")),
  answer: text(10_000),
};
const TICKET = { id: ID, title: text(1000), similar: list(10, object(SIMILAR)) };
const REVIEW = {
  head: like(/^[0-9a-f]{40}$/),
  audience: one("public", "internal", null),
  findings: list(200, object(FINDING)),
  errors: count,
  warnings: count,
  files: count,
  tickets: list(20, object(TICKET)),
};

function object(shape) {
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    return Object.entries(shape).every(([key, test]) => test(Object.hasOwn(value, key) ? value[key] : undefined));
  };
}

export function read(json) {
  let review;
  try {
    review = JSON.parse(json);
  } catch {
    throw new Error("the review is not valid JSON");
  }
  if (typeof review !== "object" || review === null) throw new Error("the review is not a JSON object");
  for (const [key, test] of Object.entries(REVIEW)) {
    if (!test(Object.hasOwn(review, key) ? review[key] : undefined)) {
      throw new Error(`invalid key \`${key}\` in the review`);
    }
  }
  return review;
}
