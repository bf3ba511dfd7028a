//! `GET /api/v1/report`

use axum::{
    Json,
    extract::{Query as Parameters, State as Extract, rejection::QueryRejection},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    api::ReportAnswer,
    report::GroupBy,
    server::{Problem, ServerState},
};

const PARAMETER_HELP: &str = "`by` is a list of properties, as in `?q=created:2026&by=service,tag`";

/// The parameters of a report.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ReportParameters {
    /// The query; `created:` in it sets the period
    #[serde(default)]
    q: String,
    /// The properties by which tickets are grouped, separated by commas: `time`, `service`, `template`, `tag`, `person`
    #[serde(default)]
    by: String,
}

/// Reports how long requesters wait, what comes back, and what would save the most
///
/// This address exists only on an internal server.
#[utoipa::path(get, path = "/api/v1/report", params(ReportParameters), responses(
    (status = OK, body = ReportAnswer, description = "The report"),
))]
pub(super) async fn report(
    Extract(state): Extract<ServerState>,
    parameters: Result<Parameters<ReportParameters>, QueryRejection>,
) -> Result<Json<ReportAnswer>, Problem> {
    if !state.is_internal() {
        return Err(Problem::unknown_address());
    }
    let Parameters(ReportParameters { q, by }) =
        parameters.map_err(|error| Problem::bad_parameters(&error, PARAMETER_HELP))?;
    let property = |name: &str| {
        let unknown = || Problem::bad_request(format!("unknown property `{name}`")).with_help(PARAMETER_HELP);
        GroupBy::parse(name).ok_or_else(unknown)
    };
    let by: Result<Vec<GroupBy>, Problem> =
        by.split(',').map(str::trim).filter(|name| !name.is_empty()).map(property).collect();
    let by = by?;
    let turns = state.clone();
    turns.in_turn(move || state.report(&q, by).map(Json)).await
}
