//! The JSON of similar tickets and articles.

use serde::Serialize;
use utoipa::ToSchema;

use super::{ArticleSummary, TicketSummary};
use crate::{
    report::ServiceLevels,
    search::{SimilarItem, SimilarItems, answer_for_reader},
    store::Store,
    text::Time,
};

/// A ticket or article that is similar to a draft or to another ticket
#[derive(Serialize, ToSchema)]
pub(super) struct SimilarHit<T: ToSchema> {
    #[serde(flatten)]
    found: T,
    /// The degree of similarity; compare scores only within one response
    score: u32,
    /// The words and properties that the match shares with the draft or ticket
    why: Vec<String>,
    /// Whether the match is too weak to be shown unprompted
    weak: bool,
    /// The answer, as Markdown; null if there is none
    #[schema(required)]
    answer: Option<String>,
}

/// Similar tickets and articles, most similar first
#[derive(Serialize, ToSchema)]
pub(crate) struct SimilarAnswer {
    tickets: Vec<SimilarHit<TicketSummary>>,
    /// The number of all similar tickets, regardless of the limit
    total: usize,
    articles: Vec<SimilarHit<ArticleSummary>>,
}

impl SimilarAnswer {
    /// Describes `found`, whose indices refer to `store`, at the time `now`.
    pub(crate) fn of(store: &Store, found: &SimilarItems, now: Time) -> Self {
        let levels = ServiceLevels::of(&store.settings);
        let shown = || found.shown.iter();
        let summary = |hit: &SimilarItem| Some(TicketSummary::of(hit.item.ticket(store)?, &levels, now));
        let tickets = shown().filter_map(|hit| Some((hit, summary(hit)?)));
        let articles = shown().filter_map(|hit| Some((hit, ArticleSummary::of(hit.item.article(store)?))));
        Self {
            tickets: tickets.map(|(hit, found)| SimilarHit::of(store, hit, found)).collect(),
            total: found.total,
            articles: articles.map(|(hit, found)| SimilarHit::of(store, hit, found)).collect(),
        }
    }
}

impl<T: ToSchema> SimilarHit<T> {
    fn of(store: &Store, hit: &SimilarItem, found: T) -> Self {
        Self {
            found,
            score: hit.score,
            why: hit.why.clone(),
            weak: hit.weak,
            answer: answer_for_reader(store, hit.item),
        }
    }
}
