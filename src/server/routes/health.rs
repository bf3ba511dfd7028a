//! `GET /healthz`

/// Checks whether the server runs
#[utoipa::path(get, path = "/healthz", responses((status = OK, body = str, content_type = "text/plain", description = "The server runs")))]
pub(super) async fn health() -> &'static str {
    "ok\n"
}
