//! Errors of the API, as `application/problem+json` (RFC 9457).

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use utoipa::{
    ToSchema as _,
    openapi::{Content, Ref, RefOr, Response as Described, ResponseBuilder},
};

use crate::api::ProblemDetail;

const PROBLEM: &str = "application/problem+json";

/// Why a request has no answer.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
    help: Option<String>,
    /// The methods that there are, with 405.
    allow: Option<&'static str>,
}

impl Problem {
    fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), help: None, allow: None }
    }

    /// The request is off.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// There is no such thing.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// There is such a thing, but not for this method; `allow` lists those that there are.
    pub(crate) fn method_not_allowed(allow: &'static str) -> Self {
        let allowed = Self::new(StatusCode::METHOD_NOT_ALLOWED, format!("only {allow} are answered here"));
        Self { allow: Some(allow), ..allowed }
    }

    /// The request has more bytes than are read.
    pub(crate) fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
    }

    /// The request is in a form that is not read.
    pub(crate) fn unsupported_media_type(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
    }

    /// Something here is broken.
    pub(crate) fn internal(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
    }

    /// Describes problems, as every route may answer with one.
    pub(super) fn described() -> [(String, RefOr<Described>); 2] {
        let problem = |range: &str, description| {
            let content = Content::new(Some(Ref::from_schema_name(ProblemDetail::name())));
            let response = ResponseBuilder::new().description(description).content(PROBLEM, content).build();
            (range.to_owned(), response.into())
        };
        [problem("4XX", "The request cannot be answered"), problem("5XX", "The server failed")]
    }

    /// The same problem with a way out.
    #[must_use]
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or("Problem");
        let body =
            ProblemDetail { title, status: self.status.as_u16(), detail: self.detail, help: self.help };
        let mut response = (self.status, Json(body)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM));
        if let Some(allow) = self.allow {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        response
    }
}
