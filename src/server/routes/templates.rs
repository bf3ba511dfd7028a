//! `GET /api/v1/templates`

use axum::{Json, extract::State as Extract};

use crate::{api::TemplateList, server::ServerState};

/// Lists the templates and their requirements
#[utoipa::path(get, path = "/api/v1/templates", responses(
    (status = OK, body = TemplateList, description = "The templates of the repository"),
))]
pub(super) async fn templates(Extract(state): Extract<ServerState>) -> Json<TemplateList> {
    Json(TemplateList::of(&state.now().seen.templates))
}
