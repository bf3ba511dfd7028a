//! The JSON of `casebook eval`.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{search::eval::Estimate, text::Time};

/// The quality of the answers of `similar`
#[derive(Serialize, ToSchema)]
pub(crate) struct EvalReport {
    /// Null if there were no queries
    #[schema(required)]
    pub latency: Option<EvalLatency>,
    /// The figures among all tickets; missing with `--resolved`
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub all: Option<EvalFigures>,
    /// The figures among tickets that had been resolved by then
    pub resolved: EvalFigures,
    pub queries: Vec<EvalQuery>,
}

/// The time that an answer takes
#[derive(Serialize, ToSchema)]
pub(crate) struct EvalLatency {
    pub median_ms: f64,
    /// The time that 95 of 100 answers take at most
    pub p95_ms: f64,
}

/// The figures of some queries
#[derive(Serialize, ToSchema)]
pub(crate) struct EvalFigures {
    /// The number of queries
    pub queries: usize,
    pub similar: EvalMeasures,
    /// The figures of plain BM25, with `--compare`
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub bm25: Option<EvalMeasures>,
    /// The gain over plain BM25, with `--compare`
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub difference: Option<EvalMeasures>,
    pub unasked: UnaskedFigures,
}

/// The suggestions that would have been shown unprompted
#[derive(Serialize, ToSchema)]
pub(crate) struct UnaskedFigures {
    /// The number of queries without a suggestion
    pub silent: usize,
    /// The number of suggestions for all other queries
    pub suggestions: usize,
    /// The number of suggestions that are correct
    pub right: usize,
}

/// The means of all measures; null if there were no queries
#[derive(Serialize, ToSchema)]
pub(crate) struct EvalMeasures {
    #[serde(rename = "hit@1")]
    #[schema(required)]
    hit_1: Option<EvalEstimate>,
    #[serde(rename = "hit@5")]
    #[schema(required)]
    hit_5: Option<EvalEstimate>,
    #[serde(rename = "recall@5")]
    #[schema(required)]
    recall_5: Option<EvalEstimate>,
    #[serde(rename = "MRR@20")]
    #[schema(required)]
    mrr_20: Option<EvalEstimate>,
    #[serde(rename = "hit@100")]
    #[schema(required)]
    hit_100: Option<EvalEstimate>,
}

/// A mean with its 95 % interval
#[derive(Serialize, ToSchema)]
struct EvalEstimate {
    mean: f64,
    interval: [f64; 2],
}

impl EvalMeasures {
    /// Describes the measures, which are in the order of
    /// [`Measures::NAMES`](crate::search::eval::Measures::NAMES); `None` means that there were no queries.
    pub(crate) fn of(estimates: Option<&[Estimate; 5]>) -> Self {
        let estimate = |place: usize| {
            estimates.map(|estimates| {
                let Estimate { mean, interval: (low, high) } = estimates[place];
                EvalEstimate { mean, interval: [low, high] }
            })
        };
        Self {
            hit_1: estimate(0),
            hit_5: estimate(1),
            recall_5: estimate(2),
            mrr_20: estimate(3),
            hit_100: estimate(4),
        }
    }
}

/// A query with its answers
#[derive(Serialize, ToSchema)]
pub(crate) struct EvalQuery {
    /// The id of the ticket that was the query
    pub query: String,
    pub before: Time,
    /// The right answers
    pub relevant: Vec<String>,
    pub answers: Vec<EvalAnswer>,
    /// The right answers that had been resolved by then
    pub relevant_resolved: Vec<String>,
    /// Null if no right answer had been resolved by then
    #[schema(required)]
    pub answers_resolved: Option<Vec<EvalAnswer>>,
}

/// An answer to a query
#[derive(Serialize, ToSchema)]
pub(crate) struct EvalAnswer {
    pub id: String,
    pub score: u32,
    pub weak: bool,
    /// Whether the answer is correct
    pub right: bool,
}
