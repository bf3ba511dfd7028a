//! The JSON of what a search finds.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::{ArticleSummary, TicketSummary};
use crate::{
    search::{Facets, Reasons, Results},
    store::Store,
};

/// A ticket or article that matches
#[derive(Serialize, ToSchema)]
pub(super) struct SearchHit<T: ToSchema> {
    #[serde(flatten)]
    found: T,
    /// The score of the match; comparable within one answer only
    score: u32,
    /// The words and conditions of the query that match
    why: Vec<String>,
}

/// The tickets and articles that a search found, best first
#[derive(Serialize, ToSchema)]
pub(crate) struct SearchAnswer {
    tickets: Vec<SearchHit<TicketSummary>>,
    /// The number of tickets that were found, regardless of the limit
    total: usize,
    articles: Vec<SearchHit<ArticleSummary>>,
    /// The number of hits for each value of each facet; a module of a service counts for the service, too
    facets: IndexMap<&'static str, IndexMap<String, usize>>,
    /// Unknown words of the query, each with the words that were searched for instead
    corrected: BTreeMap<String, Vec<String>>,
    /// Former names of keys that the query uses, each with its name of today; missing if there are none
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

impl SearchAnswer {
    /// Lists of the tickets and of the articles in `results` at most `limit` each, after the first `offset`.
    pub(crate) fn of(
        store: &Store,
        results: &Results,
        reasons: &Reasons<'_>,
        offset: usize,
        limit: usize,
    ) -> Self {
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
                    found: TicketSummary::of(thread),
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
        }
    }
}
