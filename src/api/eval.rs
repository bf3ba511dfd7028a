//! The JSON output of `casebook eval`.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{search::eval::Estimate, text::Time};

/// How well `casebook similar` finds the correct answers
#[derive(Serialize, ToSchema)]
pub(crate) struct EvalReport {
    /// The time that a search takes; null if there were no queries
    #[schema(required)]
    pub latency: Option<EvalLatency>,
    /// The results of searches among all tickets; absent with `--resolved`
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub all: Option<EvalFigures>,
    /// The results of searches among the tickets that were resolved at the time of the query
    pub resolved: EvalFigures,
    /// What the history would have given to the requesters
    pub history: HistoryFigures,
    pub queries: Vec<EvalQuery>,
}

/// What the history would have given to the requesters of the tickets whose answer it had
#[derive(Serialize, ToSchema)]
pub(crate) struct HistoryFigures {
    /// The number of tickets whose answer was in the history when they were opened
    pub answered: usize,
    /// The number of these tickets for which `similar` has the answer among the first three
    pub found: usize,
    /// The hours from the opening of the found tickets to their resolution
    pub hours: f64,
}

/// How well `casebook search` finds the correct answers if the titles of tickets are typed
#[derive(Serialize, ToSchema)]
pub(crate) struct TypedReport {
    /// The whole titles
    pub titles: TypedFigures,
    /// The first five words of the titles
    pub first_words: TypedFigures,
}

/// The results of typed titles
#[derive(Serialize, ToSchema)]
pub(crate) struct TypedFigures {
    /// The number of queries
    pub queries: usize,
    /// The measures of `casebook search`
    pub search: EvalMeasures,
    /// The measures of BM25 over any word
    pub bm25: EvalMeasures,
    /// The measures of the search divided by those of BM25, with paired intervals
    pub ratio: EvalMeasures,
    /// The number of queries that find nothing
    pub nothing_found: usize,
}

/// The time that a search takes
#[derive(Serialize, ToSchema)]
pub(crate) struct EvalLatency {
    /// The median, in milliseconds
    pub median_ms: f64,
    /// The 95th percentile: 95 % of the searches take at most this time
    pub p95_ms: f64,
}

/// The results of a set of queries
#[derive(Serialize, ToSchema)]
pub(crate) struct EvalFigures {
    /// The number of queries
    pub queries: usize,
    /// The measures of `casebook similar`
    pub similar: EvalMeasures,
    /// The measures of plain BM25; only with `--compare`
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub bm25: Option<EvalMeasures>,
    /// The gain of `similar` over plain BM25; only with `--compare`
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub difference: Option<EvalMeasures>,
    pub unasked: UnaskedFigures,
}

/// The suggestions that Casebook would have shown unprompted
#[derive(Serialize, ToSchema)]
pub(crate) struct UnaskedFigures {
    /// The number of queries without a suggestion
    pub silent: usize,
    /// The number of suggestions for the other queries
    pub suggestions: usize,
    /// The number of suggestions that are correct
    pub right: usize,
}

/// The mean of each measure; null if there were no queries
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

/// A mean with its 95 % confidence interval
#[derive(Serialize, ToSchema)]
struct EvalEstimate {
    mean: f64,
    /// The lower and the upper bound
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

/// A query and the answers that were found
#[derive(Serialize, ToSchema)]
pub(crate) struct EvalQuery {
    /// The id of the ticket that served as the query
    pub query: String,
    /// The time of the query; only tickets and replies from before this time are searched
    pub before: Time,
    /// The ids of the correct answers
    pub relevant: Vec<String>,
    /// The answers that were found among all tickets, best first
    pub answers: Vec<EvalAnswer>,
    /// The ids of the correct answers that were resolved at the time of the query
    pub relevant_resolved: Vec<String>,
    /// The answers that were found among the resolved tickets; null if no correct answer was resolved at that time
    #[schema(required)]
    pub answers_resolved: Option<Vec<EvalAnswer>>,
}

/// An answer that was found for a query
#[derive(Serialize, ToSchema)]
pub(crate) struct EvalAnswer {
    pub id: String,
    pub score: u32,
    /// Whether the match is too weak to be shown unprompted
    pub weak: bool,
    /// Whether the answer is correct
    pub right: bool,
}
