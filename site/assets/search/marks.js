// Finds the parts of a text to highlight (src/search/excerpt.rs).

import { needles } from "./needles.js";
import { scan, termOf } from "./tokens.js";

export class Marks {
  // Collects the words and phrases of a query, without negated ones. A corrected word is replaced by its corrections.
  constructor(expr, corrected) {
    this.terms = new Set();
    this.prefixes = [];
    this.sequences = [];
    if (expr) this.#add(expr, corrected);
  }

  #add(expr, corrected) {
    (expr.and ?? expr.or ?? []).forEach((one) => this.#add(one, corrected));
    const texts = expr.text ? [expr.text] : (expr.anyOf ?? []).flatMap(({ words }) => words ?? []);
    const spellings = texts.flatMap(needles).flatMap((needle) => needle.anyOf ?? needle);
    for (const { word, term, prefix, sequence } of spellings) {
      const corrections = word === undefined ? undefined : corrected.get(word);
      if (corrections) corrections.forEach((correction) => this.terms.add(correction.term));
      else if (term !== undefined) this.terms.add(term);
      else if (prefix !== undefined) this.prefixes.push(prefix);
      else this.sequences.push(sequence);
    }
  }

  // Returns the matching places in `text`, [start, end], in order and not overlapping.
  spans(text) {
    const found = [];
    const steps = [];
    scan(text, (token) => {
      const term = termOf(token);
      const begins = () => token.kind !== "part" && this.prefixes.some((prefix) => token.surface.startsWith(prefix));
      if (this.terms.has(term) || begins()) found.push([token.start, token.end]);
      steps.push({ ...token, term });
    });
    for (const sequence of this.sequences) {
      for (const first of steps.filter(({ term }) => term === sequence[0].term)) {
        const all = sequence.map(({ term, offset }) =>
          steps.find((step) => step.term === term && step.position === first.position + offset - sequence[0].offset),
        );
        if (all.every(Boolean)) found.push([first.start, Math.max(...all.map(({ end }) => end))]);
      }
    }
    return merged(found);
  }
}

// Merges spans, which are in order, that touch or overlap.
const merged = (spans) => {
  const found = [];
  for (const [start, end] of spans.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = found.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else found.push([start, end]);
  }
  return found;
};
