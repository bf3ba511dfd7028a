//! The JSON of search results.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::{ArticleSummary, TicketSummary};
use crate::{
    report::ServiceLevels,
    search::{Facets, Reasons, ResultHit, Results},
    store::Store,
    text::Time,
};

/// A ticket or article that matches a query
#[derive(Serialize, ToSchema)]
pub(super) struct SearchHit<T: ToSchema> {
    #[serde(flatten)]
    found: T,
    /// The relevance of the match; compare scores only within one response
    score: u32,
    /// The words and conditions of the query that the ticket or article matches
    why: Vec<String>,
    /// The words of the query that the ticket or article lacks, as they were typed
    missing: Vec<String>,
}

/// The tickets and articles that match a query, best match first
#[derive(Serialize, ToSchema)]
pub(crate) struct SearchAnswer {
    tickets: Vec<SearchHit<TicketSummary>>,
    /// The number of all tickets that were found, regardless of the limit
    total: usize,
    /// The number of tickets that have every word of the query
    complete: usize,
    /// Whether no ticket and no article has enough of the query's words, so that only the best of the rest are listed
    weak: bool,
    articles: Vec<SearchHit<ArticleSummary>>,
    /// The number of matches for each value of each facet; a module also counts for its service
    facets: IndexMap<&'static str, IndexMap<String, usize>>,
    /// Misspelled words of the query, each with the words that were searched for instead
    corrected: BTreeMap<String, Vec<String>>,
    /// The version of the index; send it as `version` to get the next pages of the same results
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<String>,
    /// Warnings about outdated keys in the query, each with the current name of the key; absent if there are none
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    /// How the query was read, if this is not obvious; absent if there is nothing to tell
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notices: Vec<String>,
}

impl SearchAnswer {
    /// Describes `results`: skips the first `offset` tickets and the first `offset` articles, and lists at most `limit`
    /// of each, as they are at the time `now`.
    pub(crate) fn of(
        store: &Store,
        results: &Results,
        reasons: &Reasons<'_>,
        offset: usize,
        limit: usize,
        now: Time,
    ) -> Self {
        let levels = ServiceLevels::of(&store.settings);
        let hits = || results.hits.iter();
        let why = |hit: &ResultHit| {
            let mut why = results.had(hit);
            why.extend(reasons.of(store, hit.item));
            why
        };
        let missing = |hit| results.missing(hit).into_iter().map(str::to_owned).collect();
        let tickets = hits().filter_map(|hit| Some((hit, hit.item.ticket(store)?)));
        let articles = hits().filter_map(|hit| Some((hit, hit.item.article(store)?)));
        Self {
            total: tickets.clone().count(),
            complete: results.complete_tickets(),
            weak: results.is_weak,
            version: None,
            tickets: tickets
                .skip(offset)
                .take(limit)
                .map(|(hit, thread)| SearchHit {
                    found: TicketSummary::of(thread, &levels, now),
                    score: hit.score,
                    why: why(hit),
                    missing: missing(hit),
                })
                .collect(),
            articles: articles
                .skip(offset)
                .take(limit)
                .map(|(hit, article)| SearchHit {
                    found: ArticleSummary::of(article),
                    score: hit.score,
                    why: why(hit),
                    missing: missing(hit),
                })
                .collect(),
            facets: Facets::of(store, hits().map(|hit| hit.item))
                .0
                .into_iter()
                .map(|(key, counts)| (key, counts.0.into_iter().collect()))
                .collect(),
            corrected: results
                .corrected
                .iter()
                .map(|(word, with)| (word.clone(), with.iter().map(|with| with.word.clone()).collect()))
                .collect(),
            warnings: results.warnings(),
            notices: results.notices(),
        }
    }
}
