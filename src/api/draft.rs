//! The JSON of a draft, the one thing that is read.

use serde::Deserialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

/// A draft of a new ticket, which may be incomplete
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftRequest {
    #[serde(default)]
    pub template: String,
    #[serde(default)]
    pub title: String,
    /// The fields of the template
    #[serde(default)]
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub fields: Map<String, Json>,
    #[serde(default)]
    #[schema(value_type = serde_json::Value)]
    pub service: Json,
    #[serde(default)]
    #[schema(value_type = serde_json::Value)]
    pub tags: Json,
    /// The text, as Markdown
    #[serde(default)]
    pub body: String,
    /// Accepted, and not used to compare
    #[serde(default, rename = "requester")]
    #[schema(value_type = serde_json::Value)]
    _requester: Json,
    /// Accepted, and not used to compare
    #[serde(default, rename = "path")]
    #[schema(value_type = serde_json::Value)]
    _path: Json,
}
