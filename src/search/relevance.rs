//! The relevance of documents for a question: one model for typed words, pasted text and drafts.
//!
//! A question has parts: words, or terms of a text, and exact terms such as a service or an error. The base of the score
//! is the share of the question that a document has, weighted by the rarity of each part and by its impact in the
//! document. The base is multiplied with two bonuses: one for the share of the question's title that is in the
//! document's title, one for the share of the document's title that is in the question. Typed words count as a title.
//!
//! All trackers use the same weights. They were tuned on half of the judged queries of two trackers, fluid and
//! titanium-2012. `cargo bench --bench relevance -- FOLDER` measures the other half; see `docs/benchmarks.md`.

/// The bonus for a document whose title contains the question's title.
const TITLE_FOUND: f64 = 0.5;
/// The bonus for a document whose title is contained in the question.
const TITLE_EXPLAINED: f64 = 0.3;

/// The factor that turns a score of 1 into an integer.
pub(super) const ONE: f64 = 1_000_000.0;

/// A document that has a part of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PartHit {
    /// The document's number.
    pub document: u32,
    /// The sum of rarity × impact of the part's terms in the document.
    pub score: u32,
    /// The number of the part's terms that are in the document's title, and of all significant terms in this title.
    pub title: (u8, u8),
}

/// A part of a question with its weight.
#[derive(Clone, Copy, Debug)]
pub(super) struct PartWeight {
    /// The factor for the scores of the part's documents.
    pub weight: f64,
    /// The rarity of the part's terms in total. The greatest score of a document is 255 times this.
    pub rarity: u32,
    /// Whether the part is in the title of the question.
    pub in_title: bool,
    /// Whether the part is in the title or the text of the question, so that it can explain a title.
    pub in_prose: bool,
}

/// The scores of the documents for one question.
pub(super) struct Scores {
    /// For each document: the sum of the weighted scores, the weight of the parts of the question's title in its title,
    /// and the share of its title that is in the question.
    sums: Vec<[f64; 3]>,
    /// The documents with at least one part, in no particular order.
    touched: Vec<u32>,
    /// The weight of all parts.
    possible: f64,
    /// The weight of the parts of the question's title.
    of_title: f64,
}

impl Scores {
    /// Creates scores for documents with numbers below `numbers`.
    pub(super) fn new(numbers: usize) -> Self {
        Self { sums: vec![[0.0; 3]; numbers], touched: Vec::new(), possible: 0.0, of_title: 0.0 }
    }

    /// Removes all parts.
    pub(super) fn clear(&mut self) {
        for document in self.touched.drain(..) {
            self.sums[document as usize] = [0.0; 3];
        }
        (self.possible, self.of_title) = (0.0, 0.0);
    }

    /// Adds a part that no document has. It makes all documents less relevant.
    pub(super) fn add_missing(&mut self, worth: f64) {
        self.possible += worth;
    }

    /// Adds a part with the documents that have it.
    pub(super) fn add(&mut self, part: PartWeight, hits: impl IntoIterator<Item = PartHit>) {
        let worth = part.weight * f64::from(part.rarity);
        self.possible += worth;
        self.of_title += if part.in_title { worth } else { 0.0 };
        for hit in hits {
            let [sum, found, explained] = &mut self.sums[hit.document as usize];
            if *sum == 0.0 {
                self.touched.push(hit.document);
            }
            *sum += part.weight * f64::from(hit.score);
            let (terms, all) = hit.title;
            if terms > 0 {
                *found += if part.in_title { worth } else { 0.0 };
                *explained += if part.in_prose { f64::from(terms) / f64::from(all) } else { 0.0 };
            }
        }
    }

    /// Adds a term of the question that counts only for the share of a document's title that is in the question.
    /// Documents without any part stay without a score.
    pub(super) fn explain(&mut self, hits: impl IntoIterator<Item = PartHit>) {
        for hit in hits {
            let [sum, _, explained] = &mut self.sums[hit.document as usize];
            let (terms, all) = hit.title;
            if *sum > 0.0 && terms > 0 {
                *explained += f64::from(terms) / f64::from(all);
            }
        }
    }

    /// Returns the documents with at least one part, in no particular order.
    pub(super) fn touched(&self) -> &[u32] {
        &self.touched
    }

    /// Returns the documents that can have this relevance or a greater one, in no particular order.
    pub(super) fn at_least(&self, relevance: f64) -> impl Iterator<Item = u32> + use<'_> {
        let most = (1.0 + TITLE_FOUND) * (1.0 + TITLE_EXPLAINED);
        let sum = relevance / most * (255.0 * self.possible).max(1.0);
        self.touched.iter().copied().filter(move |document| self.sums[*document as usize][0] >= sum)
    }

    /// Returns the relevance of a document, from 0 to about 2.
    pub(super) fn of(&self, document: u32) -> f64 {
        let [sum, found, explained] = self.sums[document as usize];
        relevance(sum, self.possible, found, self.of_title, explained)
    }

    /// Returns the weight of all parts, and of the parts of the question's title.
    pub(super) fn possible(&self) -> (f64, f64) {
        (self.possible, self.of_title)
    }
}

fn relevance(sum: f64, possible: f64, found: f64, of_title: f64, explained: f64) -> f64 {
    let share = sum / (255.0 * possible).max(1.0);
    let found = found / of_title.max(1.0);
    share * (1.0 + TITLE_FOUND * found) * (1.0 + TITLE_EXPLAINED * explained.min(1.0))
}

/// Returns the greatest relevance that a document can have, whose title may be contained in the question.
pub(super) fn greatest_relevance(sum: f64, possible: f64, found: f64, of_title: f64) -> f64 {
    relevance(sum, possible, found, of_title, 1.0)
}
