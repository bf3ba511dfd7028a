//! `GET /api/v1/search`

use axum::{
    Json,
    extract::{Query as Parameters, State as Extract, rejection::QueryRejection},
};

use super::tickets::{ListParameters, PARAMETER_HELP};
use crate::{
    api::SearchAnswer,
    search::{Filter, Reasons},
    server::{Problem, ServerState, state::SearchScope},
};

/// Searches tickets and articles, best match first
///
/// Only tickets and articles that have a page on the site are searched.
#[utoipa::path(get, path = "/api/v1/search", params(ListParameters), responses(
    (status = OK, body = SearchAnswer, description = "The tickets and articles that match"),
))]
pub(super) async fn search(
    Extract(state): Extract<ServerState>,
    parameters: Result<Parameters<ListParameters>, QueryRejection>,
) -> Result<Json<SearchAnswer>, Problem> {
    let Parameters(parameters) =
        parameters.map_err(|error| Problem::bad_parameters(&error, PARAMETER_HELP))?;
    let turns = state.clone();
    let work = move || {
        let (store, query, results, now) = state.search(&parameters.q, SearchScope::Site)?;
        let filter = Filter::new(&store, None, now);
        let reasons = Reasons::new(&query, &results.corrected, &filter);
        Ok(Json(SearchAnswer::of(&store, &results, &reasons, parameters.offset, parameters.limit())))
    };
    turns.in_turn(work).await
}
