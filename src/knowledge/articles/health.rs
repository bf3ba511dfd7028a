//! The health of an article: how often it answered, whether something speaks against it, and when it is due for review.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    knowledge::clusters::{Clusters, clock},
    store::Store,
    text::Time,
    ticket::{Article, Thread},
};

const DAY: i64 = 24 * 60 * 60;

/// An article is due for review this long after its last review.
const REVIEW: i64 = 180 * DAY;

/// What is known about an article since its last review.
///
/// - `answered = number of tickets that cite the article by answered_by, duplicate_of or draft_from`, without the tickets
///   that it is based on
/// - `in doubt = a ticket of its cluster was opened after confirmed, or resolved later, without citing it`
/// - `due for review = confirmed + 180 days`
///
/// All are measured at the newest opening or reply. The day of a review has no hour, so what happened on this day counts
/// as known.
///
/// Source: KCS v6 practices guide, "reuse count" and "content health indicators".
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct ArticleHealth {
    /// The places of the tickets that cite it, in the order of opening.
    pub answered: Vec<usize>,
    /// The newest event that speaks against it.
    pub doubt: Option<ArticleDoubt>,
    /// When it is due for review; `None` if it was never reviewed.
    pub review: Option<Time>,
    /// Whether it is due for review.
    pub is_due: bool,
}

/// Why an article may not be true any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ArticleDoubt {
    /// When it happened.
    pub when: Time,
    /// The place of the ticket in the store's threads.
    pub ticket: usize,
    /// Whether the ticket was resolved without the article, and not opened.
    pub is_resolution: bool,
}

/// The health of all articles of a store.
pub(crate) struct ArticleHealths<'a> {
    store: &'a Store,
    clusters: &'a Clusters,
    clock: Time,
    /// The tickets that cite each article, by slug.
    citations: BTreeMap<&'a str, BTreeSet<usize>>,
}

impl<'a> ArticleHealths<'a> {
    /// Collects the citations of all articles.
    pub(crate) fn of(store: &'a Store, clusters: &'a Clusters) -> Self {
        let mut citations: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for (place, thread) in store.threads.iter().enumerate() {
            for article in cited(thread).filter_map(|name| store.article(name)) {
                citations.entry(&article.slug).or_default().insert(place);
            }
        }
        Self { store, clusters, clock: clock(store), citations }
    }

    /// Returns the health of `article`.
    pub(crate) fn health(&self, article: &Article) -> ArticleHealth {
        let own: BTreeSet<usize> =
            article.tickets.iter().filter_map(|id| self.store.threads.place(id)).collect();
        let citing = self.citations.get(article.slug.as_str());
        let review = article.confirmed.map(|confirmed| confirmed.plus_seconds(REVIEW));
        ArticleHealth {
            answered: citing.into_iter().flatten().copied().filter(|place| !own.contains(place)).collect(),
            doubt: article.confirmed.and_then(|confirmed| self.doubt(article, confirmed)),
            review,
            is_due: review.is_some_and(|review| review < self.clock),
        }
    }

    fn doubt(&self, article: &Article, confirmed: Time) -> Option<ArticleDoubt> {
        let known = confirmed.plus_seconds(DAY);
        let citing = self.citations.get(article.slug.as_str());
        let cluster = self.clusters.of_article(self.store, &article.tickets);
        let events = cluster.into_iter().filter(|place| citing.is_none_or(|citing| !citing.contains(place)));
        let events = events.flat_map(|ticket| {
            let thread = &self.store.threads[ticket];
            let event = |when: Option<Time>, is_resolution: bool| {
                let when = when.filter(|when| *when >= known)?;
                Some(ArticleDoubt { when, ticket, is_resolution })
            };
            // A duplicate has the answer of its original.
            let resolved = thread.resolved().filter(|_| thread.state.duplicate_of.is_none());
            [event(thread.ticket.created, false), event(resolved, true)]
        });
        events.flatten().max()
    }
}

/// Returns the names of the tickets and articles that a ticket cites.
fn cited(thread: &Thread) -> impl Iterator<Item = &str> {
    let state = thread.state.answered_by.iter().chain(&thread.state.duplicate_of);
    let drafts = thread.replies.iter().filter_map(|reply| reply.draft_from.as_ref());
    state.chain(drafts).map(String::as_str)
}
