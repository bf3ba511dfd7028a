//! Errors of the API, as `application/problem+json` (RFC 9457).

use axum::{
    Json,
    extract::rejection::QueryRejection,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use utoipa::{
    ToSchema as _,
    openapi::{Content, Ref, RefOr, Response as OpenApiResponse, ResponseBuilder},
};

use crate::{api::ProblemDetail, diagnostic::Hinted};

const PROBLEM: &str = "application/problem+json";

/// The time after which a client should try again when the server is busy, in seconds.
const RETRY_SECONDS: &str = "5";

/// An error response to a request.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
    help: Option<String>,
    /// The allowed methods, for status 405.
    allow: Option<&'static str>,
}

impl Problem {
    fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), help: None, allow: None }
    }

    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// Creates the error for parameters that cannot be read. `help` names the valid values.
    pub(super) fn bad_parameters(error: &QueryRejection, help: &'static str) -> Self {
        Self::bad_request(error.body_text()).with_help(help)
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// Creates the error for an address of the API that does not exist.
    pub(super) fn unknown_address() -> Self {
        Self::not_found("unknown API address").with_help("see /api/v1/openapi.json for all addresses")
    }

    /// Creates the error for a method that the address does not support. `allow` lists the supported methods.
    pub(crate) fn method_not_allowed(allow: &'static str) -> Self {
        let allowed = Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            format!("method not allowed; this address allows only {allow}"),
        );
        Self { allow: Some(allow), ..allowed }
    }

    pub(crate) fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
    }

    pub(crate) fn unsupported_media_type(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
    }

    /// Creates the error for a server that has too many requests of one kind.
    pub(super) fn busy(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail).with_help("try again in a few seconds")
    }

    pub(crate) fn internal(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
    }

    /// Returns the OpenAPI descriptions of the error responses, which every route can return.
    pub(super) fn openapi_responses() -> [(String, RefOr<OpenApiResponse>); 2] {
        let problem = |range: &str, description| {
            let content = Content::new(Some(Ref::from_schema_name(ProblemDetail::name())));
            let response = ResponseBuilder::new().description(description).content(PROBLEM, content).build();
            (range.to_owned(), response.into())
        };
        [
            problem("4XX", "The request is invalid, or the resource does not exist"),
            problem("5XX", "The server failed"),
        ]
    }

    /// Adds instructions for solving the problem.
    #[must_use]
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the hint of `error`, if it has one.
    #[must_use]
    pub(crate) fn with_help_of(mut self, error: &impl Hinted) -> Self {
        self.help = error.hint();
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
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_SECONDS));
            // The connection is needed for other clients.
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(allow) = self.allow {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        response
    }
}
