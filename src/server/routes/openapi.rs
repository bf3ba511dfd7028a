//! `GET /api/v1/openapi.json`

use std::sync::LazyLock;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

/// The document, which does not change while the program runs.
static DOCUMENT: LazyLock<String> = LazyLock::new(openapi_document);

/// Returns the OpenAPI 3.1 description of the API
#[utoipa::path(get, path = "/api/v1/openapi.json", responses(
    (status = OK, body = Object, description = "This document"),
))]
pub(super) async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str()).into_response()
}

/// Returns the OpenAPI document of the server as indented JSON with a final line end.
pub fn openapi_document() -> String {
    let document = super::router().into_openapi();
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}
