//! Counts whether similar tickets made a new one unnecessary.

use crate::{
    cli::{Context, similar_hits::ShownSimilarItem, suggestions::Suggestions},
    intake::{Attempt, AttemptEnd, record_attempt},
};

/// Returns the end of an attempt for which `similar` makes a new ticket unnecessary.
pub(super) fn end(similar: &ShownSimilarItem<'_>) -> AttemptEnd {
    match similar.is_answer() {
        true => AttemptEnd::Solved(similar.name()),
        false => AttemptEnd::SameAs(similar.name()),
    }
}

/// Counts an attempt. It is only a number: an error must not stop somebody who has a problem.
pub(super) fn count(
    template: &str,
    suggestions: &Suggestions<'_>,
    end: AttemptEnd,
    me: Option<&str>,
    context: &Context,
) {
    let shown = suggestions.all_shown().iter().map(|suggestion| suggestion.id.clone()).collect();
    let attempt = Attempt { template: template.to_owned(), shown, end };
    let Ok(locked) = context.repo().and_then(|repo| context.lock(repo)) else { return };
    let _ = record_attempt(&locked, &attempt, me.unwrap_or_default(), context.process.now);
}
