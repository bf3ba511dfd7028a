//! Tickets and articles that are like a question: the same for an index of now and for the past.

use std::ops::ControlFlow;

use super::{
    Item, Question,
    past::Past,
    similar::{Collection, similar},
};
use crate::{index::IndexError, store::Store, text::Time};

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

/// Tickets and articles that are like a question.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The likest first.
    pub shown: Vec<Resembling>,
    /// How many tickets there are, those that are not shown included; of weak ones only where they are wanted.
    pub total: usize,
}

/// How much is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The most tickets, and the most articles.
    pub limit: usize,
    /// Whether weak matches are, too.
    pub weak: bool,
}

/// What of `collection` is like `question`, the likest first; only what `allowed` passes. `item` says what a document is of.
pub(super) fn resembling(
    collection: &impl Collection,
    question: &Question,
    item: impl Fn(u32) -> Option<Item>,
    allowed: impl Fn(Item) -> bool,
    wanted: Wanted,
) -> Result<Found, IndexError> {
    let (mut tickets, mut articles) = (0, 0);
    let mut shown = Vec::new();
    let passes = |document: u32| item(document).is_some_and(&allowed);
    let all = similar(collection, &question.draft(), passes, wanted.limit, |alike| {
        let Some(item) = item(alike.document).filter(|_| wanted.weak || !alike.is_far) else {
            return ControlFlow::Continue(());
        };
        let count = match item {
            Item::Ticket(_) => &mut tickets,
            Item::Article(_) => &mut articles,
        };
        // Strong ones are counted, and all are soon seen.
        if *count < wanted.limit || !wanted.weak {
            let (why, weak) = alike.told();
            if weak && !wanted.weak {
                return ControlFlow::Continue(());
            }
            if *count < wanted.limit {
                let why = why.iter().map(ToString::to_string).collect();
                shown.push(Resembling { item, score: alike.score, weak, why });
            }
            *count += 1;
        }
        match wanted.weak && tickets.min(articles) >= wanted.limit {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    })?;
    let is_ticket = |document: &&u32| matches!(item(**document), Some(Item::Ticket(_)));
    let total = if wanted.weak { all.iter().filter(is_ticket).count() } else { tickets };
    Ok(Found { shown, total })
}

/// The same among what was there strictly before `moment`, which is all that `store` has (see [`Store::before`]). They are
/// the documents and the ranking that [`eval`](super::eval) judges.
///
/// # Errors
/// Never, in fact: nothing is read from a disk.
pub(crate) fn resembling_before(
    store: &Store,
    moment: Time,
    question: &Question,
    allowed: impl Fn(Item) -> bool,
    wanted: Wanted,
) -> Result<Found, IndexError> {
    let mut past = Past::of(store);
    past.advance(moment);
    resembling(&past, question, |document| Some(past.item(document)), allowed, wanted)
}
