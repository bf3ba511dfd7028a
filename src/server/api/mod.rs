//! `/api/v1`: one resource per file.

mod catalogue;
mod similar;
mod tickets;

use axum::{
    Router,
    routing::{get, post},
};

use super::{Problem, State};

pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/tickets", get(tickets::list))
        .route("/tickets/{id}", get(tickets::show))
        .route("/search", get(tickets::search))
        .route("/similar", post(similar::find).fallback(|| async { Problem::method_not_allowed("POST") }))
        .route("/services", get(catalogue::services))
        .route("/templates", get(catalogue::templates))
        .fallback(|| async { Problem::not_found("the API has no such address") })
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed("GET, HEAD") })
}
