// The terms of a pasted text and their weights (src/search/similar/draft.rs).

import { isError } from "./signature.js";
import { scan, termOf } from "./tokens.js";

const MOST_TERMS = 1000;
const TITLE = 10;
const ERROR = 3;
const TEXT = 2;
const HALF = 12;
const LENGTH = [0.4, 100];
const PART = 0.5;
const WHOLE = 0.7;

// Returns whether a token says what a text is about.
const isSignificant = ({ kind, surface }, isFunctionWord) =>
  kind !== "joined" && [...surface].length > 1 && !/^0+$/.test(surface) && !(kind === "word" && isFunctionWord(surface));

// Returns the terms of a text as a Map: { surface, kind, weight, inTitle, inError }.
export const draftTerms = (title, body, isFunctionWord) => {
  const found = new Map();
  let words = 0;
  const read = (text, place, isText) => {
    scan(text, (token) => {
      if (isText && token.kind === "word") words += 1;
      if (!isSignificant(token, isFunctionWord)) return;
      const term = termOf(token);
      let known = found.get(term);
      if (!known) {
        if (found.size >= MOST_TERMS) return;
        known = { surface: text.slice(token.start, token.end), kind: token.kind, head: 0, text: 0, errors: 0 };
        found.set(term, known);
      }
      known[place] += 1;
    });
  };
  read(title, "head", false);
  for (const line of body.split("\n")) read(line, isError(line) ? "errors" : "text", true);
  const length = 1 - LENGTH[0] + (LENGTH[0] * words) / LENGTH[1];
  const terms = new Map();
  for (const [term, { surface, kind, head, text, errors }] of found) {
    const sum = TITLE * head + (TEXT * text + ERROR * errors) / length;
    const factor = kind === "part" ? PART : kind === "whole" ? WHOLE : 1;
    terms.set(term, {
      surface, kind, weight: (factor * sum) / (sum + HALF), inTitle: head > 0, inError: errors > 0,
    });
  }
  return terms;
};
