//! Tickets and articles that are like a question: the same for an index of now and for the past.

use super::{
    Item, Question,
    index::IndexError,
    past::Past,
    similar::{Alike, Collection, similar},
};
use crate::{store::Store, text::Time};

/// A ticket or an article that is like a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resembling {
    /// Which.
    pub item: Item,
    /// For comparing with others of the same answer.
    pub score: u32,
    /// Whether that is too little to trouble anybody with who did not ask.
    pub weak: bool,
    /// What both have: an error, words as the question writes them, a service and fields; the most telling first.
    pub why: Vec<String>,
}

/// What of `collection` is like `question`, the likest first, at most `limit` tickets and as many articles; only those that
/// `allowed` passes. `item` says what a document is of.
pub(super) fn resembling(
    collection: &impl Collection,
    question: &Question,
    item: impl Fn(u32) -> Option<Item>,
    allowed: impl Fn(Item) -> bool,
    limit: usize,
) -> Result<Vec<Resembling>, IndexError> {
    let (mut tickets, mut articles) = (0, 0);
    let keep = |document: u32| {
        let kept = match item(document) {
            Some(Item::Ticket(_)) => &mut tickets,
            Some(Item::Article(_)) => &mut articles,
            None => return false,
        };
        *kept += 1;
        *kept <= limit
    };
    let passes = |document: u32| item(document).is_some_and(&allowed);
    let found = similar(collection, &question.draft(), passes, keep)?;
    let placed = found.into_iter().filter_map(|Alike { document, score, weak, why }| {
        Some(Resembling { item: item(document)?, score, weak, why })
    });
    Ok(placed.collect())
}

/// The same among what was there strictly before `moment`, which is all that `store` has (see [`Store::before`]). They are
/// the documents and the ranking that [`eval`](super::eval) judges.
///
/// # Errors
/// Never, in fact: nothing is read from a disk.
pub fn resembling_before(
    store: &Store,
    moment: Time,
    question: &Question,
    allowed: impl Fn(Item) -> bool,
    limit: usize,
) -> Result<Vec<Resembling>, IndexError> {
    let mut past = Past::of(store);
    past.advance(moment);
    resembling(&past, question, |document| Some(past.item(document)), allowed, limit)
}
