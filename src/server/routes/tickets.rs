//! `GET /api/v1/tickets`

use axum::{
    Json,
    extract::{Query as Parameters, State as Extract, rejection::QueryRejection},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    api::{TicketList, TicketSummary},
    server::{Problem, ServerState, state::Among},
    ticket::Status,
};

/// The number of tickets in an answer if the request does not give a limit.
const USUAL: usize = 20;
/// The largest number of tickets in an answer.
const MOST: usize = 500;

/// The parameters of lists and searches.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListParameters {
    /// The query, in the language of `casebook search`
    #[serde(default)]
    pub q: String,
    /// The number of tickets and of articles to return: 20 unless given, 500 at most
    limit: Option<usize>,
    /// The number of tickets and of articles to skip
    #[serde(default)]
    pub offset: usize,
}

impl ListParameters {
    pub(super) fn limit(&self) -> usize {
        self.limit.unwrap_or(USUAL).min(MOST)
    }
}

/// Lists the queue: tickets that are not resolved, unless the query says otherwise
#[utoipa::path(get, path = "/api/v1/tickets", params(ListParameters), responses(
    (status = OK, body = TicketList, description = "The tickets that match"),
))]
pub(super) async fn tickets(
    Extract(state): Extract<ServerState>,
    asked: Result<Parameters<ListParameters>, QueryRejection>,
) -> Result<Json<TicketList>, Problem> {
    let Parameters(asked) = asked.map_err(|error| Problem::bad_request(error.body_text()))?;
    let turns = state.clone();
    let work = move || {
        let (store, query, results, _) = state.search(&asked.q, Among::Seen)?;
        let mut hits = results.tickets();
        if !query.names_a_state() {
            hits.retain(|(place, _)| store.threads[*place].state.status != Status::Resolved);
        }
        let page = hits.iter().skip(asked.offset).take(asked.limit());
        let tickets = page.map(|(place, _)| TicketSummary::of(&store.threads[*place]));
        Ok(Json(TicketList { tickets: tickets.collect(), total: hits.len(), warnings: results.warnings() }))
    };
    turns.in_turn(work).await
}
