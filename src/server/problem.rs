//! Errors of the API, as `application/problem+json` (RFC 9457).

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// Why a request has no answer.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    detail: String,
    help: Option<String>,
}

impl Problem {
    /// The request is off.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, detail: detail.into(), help: None }
    }

    /// There is no such thing.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, detail: detail.into(), help: None }
    }

    /// Something here is broken.
    pub fn internal(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, detail: detail.into(), help: None }
    }

    /// The same problem with a way out.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or("Problem");
        let mut body = json!({ "title": title, "status": self.status.as_u16(), "detail": self.detail });
        if let Some(help) = self.help {
            body["help"] = help.into();
        }
        (self.status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
    }
}
