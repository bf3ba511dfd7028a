// Counts and compares texts as Casebook does (src/text).

import { isAlphanumeric } from "../search/fold.js";

export { isAlphanumeric };

const bytes = new TextEncoder();

export const byteLength = (text) => bytes.encode(text).length;

// Returns whether a character belongs to a script without spaces between words.
export const isSpaceless = (c) => {
  const code = c.codePointAt(0);
  return (
    (code >= 0x0e00 && code <= 0x0eff) || (code >= 0x1000 && code <= 0x109f) || (code >= 0x1780 && code <= 0x17ff) ||
    (code >= 0x3040 && code <= 0x30ff) || (code >= 0x3400 && code <= 0x4dbf) || (code >= 0x4e00 && code <= 0x9fff) ||
    (code >= 0xac00 && code <= 0xd7af) || (code >= 0xf900 && code <= 0xfaff) || (code >= 0x20000 && code <= 0x3ffff)
  );
};

// Returns the number of words. A character of a script without spaces counts as a word.
export const countWords = (text) => {
  let words = 0;
  let inside = false;
  for (const c of text) {
    if (isSpaceless(c)) {
      words += 1;
      inside = false;
    } else if (isAlphanumeric(c)) {
      words += inside ? 0 : 1;
      inside = true;
    } else if (!"'’-_.".includes(c)) {
      inside = false;
    }
  }
  return words;
};

// Returns whether `c` is a control character other than a line end or a tab.
export const isControl = (c) => (/\p{Cc}/u.test(c) && !"\n\r\t".includes(c)) || c === "\ufffe" || c === "\uffff";

// Returns `text` without halves of characters, which cannot be written to a file, and with the line ends of Casebook's
// files.
export const written = (text) => text.toWellFormed().replace(/\r\n?/g, "\n");

export const trimmed = (text) => text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, "");

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
