//! `/api/v1/services` and `/api/v1/templates`.

use axum::{Json, extract::State as Extract};
use serde_json::{Value, json};

use crate::{server::State, site::Audience};

/// The service catalogue; to the public without what is for the team: who is oncall, and which paths lead to a service.
pub(super) async fn services(Extract(state): Extract<State>) -> Json<Value> {
    let now = state.now();
    let mut services = now.seen.settings.services.clone();
    if now.site.view().audience == Audience::Public {
        for service in &mut services {
            service.oncall.clear();
            service.paths.clear();
        }
    }
    Json(json!({ "services": services }))
}

/// What each kind of ticket must say.
pub(super) async fn templates(Extract(state): Extract<State>) -> Json<Value> {
    Json(json!({ "templates": state.now().seen.templates }))
}
