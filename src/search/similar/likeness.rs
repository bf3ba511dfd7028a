//! Scores how similar a document is to a draft: the effect of time and the order of documents.

use std::{cmp::Ordering, collections::HashMap};

use crate::text::Time;

/// The bonus for a document that was opened on the day of the draft.
const SAME_DAY: f64 = 0.4;
/// The bonus for a document that was not yet resolved when the draft was written.
const STILL_OPEN: f64 = 0.8;

/// The greatest factor between the relevance without time and the similarity of a document.
pub(in crate::search) const MOST_NEAR: f64 = 1.0 + SAME_DAY;
/// The greatest factor between the similarity of a document and its score before the ranking.
pub(super) const MOST_CURRENT: f64 = 1.0 + STILL_OPEN;
/// The greatest factor between the similarity and the score of a document.
pub(super) const MOST_BONUS: f64 = MOST_NEAR * MOST_CURRENT;

/// The number of days between the document's opening and the draft after which [`SAME_DAY`] is halved.
const HALF_NEAR: f64 = 60.0;
/// The number of days since the resolution after which [`STILL_OPEN`] is halved. A problem that was fixed long ago is
/// rarely reported again.
const HALF_CURRENT: f64 = 20.0;

/// The greatest factor between two documents that are equally good, rounded up.
pub(super) const SAME_LEVEL: f64 = 1.0 + 2.0 * AS_GOOD;

/// Two documents are equally good if their scores without time differ by less than this.
const AS_GOOD: f64 = 0.01;

/// The similarity of a draft and a document.
pub(in crate::search) struct Similarity {
    /// The relevance without time.
    pub base: f64,
    /// When the draft was written.
    pub written: Option<Time>,
    /// When the document was opened.
    pub opened: Time,
    /// When the document was resolved, unless it was reopened by then.
    pub resolved: Option<Time>,
}

/// A document with its scores.
pub(in crate::search) struct ScoredDocument {
    /// The document's number.
    pub document: u32,
    /// The score for the order.
    pub score: f64,
    /// The similarity by which a document is shown unprompted. It ignores whether the document was open, because that is
    /// not a similarity.
    pub similarity: f64,
    /// The similarity without time.
    pub(super) base: f64,
    is_resolved: bool,
}

impl Similarity {
    /// Computes the scores of `document`.
    pub(crate) fn weigh(&self, document: u32) -> ScoredDocument {
        let base = self.base;
        let near = |seconds: i64, half: f64| 1.0 / (1.0 + seconds as f64 / 86_400.0 / half);
        let (mut similarity, mut current) = (base, 1.0);
        if let Some(written) = self.written {
            let since = |time: Time| written.seconds().saturating_sub(time.seconds());
            similarity *= 1.0 + SAME_DAY * near(since(self.opened).saturating_abs(), HALF_NEAR);
            // A document counts as open only after its opening.
            let apart = self.resolved.map_or(0, since).max(-since(self.opened)).max(0);
            current += STILL_OPEN * near(apart, HALF_CURRENT);
        }
        ScoredDocument {
            document,
            score: similarity * current,
            similarity,
            base,
            is_resolved: self.resolved.is_some(),
        }
    }
}

#[cfg(test)]
impl ScoredDocument {
    /// Creates an open document whose time has no effect.
    pub(super) fn of_similarity(document: u32, similarity: f64) -> Self {
        Self { document, score: similarity, similarity, base: similarity, is_resolved: false }
    }
}

/// Sorts the best first; for equal scores resolved documents first, then by `order`. A resolved document is never
/// ranked below an open one that differs only in time, because it has the answer.
pub(in crate::search) fn ranked(
    mut all: Vec<ScoredDocument>,
    order: impl Fn(u32, u32) -> Ordering,
) -> Vec<ScoredDocument> {
    let level = |one: &ScoredDocument| (one.base.ln() / AS_GOOD).round() as i64;
    let mut open: HashMap<i64, f64> = HashMap::new();
    for one in all.iter().filter(|one| !one.is_resolved) {
        let best = open.entry(level(one)).or_default();
        *best = best.max(one.score);
    }
    for one in all.iter_mut().filter(|one| one.is_resolved) {
        one.score = open.get(&level(one)).map_or(one.score, |best| best.max(one.score));
    }
    all.sort_unstable_by(|a, b| {
        let by_score = b.score.total_cmp(&a.score).then(b.is_resolved.cmp(&a.is_resolved));
        by_score.then_with(|| order(a.document, b.document))
    });
    all
}

/// Returns the bonus for a document that is close in time to a question asked on the day `asked`. `opened` and
/// `resolved` are the days of the document; all are counted from 1970.
pub(in crate::search) fn closeness(asked: i64, opened: i64, resolved: Option<i64>) -> f64 {
    let near = |days: i64, half: f64| 1.0 / (1.0 + days as f64 / half);
    let open = resolved.map_or(0, |resolved| (asked - opened - days_open(opened, resolved)).max(0));
    (1.0 + SAME_DAY * near((asked - opened).max(0), HALF_NEAR))
        * (1.0 + STILL_OPEN * near(open, HALF_CURRENT))
}

/// Returns for how many days a document was open, rounded down to three binary digits: published days then take two
/// thirds of the space.
pub(in crate::search) fn days_open(opened: i64, resolved: i64) -> i64 {
    let days = (resolved - opened).max(0);
    let cut = (i64::BITS - days.leading_zeros()).saturating_sub(3);
    days >> cut << cut
}
