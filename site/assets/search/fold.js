// Classifies characters and folds them, so that different spellings with the same meaning become equal
// (src/index/tokens/class.rs and fold.rs).

const PLAIN = { ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", ł: "l", ı: "i", þ: "th", ς: "σ", "\u2010": "-", "\u2011": "-" };

export const isMark = (c) => /\p{M}/u.test(c);
export const isAlphanumeric = (c) => /[\p{Alphabetic}\p{N}]/u.test(c);
const isTransparent = (c) =>
  /[\u00ad\u200c-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]/.test(c);
const isAccent = (c) =>
  /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]/.test(c) && isMark(c);
const continues = (c) => c > "\x7f" && (isMark(c) || isTransparent(c) || /[\uff9e\uff9f\u1160-\u11ff]/.test(c));

// Scripts without spaces, whose texts are found by pairs of characters.
const GRAMS = new RegExp(
  "[\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u1100-\\u11ff\\uac00-\\ud7ff\\u2e80-\\u2fdf\\u3005-\\u3007" +
    "\\u3021-\\u3029\\u3041-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}]",
  "u",
);

// Classifies a character: a letter or digit of a script with spaces, a character of a script without spaces, or a character
// that can join two words of an identifier.
export const WORD = 1, GRAM = 2, JOINT = 0;

export const classOf = (c) => {
  if (c <= "\x7f") return /[a-z0-9]/i.test(c) ? WORD : JOINT;
  if (!isAlphanumeric(c) && !isMark(c)) return JOINT;
  return GRAMS.test(c) ? GRAM : WORD;
};

// Returns whether `c` ends a run of joined words.
export const breaks = (c) =>
  c <= "\x7f"
    ? !/[a-z0-9_.\-/\\:@]/i.test(c)
    : !(isAlphanumeric(c) || isMark(c) || isTransparent(c) || /[\u2010\u2011]/.test(c));

const foldCluster = (cluster) => {
  let out = "";
  for (const composed of cluster.normalize("NFKC")) {
    if (isTransparent(composed)) continue;
    if (classOf(composed) === GRAM) {
      out += composed;
      continue;
    }
    for (const small of composed.toLowerCase()) {
      for (const c of small.normalize("NFD")) if (!isAccent(c)) out += PLAIN[c] ?? c;
    }
  }
  return out;
};

// Returns the folded characters of `source`, each { c, start, end, capital }. `start` and `end` are offsets of the
// original characters; the argument `start` is added to them.
export const foldedCharacters = (source, start = 0) => {
  const out = [];
  let at = start;
  const clusters = [];
  for (const c of source) {
    if (clusters.length && continues(c)) clusters[clusters.length - 1] += c;
    else clusters.push(c);
  }
  for (const cluster of clusters) {
    const end = at + cluster.length;
    const capital = /^\p{Uppercase}/u.test(cluster);
    for (const c of foldCluster(cluster)) out.push({ c, start: at, end, capital });
    at = end;
  }
  return out;
};

export const fold = (text) => foldedCharacters(text).map(({ c }) => c).join("");
