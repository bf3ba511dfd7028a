//! `/api/v1/services` and `/api/v1/templates`.

use axum::{Json, extract::State as Extract};
use serde_json::{Value, json};

use crate::server::State;

/// The service catalogue.
pub(super) async fn services(Extract(state): Extract<State>) -> Json<Value> {
    Json(json!({ "services": state.now().seen.settings.services }))
}

/// What each kind of ticket must say.
pub(super) async fn templates(Extract(state): Extract<State>) -> Json<Value> {
    Json(json!({ "templates": state.now().seen.templates }))
}
