//! `GET /readyz`

/// Tells whether the server can answer
#[utoipa::path(get, path = "/readyz", responses((status = OK, body = str, content_type = "text/plain", description = "The server can answer")))]
pub(super) async fn ready() -> &'static str {
    "ok\n"
}
