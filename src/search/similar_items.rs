//! Finds tickets and articles that are similar to a question, now or at a time in the past.

use std::ops::ControlFlow;

use super::{
    Item, Question,
    past::PastDocuments,
    relevance::ONE,
    similar::{DocumentSet, similar},
};
use crate::{index::IndexError, store::Store, text::Time};

/// A ticket or an article that is similar to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimilarItem {
    pub item: Item,
    /// The score in millionths, comparable only within the same answer.
    pub score: u32,
    /// Whether the match is too weak to show unprompted.
    pub weak: bool,
    /// The shared properties, the most significant first: errors, words as the question writes them, service and
    /// fields.
    pub why: Vec<String>,
}

impl SimilarItem {
    /// Returns the similarity: the weighted share of the question's terms that the item has, from 0 to 1, times at most 2.5 if it is
    /// from the same time.
    pub(crate) fn similarity(&self) -> f64 {
        f64::from(self.score) / ONE
    }
}

/// The tickets and articles that are similar to a question.
#[derive(Clone, Debug, Default)]
pub struct SimilarItems {
    /// The items to show, the most similar first.
    pub shown: Vec<SimilarItem>,
    /// The number of similar tickets, including those that are not shown. Weak matches count only if they were
    /// requested.
    pub total: usize,
}

/// The number and the kind of results to return.
#[derive(Clone, Copy, Debug)]
pub struct SimilarLimits {
    /// The maximum number of tickets, and of articles.
    pub limit: usize,
    /// Whether to include weak matches.
    pub weak: bool,
}

/// Finds the documents of `collection` that are similar to `question` and that `allowed` accepts, the most similar
/// first. `item` returns the ticket or article of a document.
pub(super) fn similar_items(
    collection: &impl DocumentSet,
    question: &Question,
    item: impl Fn(u32) -> Option<Item>,
    allowed: impl Fn(Item) -> bool,
    limits: SimilarLimits,
) -> Result<SimilarItems, IndexError> {
    let (mut tickets, mut articles) = (0, 0);
    let mut shown = Vec::new();
    let passes = |document: u32| item(document).is_some_and(&allowed);
    let all = similar(collection, &question.draft(), passes, |alike| {
        let Some(item) = item(alike.document).filter(|_| limits.weak || !alike.has_low_score) else {
            return ControlFlow::Continue(());
        };
        let count = match item {
            Item::Ticket(_) => &mut tickets,
            Item::Article(_) => &mut articles,
        };
        // Strong matches are counted beyond the limit; they come first, so this ends soon.
        if *count < limits.limit || !limits.weak {
            let (why, weak) = alike.reasons();
            if weak && !limits.weak {
                return ControlFlow::Continue(());
            }
            if *count < limits.limit {
                let why = why.iter().map(ToString::to_string).collect();
                shown.push(SimilarItem { item, score: alike.score, weak, why });
            }
            *count += 1;
        }
        match limits.weak && tickets.min(articles) >= limits.limit {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    })?;
    let is_ticket = |document: &&u32| matches!(item(**document), Some(Item::Ticket(_)));
    let total = if limits.weak { all.iter().filter(is_ticket).count() } else { tickets };
    Ok(SimilarItems { shown, total })
}

/// Finds similar items in `store`, which must contain only documents from strictly before `moment` (see
/// [`Store::before`]). Uses the same documents and the same ranking as [`eval`](super::eval).
///
/// # Errors
/// Never fails in practice, because it reads no files.
pub(crate) fn similar_items_before(
    store: &Store,
    moment: Time,
    question: &Question,
    allowed: impl Fn(Item) -> bool,
    limits: SimilarLimits,
) -> Result<SimilarItems, IndexError> {
    let mut past = PastDocuments::of(store);
    past.advance(moment);
    similar_items(&past, question, |document| Some(past.item(document)), allowed, limits)
}
