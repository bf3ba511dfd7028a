//! How much of a proposed reply was kept.

use super::{ProposedReply, SAME, passages::passages, sources::Source, terms};
use crate::{
    search::Item,
    store::Store,
    text::{Time, markdown::without_comments},
    ticket::{Reply, Thread},
};

/// What became of proposed replies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProposalUse {
    /// The number of replies with `draft_from`.
    pub replies: usize,
    /// The median part of the proposed sentences that these replies kept, in percent; `None` if no source has an answer any more.
    pub kept: Option<u32>,
}

impl ProposalUse {
    /// Counts the replies to `threads` that were written in `times`.
    pub(crate) fn of(store: &Store, threads: &[&Thread], times: impl Fn(Time) -> bool) -> Self {
        let replies =
            threads.iter().flat_map(|thread| thread.replies.iter().map(move |reply| (*thread, reply)));
        let drafted =
            replies.filter(|(_, reply)| reply.draft_from.is_some() && reply.created.is_some_and(&times));
        let drafted: Vec<(&Thread, &Reply)> = drafted.collect();
        let mut kept: Vec<f64> =
            drafted.iter().filter_map(|(thread, reply)| kept(store, thread, reply)).collect();
        kept.sort_by(f64::total_cmp);
        let median = kept.get(kept.len().saturating_sub(1) / 2);
        Self { replies: drafted.len(), kept: median.map(|kept| (kept * 100.0).round() as u32) }
    }
}

/// Returns the share of the sentences proposed from the first source of a reply's draft that the reply still says, from 0 to 1;
/// `None` if the reply has no `draft_from`, or if its source has no answer any more.
///
/// `kept = proposed sentences with a sentence in the reply that has 60 % of the same words / proposed sentences`
///
/// The draft is not stored. It is proposed again from the current answer of the source.
fn kept(store: &Store, thread: &Thread, reply: &Reply) -> Option<f64> {
    let name = reply.draft_from.as_deref()?;
    let ticket = store.thread(name).and_then(|source| store.threads.place_of(source.ticket.path.as_ref()?));
    let article = || store.articles.iter().position(|article| article.slug == name);
    let item = ticket.map(Item::Ticket).or_else(|| article().map(Item::Article))?;
    let source = Source::of(store, item)?;
    let mut proposed = ProposedReply::default();
    let body = store.body(thread.ticket.path.as_ref());
    let words = terms(&format!("{}\n{body}", thread.ticket.title));
    proposed.add_source(&source, (thread, &body), &words, store);
    let said = store.body(reply.path.as_ref());
    let said = passages(&said).into_iter().flat_map(|passage| passage.parts);
    let said: Vec<_> = said.map(|part| terms(&without_comments(&part))).collect();
    let is_kept = |text: &str| {
        // The comments with the former values are not part of the sentence.
        let own = terms(&without_comments(text));
        said.iter().any(|other| {
            let shared = own.intersection(other).count() as f64;
            shared >= SAME * own.union(other).count() as f64
        })
    };
    let count = proposed.sentences.len();
    let kept = proposed.sentences.iter().filter(|sentence| is_kept(&sentence.text)).count();
    (count > 0).then(|| kept as f64 / count as f64)
}
