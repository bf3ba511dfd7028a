//! The articles whose answer may no longer be true.

use crate::{
    notify::DoubtfulArticle,
    store::Store,
    text::Time,
    ticket::{Article, Thread},
};

const DAY: i64 = 24 * 60 * 60;

/// An article is due for review this many days after its last review.
const REVIEW_DAYS: i64 = 180;

/// Returns the articles of `store` that are in doubt: a ticket that the article is about was opened after its last
/// review and was not resolved with it, or its last review is 180 days ago. The clock is the newest `created`, as on the
/// site. An article that another one replaces is left out.
pub(super) fn in_doubt(store: &Store) -> Vec<DoubtfulArticle> {
    let newest = store.threads.iter().filter_map(|thread| thread.ticket.created).max();
    let is_superseded =
        |slug: &str| store.articles.iter().any(|other| other.supersedes.iter().any(|old| old == slug));
    let of = |article: &Article| {
        let confirmed = article.confirmed?;
        let reason = match newest_report(article, confirmed, store) {
            Some(report) => format!("reported again after the last review, in {}", report.id()),
            None => {
                let days = (newest?.seconds() - confirmed.seconds()) / DAY;
                (days >= REVIEW_DAYS).then(|| format!("last reviewed {days} days ago"))?
            }
        };
        Some(DoubtfulArticle { slug: article.slug.clone(), title: article.title.clone(), reason })
    };
    store.articles.iter().filter(|article| !is_superseded(&article.slug)).filter_map(of).collect()
}

/// Returns the newest ticket of the article, or duplicate of one, that was opened after the day of its last review and
/// does not cite the article.
fn newest_report<'s>(article: &Article, confirmed: Time, store: &'s Store) -> Option<&'s Thread> {
    let is_named = |id: &str| article.tickets.iter().any(|ticket| ticket == id);
    let is_about = |thread: &&Thread| {
        is_named(thread.id()) || thread.state.duplicate_of.as_deref().is_some_and(is_named)
    };
    // The day of a review has no hour, so a ticket of the same day may have been known.
    let known = confirmed.plus_seconds(DAY);
    let threads = store.threads.iter().map(|thread| &**thread).filter(is_about);
    let later = threads.filter(|thread| thread.ticket.created > Some(known));
    later
        .filter(|thread| !thread.state.answered_by.contains(&article.slug))
        .max_by_key(|thread| (thread.ticket.created, thread.id().to_owned()))
}
