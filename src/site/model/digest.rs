//! Summaries of tickets' texts. They are computed once, because several pages use them.

use std::collections::BTreeSet;

use super::TicketNo;
use crate::site::markdown::excerpt;
use crate::site::names;
use crate::store::Store;
use crate::text::RepoPath;
use crate::ticket::{Resolution, Thread, answer_of};

/// The length of an excerpt, in characters.
pub(in crate::site) const EXCERPT: usize = 200;

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

/// Summarizes the texts of `thread`. `find` looks up a ticket by name.
pub(in crate::site) fn digest(
    store: &Store,
    thread: &Thread,
    find: impl Fn(&str) -> Option<TicketNo>,
) -> TextSummary {
    let mut digest = TextSummary::default();
    let mut mentions = BTreeSet::new();
    let own = std::iter::once(thread.ticket.path.as_ref());
    let paths = own.chain(thread.replies.iter().map(|reply| reply.path.as_ref()));
    let texts: Vec<(Option<&RepoPath>, String)> = paths.map(|path| (path, store.body(path))).collect();
    for (_, text) in &texts {
        for name in names::names(text) {
            mentions.extend(find(&text[name.name]));
        }
    }
    let own = || {
        answer_of(
            thread,
            store.answer_sections(thread),
            |_| true,
            |reply| {
                let Some(reply) = reply else { return Some(texts[0].1.clone()) };
                texts.iter().find(|(path, _)| *path == reply.path.as_ref()).map(|(_, text)| text.clone())
            },
        )
    };
    let original = store.original_answer(thread).map(|(_, answer)| answer);
    if let Some(answer) = original.or_else(own) {
        digest.excerpt = excerpt(&answer.text, EXCERPT);
        let is_answer = thread.state.resolution.is_none_or(Resolution::is_answer);
        digest.answered = is_answer && !digest.excerpt.is_empty();
        digest.excerpt_of = match thread.state.resolution {
            Some(Resolution::Declined | Resolution::NotReproducible) => "outcome",
            _ if answer.text.starts_with("## Fix\n") => "fix",
            _ => "answer",
        };
    }
    if digest.excerpt.is_empty() {
        digest.excerpt_of = "problem";
        digest.excerpt = excerpt(&texts[0].1, EXCERPT);
    }
    digest.mentions = mentions.into_iter().collect();
    digest
}
