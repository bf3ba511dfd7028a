//! `GET /api/v1/tickets`

use axum::{
    Json,
    extract::{Query as Parameters, State as Extract, rejection::QueryRejection},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    api::{TicketList, TicketSummary},
    report::ServiceLevels,
    search::in_review,
    server::{Problem, ServerState},
    ticket::Status,
};

/// The number of tickets in a response if the request does not set a limit.
const DEFAULT_LIMIT: usize = 20;
/// The maximum number of tickets in a response.
const MAX_LIMIT: usize = 500;

pub(super) const PARAMETER_HELP: &str =
    "`limit` and `offset` are whole numbers, as in `?q=gateway&limit=20&offset=40`";

/// The parameters of lists and searches.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListParameters {
    /// The query, in the query language of `casebook search`; an empty query matches everything
    #[serde(default)]
    pub q: String,
    /// The maximum number of tickets, and of articles, to return: 20 by default, at most 500
    limit: Option<usize>,
    /// The number of tickets, and of articles, to skip: 0 by default
    #[serde(default)]
    pub offset: usize,
}

impl ListParameters {
    pub(super) fn limit(&self) -> usize {
        self.limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT)
    }
}

/// Lists the tickets that match a query
///
/// Resolved tickets are left out unless the query selects statuses, as in
/// `is:any`. On an internal server, new tickets on the branches of pull requests
/// are listed too, with the key `in_review`.
#[utoipa::path(get, path = "/api/v1/tickets", params(ListParameters), responses(
    (status = OK, body = TicketList, description = "The tickets that match"),
))]
pub(super) async fn tickets(
    Extract(state): Extract<ServerState>,
    parameters: Result<Parameters<ListParameters>, QueryRejection>,
) -> Result<Json<TicketList>, Problem> {
    let Parameters(parameters) =
        parameters.map_err(|error| Problem::bad_parameters(&error, PARAMETER_HELP))?;
    let turns = state.clone();
    let work = move || {
        let (store, query, results, now) = state.list(&parameters.q)?;
        let mut threads = in_review::list(&store, &results, &query, None, now);
        if !query.selects_status() {
            threads.retain(|thread| thread.state.status != Status::Resolved);
        }
        let page = threads.iter().skip(parameters.offset).take(parameters.limit());
        let levels = ServiceLevels::of(&store.settings);
        let tickets = page.map(|thread| TicketSummary::of(thread, &levels, now));
        Ok(Json(TicketList {
            tickets: tickets.collect(),
            total: threads.len(),
            warnings: results.warnings(),
            notices: results.notices(),
        }))
    };
    turns.in_turn(work).await
}
