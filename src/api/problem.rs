//! The JSON of errors.

use serde::Serialize;
use utoipa::ToSchema;

/// An error, as problem details (RFC 9457)
#[derive(Serialize, ToSchema)]
pub(crate) struct ProblemDetail {
    /// The name of the HTTP status
    pub title: &'static str,
    /// The HTTP status
    pub status: u16,
    /// A description of the error
    pub detail: String,
    /// How to solve the problem
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub help: Option<String>,
}
