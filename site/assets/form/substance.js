// Finds texts without content (src/detectors/substance.rs, src/detectors/title.rs). The words come with the rules.

import { scan } from "./markdown.js";
import { isAlphanumeric, isSpaceless, trimmed } from "./text.js";

const squeeze = (text) =>
  text
    .split(/\p{White_Space}+/u)
    .filter((word) => word && !/^\d+[.)]+$/.test(word))
    .join(" ");

// Returns the length of the part that `list` repeats at least three times, or 0.
const period = (list) => {
  const most = Math.min(64, Math.floor(list.length / 3));
  for (let length = 1; length <= most; length += 1) {
    if (list.every((one, at) => at < length || one === list[at - length])) return length;
  }
  return 0;
};

const repeats = (words) => {
  const list = words.split(" ");
  if (list.length >= 3 && period(list)) return true;
  const letters = [...[...words].filter(isAlphanumeric).join("").toLowerCase()];
  if (letters.length < 4 || letters.every((c) => /[0-9]/.test(c))) return false;
  return period(letters) > 0;
};

const isPlaceholder = (words, placeholders) => {
  const spaced = [...words].map((c) => (isAlphanumeric(c) ? c : " ")).join("");
  const folded = spaced.split(/\p{White_Space}+/u).filter(Boolean).join(" ").toLowerCase();
  return !folded || placeholders.includes(folded);
};

// Returns why a text is no answer: "empty", "hint", "placeholder" or "repeated"; null if it is one.
export const weakness = (text, hint, rules) => {
  const content = scan(text);
  const words = squeeze(content.visible);
  if (!words && !content.hasPicture) return "empty";
  const comments = scan(hint).comments.map(([start, end]) => hint.slice(start + 4, end - 3)).join("\n");
  if (words && [hint, comments].some((one) => squeeze(scan(one).visible) === words)) return "hint";
  if (content.hasPicture || content.hasCode) return null;
  if (isPlaceholder(words, rules.placeholders)) return "placeholder";
  return repeats(words) ? "repeated" : null;
};

// Calls `take` for each word of a title, or run of characters of a script without spaces.
const eachWord = (title, take) => {
  const all = [...title];
  const isLetter = (at) => all[at] !== undefined && isAlphanumeric(all[at]) && !isSpaceless(all[at]);
  const isInside = (at) => isLetter(at) || (at > 0 && isLetter(at - 1) && !/\p{White_Space}/u.test(all[at]) && isLetter(at + 1));
  let at = 0;
  while (at < all.length) {
    const start = at;
    const spaceless = isSpaceless(all[at]);
    while (at < all.length && (spaceless ? isSpaceless(all[at]) : isInside(at))) at += 1;
    if (at > start) take(all.slice(start, at).join(""), spaceless);
    else at += 1;
  }
};

const isSpecific = (word) =>
  /\p{Alphabetic}/u.test(word) &&
  (/[0-9]/.test(word) || [...word].some((c) => !isAlphanumeric(c) && c !== "'" && c !== "’") || /\p{Lowercase}\p{Uppercase}/u.test(word));

const hasSubstance = (title, words) => {
  const subjects = new Set();
  let [characters, symptom, specific] = [0, false, false];
  eachWord(title, (word, spaceless) => {
    if (spaceless) {
      let rest = word;
      while (rest) {
        const longest = (phrases) => Math.max(0, ...phrases.filter((phrase) => rest.startsWith(phrase)).map((phrase) => phrase.length));
        const [filler, sign] = [longest(words.spaceless_fillers), longest(words.spaceless_symptoms)];
        symptom ||= sign > filler;
        if (!filler && !sign) characters += 1;
        rest = rest.slice(Math.max(filler, sign, String.fromCodePoint(rest.codePointAt(0)).length));
      }
      return;
    }
    const folded = word.toLowerCase();
    const backwards = [...folded].reverse().join("");
    const isRow = folded.length >= 4 && words.rows.some((row) => row.includes(folded) || row.includes(backwards));
    if (isRow || words.fillers.includes(folded)) return;
    if (words.symptoms.includes(folded)) {
      symptom = true;
      return;
    }
    specific ||= isSpecific(word);
    subjects.add(folded);
  });
  const content = subjects.size + Math.floor(characters / words.character_count);
  return specific || content > 1 || (content === 1 && symptom);
};

const lettersOf = (text) => [...text].filter(isAlphanumeric).join("").toLowerCase();

// Returns whether a title could stand over any ticket. `template` is the name of the template.
export const isVague = (title, template, rules) => {
  const bare = lettersOf(title);
  const names = [template, rules.templates[template]?.title ?? ""];
  const services = rules.services.flatMap(({ id, name }) => [id, name]);
  return (
    [...names, ...services].some((name) => lettersOf(name) === bare) ||
    weakness(trimmed(title), "", rules) !== null ||
    !hasSubstance(title, rules.title_words)
  );
};
