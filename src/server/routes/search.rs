//! `GET /api/v1/search`

use axum::{
    Json,
    extract::{Query as Parameters, State as Extract, rejection::QueryRejection},
};

use super::tickets::ListParameters;
use crate::{
    api::SearchAnswer,
    search::{Filter, Reasons},
    server::{Problem, ServerState, state::Among},
};

/// Searches tickets and articles by text and fields, best first
///
/// Searches the tickets and articles that the site shows.
#[utoipa::path(get, path = "/api/v1/search", params(ListParameters), responses(
    (status = OK, body = SearchAnswer, description = "The tickets and articles that match"),
))]
pub(super) async fn search(
    Extract(state): Extract<ServerState>,
    asked: Result<Parameters<ListParameters>, QueryRejection>,
) -> Result<Json<SearchAnswer>, Problem> {
    let Parameters(asked) = asked.map_err(|error| Problem::bad_request(error.body_text()))?;
    let turns = state.clone();
    let work = move || {
        let (store, query, results, now) = state.search(&asked.q, Among::Shown)?;
        let filter = Filter::new(&store, None, now);
        let reasons = Reasons::new(&query, &results.corrected, &filter);
        Ok(Json(SearchAnswer::of(&store, &results, &reasons, asked.offset, asked.limit())))
    };
    turns.in_turn(work).await
}
