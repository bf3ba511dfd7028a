//! `GET /api/v1/search`

use axum::{
    Json,
    extract::{Query as Parameters, State as Extract, rejection::QueryRejection},
};

use serde::Deserialize;
use utoipa::IntoParams;

use super::tickets::{ListParameters, PARAMETER_HELP};
use crate::{
    api::SearchAnswer,
    search::{Filter, Reasons},
    server::{Problem, ServerState},
};

/// The further parameters of searches.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SearchParameters {
    /// With 1, only tickets and articles with every word of the query are found
    all: Option<u8>,
    /// The version of the results whose next page is requested; 409 if the tickets changed since then
    version: Option<String>,
}

/// Searches tickets and articles, best match first
///
/// The words of the query are a question: tickets and articles with enough of them are found. Only tickets and articles
/// that have a page on the site are searched.
#[utoipa::path(get, path = "/api/v1/search", params(ListParameters, SearchParameters), responses(
    (status = OK, body = SearchAnswer, description = "The tickets and articles that were found"),
    (status = CONFLICT, description = "The tickets changed since `version`"),
))]
pub(super) async fn search(
    Extract(state): Extract<ServerState>,
    parameters: Result<Parameters<ListParameters>, QueryRejection>,
    further: Result<Parameters<SearchParameters>, QueryRejection>,
) -> Result<Json<SearchAnswer>, Problem> {
    let Parameters(parameters) =
        parameters.map_err(|error| Problem::bad_parameters(&error, PARAMETER_HELP))?;
    let Parameters(further) = further.map_err(|error| Problem::bad_parameters(&error, PARAMETER_HELP))?;
    let turns = state.clone();
    let work = move || {
        let all_words = further.all.is_some_and(|all| all != 0);
        let (store, results, now, version) =
            state.search(&parameters.q, all_words, further.version.as_deref())?;
        let filter = Filter::new(&store, None, now);
        let reasons = Reasons::new(&results.conditions, &results.corrected, &filter);
        let (offset, limit) = (parameters.offset, parameters.limit());
        let mut answer = SearchAnswer::of(&store, &results, &reasons, offset, limit, now);
        answer.version = Some(version);
        Ok(Json(answer))
    };
    turns.in_turn(work).await
}
