//! Decides which similar documents are shown unprompted.
//!
//! Three things speak for a document: its similarity, whether it is as similar as the most similar one, and its lead over
//! the documents that are left if three are shown. If many documents are about as similar, they only share common words,
//! and none of them is the same problem. A document is shown if
//!
//! similarity × relevance / best relevance × lead³ ≥ 1.15 × (1 + 0.018 × (24 − number of looked-up terms))
//!
//! The lead is the score divided by the third-best score of the other documents, at most 1.7. A document whose text is
//! nearly that of the draft is always shown, because a problem that recurs every week has many reports without a lead.
//!
//! The numbers were chosen on the judged queries of fluid and titanium-2012; `docs/decisions/suggestions.md` has the
//! measurements. `casebook eval --qrels FILE` measures the effect.

use super::{
    MOST_LOOKUPS,
    likeness::{MOST_BONUS, MOST_CURRENT, MOST_NEAR, SAME_LEVEL, ScoredDocument},
};

/// The threshold for a draft with [`MOST_LOOKUPS`] terms.
const ENOUGH: f64 = 1.15;
/// The similarity with which a document is shown without a lead.
const NEARLY_EQUAL: f64 = 1.0;
/// The increase of both thresholds for each term that is missing to [`MOST_LOOKUPS`]. A title of six words easily shares
/// half of its words with another one.
const FEW_TERMS: f64 = 0.018;
/// The maximum lead. Without a maximum, a document without competition would be shown for a single shared word.
const MOST_LEAD: f64 = 1.7;
/// The number of documents that can be shown unprompted at once.
const SHOWN: usize = 3;

/// The threshold for the documents that are similar to one draft.
#[derive(Clone, Copy)]
pub(in crate::search) struct Threshold {
    /// The factor for a draft with few terms, at least 1.
    factor: f64,
}

/// What a document needs to be shown unprompted, beside the other documents of its ranking.
pub(in crate::search) struct Unprompted {
    threshold: Threshold,
    best_base: f64,
    /// The first documents of the ranking with their scores, one more than can be shown.
    first: Vec<(u32, f64)>,
}

/// Returns the greatest of `numbers`, the greatest first, or 0 if there are fewer.
pub(in crate::search) fn greatest<const COUNT: usize>(numbers: impl Iterator<Item = f64>) -> [f64; COUNT] {
    let mut best = [0.0; COUNT];
    for number in numbers {
        let before = best.partition_point(|one| *one >= number);
        if let Some(rest) = best.get_mut(before..) {
            rest.rotate_right(usize::from(!rest.is_empty()));
            rest.iter_mut().take(1).for_each(|place| *place = number);
        }
    }
    best
}

impl Threshold {
    /// Returns the threshold for a draft of which `lookups` terms were looked up.
    pub(in crate::search) fn of(lookups: usize) -> Self {
        Self { factor: 1.0 + FEW_TERMS * MOST_LOOKUPS.saturating_sub(lookups) as f64 }
    }

    /// Returns whether a document with this similarity can be shown, or can take the lead from one that is shown.
    pub(in crate::search) fn may_matter(self, similarity: f64) -> bool {
        similarity * MOST_LEAD.powi(4) * MOST_BONUS >= ENOUGH * self.factor
    }

    /// Returns the least relevance without time of a document that [may matter](Self::may_matter).
    pub(in crate::search) fn least_base(self) -> f64 {
        ENOUGH * self.factor / (MOST_LEAD.powi(4) * MOST_BONUS * MOST_NEAR)
    }

    /// Returns the least relevance without time of a document that can be among the first of a ranking, or can be shown, if
    /// the documents have these relevances.
    pub(in crate::search) fn least_among(self, bases: impl Iterator<Item = f64>) -> f64 {
        let [.., last] = greatest::<{ SHOWN + 1 }>(bases);
        // Time can raise a score by these factors, but lowers none.
        let first = last / (MOST_NEAR * MOST_CURRENT * SAME_LEVEL);
        first.min(NEARLY_EQUAL * self.factor / MOST_NEAR)
    }

    /// Returns whether a document with this similarity is shown whatever the others are.
    pub(in crate::search) fn is_nearly_equal(self, similarity: f64) -> bool {
        similarity / self.factor >= NEARLY_EQUAL
    }

    /// Returns a similarity that can be compared with those of other drafts.
    pub(in crate::search) fn strength(self, similarity: f32) -> f32 {
        similarity / self.factor as f32
    }

    /// Applies the threshold to documents in the order of [`ranked`](super::ranked).
    pub(in crate::search) fn among(self, ranked: &[ScoredDocument]) -> Unprompted {
        let first = ranked.iter().take(SHOWN + 1).map(|one| (one.document, one.score)).collect();
        let best_base = ranked.iter().map(|one| one.base).fold(0.0, f64::max);
        Unprompted { threshold: self, best_base, first }
    }
}

impl Unprompted {
    /// Returns whether a document of the ranking is shown.
    pub(in crate::search) fn accepts(&self, one: &ScoredDocument) -> bool {
        let similarity = one.similarity / self.threshold.factor;
        let mut others = self.first.iter().filter(|(document, _)| *document != one.document);
        let left = others.nth(SHOWN - 1).map(|(_, score)| score);
        let lead = left.map_or(MOST_LEAD, |left| (one.score / left).min(MOST_LEAD));
        let beside = one.base / self.best_base;
        self.threshold.is_nearly_equal(one.similarity) || similarity * beside * lead.powi(3) >= ENOUGH
    }

    /// Returns the lowest score on which the leads depend. It is 0 if there are so few documents that any other would
    /// matter.
    pub(in crate::search) fn last_score(&self) -> f64 {
        self.first.get(SHOWN).map_or(0.0, |(_, score)| *score)
    }

    /// Returns the greatest relevance without time.
    pub(in crate::search) fn best_base(&self) -> f64 {
        self.best_base
    }
}

#[cfg(test)]
mod tests {
    use super::super::likeness::{Similarity, ranked};
    use super::*;
    use crate::text::Time;

    /// Returns which documents are shown for a draft with `lookups` terms, by the similarities of the documents.
    fn shown(lookups: usize, similarities: &[f64]) -> Vec<bool> {
        let scored =
            |(document, similarity): (u32, &f64)| ScoredDocument::of_similarity(document, *similarity);
        let ranked: Vec<ScoredDocument> = (0..).zip(similarities).map(scored).collect();
        let unprompted = Threshold::of(lookups).among(&ranked);
        ranked.iter().map(|one| unprompted.accepts(one)).collect()
    }

    #[test]
    fn documents_that_are_left_out_early_change_nothing() {
        let mut random = 1_u64;
        let mut below = |end: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % end
        };
        let mut left_out = 0;
        for round in 0..300 {
            let time = |day: u64| Time::from(jiff::Timestamp::new(day as i64 * 86_400, 0).unwrap());
            let written = Some(time(200));
            let all: Vec<(u32, Similarity)> = (0..200)
                .map(|document| {
                    // Most documents share little, and some levels have several documents.
                    let base = (below(100) as f64 / 100.0).powi(3) * (1.0 + (round % 3) as f64 / 2.0);
                    let (opened, open) = (below(300), below(100));
                    let resolved = (below(2) == 0).then(|| time(opened + open));
                    (document, Similarity { base, written, opened: time(opened), resolved })
                })
                .collect();
            let threshold = Threshold::of(24 - round % 20);
            let outcome = |least: f64| {
                let some = all.iter().filter(|(_, one)| one.base >= least);
                let weighed = some.map(|(document, one)| one.weigh(*document));
                let ranking =
                    ranked(weighed.filter(|one| threshold.may_matter(one.similarity)).collect(), |a, b| {
                        b.cmp(&a)
                    });
                let unprompted = threshold.among(&ranking);
                let shown: Vec<(u32, f64)> = ranking
                    .iter()
                    .filter(|one| unprompted.accepts(one))
                    .map(|one| (one.document, one.score))
                    .collect();
                (unprompted.first.clone(), unprompted.best_base(), shown)
            };
            let least =
                threshold.least_base().max(threshold.least_among(all.iter().map(|(_, one)| one.base)));
            left_out += all.iter().filter(|(_, one)| one.base < least).count();
            assert_eq!(outcome(least), outcome(0.0), "round {round}");
        }
        assert!(left_out > 300 * 50, "{left_out}");
    }

    #[test]
    fn a_document_that_stands_out_is_shown_alone() {
        assert_eq!(shown(24, &[0.5, 0.3, 0.29, 0.28]), [true, false, false, false]);
        assert_eq!(shown(24, &[0.5]), [true]);
    }

    #[test]
    fn documents_that_are_all_moderately_similar_are_not_shown() {
        assert_eq!(shown(24, &[0.5, 0.49, 0.48, 0.47, 0.46]), [false; 5]);
    }

    #[test]
    fn two_or_three_reports_of_the_same_problem_are_shown_together() {
        assert_eq!(shown(24, &[0.5, 0.49, 0.2, 0.2, 0.2]), [true, true, false, false, false]);
        assert_eq!(shown(24, &[0.5, 0.49, 0.48, 0.2, 0.2]), [true, true, true, false, false]);
    }

    #[test]
    fn a_report_that_recurs_often_is_shown_although_none_stands_out() {
        assert_eq!(shown(24, &[1.2; 6]), [true; 6]);
    }

    #[test]
    fn one_shared_word_is_not_shown_even_without_competition() {
        assert_eq!(shown(24, &[0.15]), [false]);
    }

    #[test]
    fn a_short_draft_needs_more_similarity() {
        assert_eq!((shown(24, &[0.25]), shown(6, &[0.25])), (vec![true], vec![false]));
    }

    #[test]
    fn a_document_that_does_not_matter_changes_nothing() {
        let below = (1..100).map(|percent| f64::from(percent) / 100.0);
        for similarity in below.filter(|similarity| !Threshold::of(24).may_matter(*similarity)) {
            assert_eq!(shown(24, &[0.24, similarity, similarity, similarity]), [true, false, false, false]);
        }
    }
}
