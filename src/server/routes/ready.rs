//! `GET /readyz`

/// Checks whether the server can answer requests
#[utoipa::path(get, path = "/readyz", responses((status = OK, body = str, content_type = "text/plain", description = "The server can answer requests")))]
pub(super) async fn ready() -> &'static str {
    "ok\n"
}
