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
    server::{Problem, State},
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

/// The queue: open tickets unless the query says otherwise.
pub(super) async fn list(
    Extract(state): Extract<State>,
    asked: Result<Parameters<Asked>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    answer(state, asked, true).await
}

/// Full text and fields, best first.
pub(super) async fn search(
    Extract(state): Extract<State>,
    asked: Result<Parameters<Asked>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    answer(state, asked, false).await
}

async fn answer(
    state: State,
    asked: Result<Parameters<Asked>, QueryRejection>,
    queue: bool,
) -> Result<Json<Value>, Problem> {
    let Parameters(asked) = asked.map_err(|error| Problem::bad_request(error.body_text()))?;
    let work = move || {
        let (store, query, found) = state.search(&asked.q)?;
        let mut hits = found.hits;
        if queue && !query.names_a_state() {
            hits.retain(|(place, _)| store.threads[*place].state.status != Status::Resolved);
        }
        let page = hits.iter().skip(asked.offset).take(asked.limit.unwrap_or(USUAL).min(MOST));
        let tickets = page.map(|(place, score)| {
            let mut json = thread_json(&store.threads[*place]);
            if !queue {
                json.insert("score".into(), (*score).into());
            }
            json
        });
        Ok(Json(tickets_json(tickets.collect(), hits.len())))
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| Problem::internal("the search broke off"))?
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
