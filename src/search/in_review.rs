//! Lists of tickets, which also have the tickets in review. Searches do not have them.

use std::sync::Arc;

use super::{Engine, Filter, Item, Results, order::compare_across};
use crate::{
    query::{Lookup, Query},
    repo::CacheSlot,
    store::Store,
    text::Time,
    ticket::Thread,
};

/// Returns the tickets of `results` together with the tickets in review that match `query`, in the order that the query
/// specifies; without an order, the tickets in review come first. `results` are the results of `query` in `store`.
pub(crate) fn list<'s>(
    store: &'s Arc<Store>,
    results: &Results,
    query: &Query,
    me: Option<&str>,
    now: Time,
) -> Vec<&'s Thread> {
    let main = Lookup::new(store);
    let mut found: Vec<(&Lookup<'_>, Item)> = results.hits.iter().map(|hit| (&main, hit.item)).collect();
    let in_review = store.in_review().map(|store| (store, Lookup::new(store)));
    if let Some((in_review, lookup)) = &in_review {
        let matches = matches(in_review, query, me, now);
        found.splice(0..0, matches.into_iter().map(|item| (lookup, item)));
        found.sort_by(|a, b| compare_across(&query.sort, *a, *b));
    }
    let threads = found.into_iter().filter_map(|(lookup, item)| item.ticket(lookup.store()));
    threads.collect()
}

/// Returns the tickets in review that match `query`. There are few of them, so their index is built in memory.
fn matches(in_review: &Arc<Store>, query: &Query, me: Option<&str>, now: Time) -> Vec<Item> {
    if !query.needs_index() {
        return Filter::new(in_review, me, now).find(query);
    }
    let engine = Engine::rebuild(Arc::clone(in_review), &CacheSlot::nowhere());
    // A correction would find a similar word of these few tickets instead of a word that merged tickets have.
    let exact = engine.filter(query, me, now).ok().filter(|results| results.corrected.is_empty());
    exact.map(|results| results.hits.into_iter().map(|hit| hit.item).collect()).unwrap_or_default()
}
