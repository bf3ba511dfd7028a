//! Summaries of tickets' texts as pages show them. They are computed once, because several pages use them.

use std::collections::{BTreeSet, HashMap};

use super::TicketNo;
use super::summaries::StampedSummary;
use crate::store::Store;
use crate::ticket::Resolution;

/// A summary of a ticket's texts.
#[derive(Debug, Default)]
pub(in crate::site) struct TextSummary {
    /// The beginning of the answer, of the original's answer for a duplicate, or of the problem if there is no answer.
    pub(in crate::site) excerpt: String,
    /// Whether the excerpt is from the ticket's own answer, and the ticket was not closed without one.
    pub(in crate::site) answered: bool,
    /// What the excerpt is from: `fix`, `answer`, `outcome`, or `problem`.
    pub(in crate::site) excerpt_of: &'static str,
    /// The tickets that the texts mention.
    pub(in crate::site) mentions: Vec<TicketNo>,
}

/// Summarizes the texts of ticket `n`. `by_name` has all tickets by their names.
pub(in crate::site) fn digest(
    store: &Store,
    n: TicketNo,
    summaries: &[StampedSummary],
    by_name: &HashMap<String, TicketNo>,
) -> TextSummary {
    let thread = &store.threads[n];
    let own = &summaries[n].own;
    let mentions: BTreeSet<TicketNo> =
        own.names.iter().filter_map(|name| by_name.get(name).copied()).collect();
    let original = store.original(thread).and_then(|original| by_name.get(original.id()));
    let of_original = original.and_then(|n| summaries[*n].own.answer.as_ref());
    let answer = of_original.filter(|answer| !answer.is_blank).or(own.answer.as_ref());
    let answer = answer.filter(|answer| !answer.excerpt.is_empty());
    let is_answer = thread.state.resolution.is_none_or(Resolution::is_answer);
    TextSummary {
        excerpt: answer.map_or(&own.problem, |answer| &answer.excerpt).clone(),
        excerpt_of: match (answer, thread.state.resolution) {
            (None, _) => "problem",
            (_, Some(Resolution::Declined | Resolution::NotReproducible)) => "outcome",
            (Some(answer), _) if answer.is_fix => "fix",
            (Some(_), _) => "answer",
        },
        answered: is_answer && answer.is_some(),
        mentions: mentions.into_iter().collect(),
    }
}
