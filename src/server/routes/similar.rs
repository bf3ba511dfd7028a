//! `POST /api/v1/similar`

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
use utoipa::IntoParams;

use crate::{
    api::{DraftRequest, SimilarAnswer},
    intake::TicketDraft,
    search,
    server::{Problem, ServerState},
    ticket::YamlValue as Field,
};

/// The number of tickets in a response if the request does not set a limit.
const DEFAULT_LIMIT: usize = 5;
/// The maximum number of tickets in a response.
const MAX_LIMIT: usize = 50;

const HELP: &str = r#"send `{"template", "title", "fields": {…}, "body"}` as application/json"#;

const PARAMETER_HELP: &str =
    "the parameters are `limit`, a whole number, and `weak`, true or false, as in `?limit=5&weak=true`";

/// The parameters of the request.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct SimilarParameters {
    /// The maximum number of tickets, and of articles, to return: 5 by default, at most 50
    limit: Option<usize>,
    /// Whether to include weak matches: false by default
    #[serde(default)]
    weak: bool,
}

/// Finds resolved tickets and articles that are similar to a draft, with their answers
///
/// The draft can be incomplete.
#[utoipa::path(post, path = "/api/v1/similar", params(SimilarParameters), request_body = DraftRequest, responses(
    (status = OK, body = SimilarAnswer, description = "Similar tickets and articles, most similar first"),
))]
pub(super) async fn similar(
    Extract(state): Extract<ServerState>,
    parameters: Result<Parameters<SimilarParameters>, QueryRejection>,
    draft: Result<Json<Map<String, Value>>, JsonRejection>,
) -> Result<Json<SimilarAnswer>, Problem> {
    let Parameters(parameters) =
        parameters.map_err(|error| Problem::bad_parameters(&error, PARAMETER_HELP))?;
    let Json(draft) = draft.map_err(invalid_body)?;
    let draft = DraftRequest::deserialize(Value::Object(draft));
    let draft = draft.map_err(|error| Problem::bad_request(error.to_string()).with_help(HELP))?;
    let turns = state.clone();
    let work = move || {
        let question = TicketDraft::from(draft).question(state.time());
        let limit = parameters.limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT);
        let (store, found) =
            state.similar(&question, search::SimilarLimits { limit, weak: parameters.weak })?;
        Ok(Json(SimilarAnswer::of(&store, &found, state.time())))
    };
    turns.in_turn(work).await
}

impl From<DraftRequest> for TicketDraft {
    fn from(draft: DraftRequest) -> Self {
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

fn invalid_body(error: JsonRejection) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large("the request is too large; the limit is 1 MiB"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Problem::unsupported_media_type("the content type must be JSON (application/json)")
                .with_help(HELP)
        }
        _ => Problem::bad_request(error.body_text()).with_help(HELP),
    }
}
