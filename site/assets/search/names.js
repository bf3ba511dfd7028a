// The humps of names in camel case, and letters in versions and times that belong to no word (src/index/tokens/humps.rs
// and moments.rs). `folded` are folded characters, and `start` to `end` is a word among them.

const string = (folded, start, end) => folded.slice(start, end).map(({ c }) => c).join("");
const isDigit = (character) => /^[0-9]$/.test(character?.c ?? "");

// `B` in `fooBar`, `S` in `HTTPServer`.
const beginsHump = (folded, at, end) => {
  const isSmall = (character) => !character.capital && !isDigit(character);
  if (!folded[at].capital) return false;
  return isSmall(folded[at - 1]) || (folded[at].c <= "\x7f" && at + 1 < end && isSmall(folded[at + 1]));
};

// Returns the humps of a word, each { start, end }: `parse`, `JSON` and `2` of `parseJSON2`.
export const humpsOf = (folded, start, end) => {
  const humps = [];
  let from = start, isCamel = false;
  for (let at = start + 1; at < end; at += 1) {
    const begins = beginsHump(folded, at, end);
    isCamel ||= begins;
    if (!begins && isDigit(folded[at - 1]) === isDigit(folded[at])) continue;
    humps.push({ start: from, end: at });
    from = at;
  }
  return isCamel ? [...humps, { start: from, end }] : [];
};

// Returns the length of the `v` before a version (`v2.14` becomes `2.14`), otherwise 0.
export const versionMark = (folded, start, end) =>
  /^v[0-9]+$/.test(string(folded, start, end)) && folded[end]?.c === "." && isDigit(folded[end + 1]) ? 1 : 0;

// Returns the place of the `t` between a date and a time in a word: `05t10` of `2026-03-05t10:15:42`.
export const timeMark = (folded, start, end) => {
  const found = /^([0-9]{8}|[0-9]{2})t([0-9]{2}){1,3}z?$/.exec(string(folded, start, end));
  if (!found) return null;
  const date = found[1].length;
  const month = string(folded, Math.max(0, start - 8), start);
  return date === 8 || /^[0-9]{4}[-/.][0-9]{2}[-/.]$/.test(month) ? start + date : null;
};

// Returns the length of the `z` after a time, otherwise 0. The word is joined to the characters from `joined` on.
export const zoneMark = (folded, joined, start, end) => {
  if (!/^[0-9]+z$/.test(string(folded, start, end))) return 0;
  const before = string(folded, joined, start);
  const isClock = before[2] === ":" && /^[0-9:.]*$/.test(before);
  return isClock || folded[joined - 1]?.c === "t" ? 1 : 0;
};
