// The relevance of documents for a question (src/search/relevance.rs). The sums are formed in the same order as there, so
// that the scores are equal.

const TITLE_FOUND = 0.5;
const TITLE_EXPLAINED = 0.3;
const ONE = 1000000;

const SAME_DAY = 0.4;
const STILL_OPEN = 0.8;
const HALF_NEAR = 60;
const HALF_CURRENT = 20;

export class Scores {
  constructor(count) {
    this.sums = new Float64Array(count);
    this.found = new Float64Array(count);
    this.explained = new Float64Array(count);
    this.possible = 0;
    this.ofTitle = 0;
  }

  // Adds parts that no document has.
  addMissing(worth) {
    this.possible += worth;
  }

  // Adds a part of the question, { weight, rarity, inTitle, inProse }, with the documents that have it: [{ document,
  // score, title: [terms, all] }].
  add({ weight, rarity, inTitle, inProse }, hits) {
    const worth = weight * rarity;
    this.possible += worth;
    if (inTitle) this.ofTitle += worth;
    for (const { document, score, title } of hits) {
      this.sums[document] += weight * score;
      if (title[0] === 0) continue;
      if (inTitle) this.found[document] += worth;
      if (inProse) this.explained[document] += title[0] / title[1];
    }
  }

  // Returns the relevance of a document.
  of(document) {
    const share = this.sums[document] / Math.max(1, 255 * this.possible);
    const found = this.found[document] / Math.max(1, this.ofTitle);
    const explained = Math.min(1, this.explained[document]);
    return share * (1 + TITLE_FOUND * found) * (1 + TITLE_EXPLAINED * explained);
  }
}

// Returns the bonus for a document that is close in time to a question asked on the day `asked` (src/search/similar/
// likeness.rs). `opened` is the day of the document's opening, counted from 1970 like `asked`, and `open` for how many days
// it was open.
export const closeness = (asked, { opened, open }) => {
  const near = (days, half) => 1 / (1 + days / half);
  const since = open === null ? 0 : Math.max(0, asked - opened - open);
  return (1 + SAME_DAY * near(Math.max(0, asked - opened), HALF_NEAR)) * (1 + STILL_OPEN * near(since, HALF_CURRENT));
};

// The largest score.
export const MOST = 2 ** 32 - 1;

// Returns a score as an integer.
export const whole = (score) => Math.min(MOST, Math.floor(score * ONE));
