//! `/api/v1/tickets` and `/api/v1/search`.

use axum::{
    Json,
    extract::{
        Path, Query as Parameters, State as Extract,
        rejection::{PathRejection, QueryRejection},
    },
};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    search::{Filter, Reasons, results_json},
    server::{Problem, State, state::Among},
    store::{FindError, thread_json, tickets_json},
    ticket::Status,
};

/// The tickets of an answer, where nobody says how many.
const USUAL: usize = 20;
/// The most tickets of one answer.
const MOST: usize = 500;

/// What lists and searches are asked.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
    limit: Option<usize>,
    #[serde(default)]
    offset: usize,
}

impl Asked {
    fn limit(&self) -> usize {
        self.limit.unwrap_or(USUAL).min(MOST)
    }
}

/// The queue: open tickets unless the query says otherwise.
pub(super) async fn list(
    Extract(state): Extract<State>,
    asked: Result<Parameters<Asked>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Parameters(asked) = asked.map_err(|error| Problem::bad_request(error.body_text()))?;
    let turns = state.clone();
    let work = move || {
        let (store, query, results, _) = state.search(&asked.q, Among::Seen)?;
        let mut hits = results.tickets();
        if !query.names_a_state() {
            hits.retain(|(place, _)| store.threads[*place].state.status != Status::Resolved);
        }
        let page = hits.iter().skip(asked.offset).take(asked.limit());
        let tickets = page.map(|(place, _)| thread_json(&store.threads[*place]));
        Ok(Json(tickets_json(tickets.collect(), hits.len(), results.warnings())))
    };
    turns.in_turn(work).await
}

/// Full text and fields of what the site shows, best first.
pub(super) async fn search(
    Extract(state): Extract<State>,
    asked: Result<Parameters<Asked>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Parameters(asked) = asked.map_err(|error| Problem::bad_request(error.body_text()))?;
    let turns = state.clone();
    let work = move || {
        let (store, query, results, now) = state.search(&asked.q, Among::Shown)?;
        let filter = Filter::new(&store, None, now);
        let reasons = Reasons::new(&query, &results.corrected, &filter);
        Ok(Json(results_json(&store, &results, &reasons, asked.offset, asked.limit())))
    };
    turns.in_turn(work).await
}

/// One ticket with its replies.
pub(super) async fn show(
    Extract(state): Extract<State>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Value>, Problem> {
    let Path(id) = id.map_err(|error| Problem::bad_request(error.body_text()))?;
    let work = move || {
        let store = &state.now().seen;
        match store.find(&id) {
            Ok(thread) => Ok(Json(store.whole_json(thread, |_| true))),
            Err(error @ FindError::Nothing { .. }) => Err(Problem::not_found(error.to_string())),
            Err(error) => Err(Problem::bad_request(error.to_string())),
        }
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| Problem::internal("the ticket could not be read"))?
}
