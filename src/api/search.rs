//! The JSON of search results.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::{ArticleSummary, TicketSummary};
use crate::{
    report::ServiceLevels,
    search::{Facets, Reasons, Results},
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
}

/// The tickets and articles that match a query, best match first
#[derive(Serialize, ToSchema)]
pub(crate) struct SearchAnswer {
    tickets: Vec<SearchHit<TicketSummary>>,
    /// The number of all matching tickets, regardless of the limit
    total: usize,
    articles: Vec<SearchHit<ArticleSummary>>,
    /// The number of matches for each value of each facet; a module also counts for its service
    facets: IndexMap<&'static str, IndexMap<String, usize>>,
    /// Misspelled words of the query, each with the words that were searched for instead
    corrected: BTreeMap<String, Vec<String>>,
    /// Warnings about outdated keys in the query, each with the current name of the key; absent if there are none
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    /// How ambiguous conditions of the query were read; absent if there are none
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
        let why = |item| reasons.of(store, item);
        let tickets = hits().filter_map(|(item, score)| Some((*item, item.ticket(store)?, *score)));
        let articles = hits().filter_map(|(item, score)| Some((*item, item.article(store)?, *score)));
        Self {
            total: tickets.clone().count(),
            tickets: tickets
                .skip(offset)
                .take(limit)
                .map(|(item, thread, score)| SearchHit {
                    found: TicketSummary::of(thread, &levels, now),
                    score,
                    why: why(item),
                })
                .collect(),
            articles: articles
                .skip(offset)
                .take(limit)
                .map(|(item, article, score)| SearchHit {
                    found: ArticleSummary::of(article),
                    score,
                    why: why(item),
                })
                .collect(),
            facets: Facets::of(store, hits().map(|(item, _)| *item))
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
