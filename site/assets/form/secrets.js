// Finds passwords, tokens and keys (src/detectors/secrets), before any address is made from a text, because servers keep
// the addresses of requests. The rules that a browser cannot apply in the same way are left out (`left_out`).

const BEFORE = 128;
const MOST_RETRIES = 200;
const NAME_BEFORE = 40;

const lower = (text) => text.replace(/[A-Z]/g, (c) => c.toLowerCase());

const isWord = (c) => c !== undefined && /[A-Za-z0-9]/.test(c);

const entropyOf = (text) => {
  const counts = new Map();
  const bytes = new TextEncoder().encode(text);
  for (const byte of bytes) counts.set(byte, (counts.get(byte) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / bytes.length) * Math.log2(count / bytes.length), 0);
};

const isMixed = (text) => /[A-Za-z]/.test(text) && (/[0-9]/.test(text) || (text.match(/[a-z](?=[A-Z])/g) ?? []).length >= 3);

const isMonotonous = (text) => {
  const codes = [...new TextEncoder().encode(text)];
  let [run, longest, counting] = [1, 1, 0];
  codes.slice(1).forEach((code, at) => {
    run = code === codes[at] ? run + 1 : 1;
    longest = Math.max(longest, run);
    if (Math.abs(code - codes[at]) === 1) counting += 1;
  });
  return codes.length > 3 && (longest * 2 >= codes.length || counting * 4 >= codes.length * 3);
};

const isCountingUuid = (text) => {
  const digits = text.replaceAll("-", "");
  const steps = [...digits].filter((c, at) => at > 0 && Math.abs(c.charCodeAt(0) - digits.charCodeAt(at - 1)) <= 1).length;
  return digits.length === 32 && text.length === 36 && steps * 2 >= 32;
};

const isPlaceholder = (value, [inside, whole, lookups]) => {
  const folded = lower(value);
  const word = folded.replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, "");
  const owned = /^(?:my|your|some|the)[^a-z0-9]*(.*)$/s.exec(word)?.[1];
  const between = (open, close) => value.startsWith(open) && value.endsWith(close);
  return (
    value.startsWith("$") || ["${", "{{", "%(", "<"].some((part) => value.includes(part)) ||
    between("%", "%") || between("[", "]") || between("{", "}") ||
    inside.some((part) => folded.includes(part)) ||
    whole.includes(word) || (owned !== undefined && whole.includes(owned)) ||
    lookups.some((start) => folded.startsWith(start)) ||
    isMonotonous(value) || isCountingUuid(value)
  );
};

const isWordlike = (text, followers) => {
  const count = (pattern) => (text.match(pattern) ?? []).length;
  if (count(/[0-9]/g) * 3 > count(/[A-Za-z0-9]/g) + 3) return false;
  const isCommon = (a, b) => followers[a.charCodeAt(0) - 97]?.includes(b) ?? false;
  let [all, inside] = [0, 0];
  for (const [run] of text.matchAll(/[A-Z]*[a-z]+|[A-Z]+/g)) {
    all += run.length;
    const small = run.toLowerCase();
    const common = [...small].filter((c, at) => at > 0 && isCommon(small[at - 1], c)).length;
    const pairs = run.length - 1;
    if (run.length >= 3 && common * 4 >= pairs * 3 && (run.length > 3 || common === pairs)) inside += run.length;
  }
  const share = count(/[-._/ ]/g) >= 2 ? 0.35 : 0.6;
  return all > 0 && inside >= share * all;
};

const withWords = (rules) => rules.map((rule) => ({ ...rule, words: rule.keywords.map(lower) }));

export class Secrets {
  constructor({ rules, other_keywords: otherWords, public: known, followers, placeholders, left_out: leftOut }) {
    this.rules = withWords(rules);
    // The keywords of the rules that are not loaded.
    this.otherWords = otherWords.map(lower);
    this.data = { known, followers, placeholders };
    this.leftOut = leftOut;
  }

  // Returns whether rules that are not loaded could find something in `text`.
  needsOthers(text) {
    const small = lower(text);
    return this.otherWords.some((word) => small.includes(word));
  }

  addOthers(rules) {
    if (this.otherWords.length) this.rules.push(...withWords(rules));
    this.otherWords = [];
  }

  // Returns the names of the secrets in `text`.
  find(text) {
    const small = lower(text);
    const found = new Set();
    for (const rule of this.rules) {
      for (const [start, end] of regions(small, rule)) {
        if (this.#search(rule, text, start, end)) found.add(rule.name);
      }
    }
    return [...found];
  }

  #search(rule, text, start, end) {
    rule.compiled ??= {
      source: new RegExp(rule.source, "dg"),
      tests: (rule.only ?? []).map((one) => new RegExp(one)),
      exclusions: (rule.unless ?? []).map((one) => new RegExp(one)),
      notAfter: rule.not_after === undefined ? null : new RegExp(rule.not_after),
    };
    const { source } = rule.compiled;
    source.lastIndex = start;
    for (let left = MOST_RETRIES; left > 0; left -= 1) {
      const match = source.exec(text);
      if (!match || match.index >= end) return false;
      const whole = match.indices[0];
      const named = match.indices.groups?.secret;
      const span = named ?? match.indices.slice(1).find((one) => one && one[1] > one[0]) ?? whole;
      if (this.#accepts(rule, text, whole, span)) return true;
      source.lastIndex = Math.max(whole[0] + 1, span[0]);
    }
    return false;
  }

  #accepts(rule, text, whole, [start, end]) {
    const secret = text.slice(start, end);
    const { known, followers, placeholders } = this.data;
    const { tests, exclusions, notAfter } = rule.compiled;
    const isInside = (whole[0] === start && isWord(text[start - 1]) && isWord(text[start])) || (isWord(text[end - 1]) && isWord(text[end]));
    if (isInside || (rule.mixed && !isMixed(secret)) || entropyOf(secret) < (rule.entropy ?? 0)) return false;
    if ((!rule.opaque && isPlaceholder(secret, placeholders)) || (rule.random && isWordlike(secret, followers))) return false;
    if (!tests.every((one) => one.test(secret)) || exclusions.some((one) => one.test(secret))) return false;
    if (known.some((value) => secret.includes(value))) return false;
    if (!notAfter) return true;
    const name = /[A-Za-z0-9_./-]*$/.exec(text.slice(Math.max(0, whole[0] - NAME_BEFORE), whole[0]))[0];
    return !notAfter.test(text.slice(whole[0] - name.length, start));
  }
}

// Returns the parts of a text around the keywords of a rule, without overlaps.
const regions = (small, { words, reach }) => {
  const found = [];
  for (const word of words) {
    for (let at = small.indexOf(word); at >= 0; at = small.indexOf(word, at + 1)) {
      found.push([Math.max(0, at - BEFORE), Math.min(small.length, at + reach)]);
    }
  }
  found.sort((a, b) => a[0] - b[0]);
  const merged = [];
  for (const [start, end] of found) {
    const last = merged.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
};
