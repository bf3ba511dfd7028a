//! The JSON of `casebook report`.

use serde::Serialize;
use utoipa::ToSchema;

use crate::report::Report;

/// A report, with the query that selected its tickets
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportAnswer {
    /// The query without its period; empty for all tickets
    pub query: String,
    #[serde(flatten)]
    pub report: Report,
    /// Warnings about outdated keys in the query; absent if there are none
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// How the query was read, if this is not obvious; absent if there is nothing to tell
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<String>,
}
