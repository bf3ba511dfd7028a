//! `/api/v1/similar`: before a ticket is opened, those that may answer it.

use axum::{
    Json,
    extract::{
        Query as Parameters, State as Extract,
        rejection::{JsonRejection, QueryRejection},
    },
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    intake::TicketDraft,
    search::{self, alike_json},
    server::{Problem, State},
    ticket::Value as Field,
};

/// The tickets of an answer, where nobody says how many.
const USUAL: usize = 5;
/// The most tickets of one answer.
const MOST: usize = 50;

const HELP: &str = r#"send `{"template", "title", "fields": {…}, "body"}` as application/json"#;

/// How much is wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    limit: Option<usize>,
    /// Whether what is little alike is wanted, too.
    #[serde(default)]
    weak: bool,
}

/// The body of a new ticket. What it lacks is not missed: people are still writing it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Draft {
    #[serde(default)]
    template: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    fields: Map<String, Value>,
    #[serde(default)]
    service: Value,
    #[serde(default)]
    tags: Value,
    #[serde(default)]
    body: String,
    /// Of a new ticket, and nothing to compare by.
    #[serde(default, rename = "requester")]
    _requester: Value,
    #[serde(default, rename = "path")]
    _path: Value,
}

/// Tickets that were resolved, and articles, that are like the draft, the likest first, with their answers.
pub(super) async fn find(
    Extract(state): Extract<State>,
    wanted: Result<Parameters<Wanted>, QueryRejection>,
    draft: Result<Json<Map<String, Value>>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Parameters(wanted) = wanted.map_err(|error| Problem::bad_request(error.body_text()))?;
    let Json(draft) = draft.map_err(refused)?;
    let draft = Draft::deserialize(Value::Object(draft));
    let draft = draft.map_err(|error| Problem::bad_request(error.to_string()).with_help(HELP))?;
    let turns = state.clone();
    let work = move || {
        let question = TicketDraft::from(draft).question(state.time());
        let limit = wanted.limit.unwrap_or(USUAL).min(MOST);
        let (store, found) = state.similar(&question, search::Wanted { limit, weak: wanted.weak })?;
        Ok(Json(alike_json(&store, &found)))
    };
    turns.in_turn(work).await
}

impl From<Draft> for TicketDraft {
    fn from(draft: Draft) -> Self {
        let mut ticket =
            Self { template: draft.template, title: draft.title, body: draft.body, ..Self::default() };
        let named = [("service", draft.service), ("tags", draft.tags)];
        let named = named.into_iter().map(|(key, value)| (key.to_owned(), value));
        for (key, value) in draft.fields.into_iter().chain(named).filter(|(_, value)| !value.is_null()) {
            ticket.set(&key, Field::from_json(&value));
        }
        ticket
    }
}

fn refused(error: JsonRejection) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::too_large("this is more than a ticket: at most 1 MiB is read")
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Problem::unsupported_media_type("the draft is not said to be JSON").with_help(HELP)
        }
        _ => Problem::bad_request(error.body_text()).with_help(HELP),
    }
}
