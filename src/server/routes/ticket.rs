//! `GET /api/v1/tickets/{id}`

use axum::{
    Json,
    extract::{Path, State as Extract, rejection::PathRejection},
};

use crate::{
    api::TicketDetail,
    server::{Problem, ServerState},
    store::FindError,
};

/// Returns a ticket with its current state, its text and its replies
#[utoipa::path(get, path = "/api/v1/tickets/{id}",
    params(("id" = String, Path, description = "The id of the ticket, or a unique part of the id")),
    responses((status = OK, body = TicketDetail, description = "The ticket")),
)]
pub(super) async fn ticket(
    Extract(state): Extract<ServerState>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<TicketDetail>, Problem> {
    let Path(id) = id.map_err(|error| Problem::bad_request(error.body_text()))?;
    let work = move || {
        let (store, now) = (&state.now().seen, state.time());
        let in_review = store.in_review().and_then(|store| Some((store, store.find(&id).ok()?)));
        match (store.find(&id), in_review) {
            (Ok(thread), _) => Ok(Json(TicketDetail::of(store, thread, now))),
            (Err(FindError::Nothing { .. }), Some((store, thread))) => {
                Ok(Json(TicketDetail::of(store, thread, now)))
            }
            (Err(error), _) => {
                let problem = match error {
                    FindError::Nothing { .. } | FindError::Article { .. } => {
                        Problem::not_found(error.to_string())
                    }
                    _ => Problem::bad_request(error.to_string()),
                };
                Err(problem.with_help_of(&error))
            }
        }
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Problem::internal("cannot read the ticket; see the output of the server"))?
}
