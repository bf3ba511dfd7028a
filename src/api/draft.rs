//! The JSON of a draft, which a client sends to find similar tickets.

use serde::Deserialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

/// A draft of a new ticket; all fields are optional
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftRequest {
    /// The name of the template
    #[serde(default)]
    pub template: String,
    #[serde(default)]
    pub title: String,
    /// The values of the template's fields, by field name
    #[serde(default)]
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub fields: Map<String, Json>,
    /// The id of the service
    #[serde(default)]
    #[schema(value_type = serde_json::Value)]
    pub service: Json,
    #[serde(default)]
    #[schema(value_type = serde_json::Value)]
    pub tags: Json,
    /// The text, as Markdown
    #[serde(default)]
    pub body: String,
    /// Accepted but ignored
    #[serde(default, rename = "requester")]
    #[schema(value_type = serde_json::Value)]
    _requester: Json,
    /// Accepted but ignored
    #[serde(default, rename = "path")]
    #[schema(value_type = serde_json::Value)]
    _path: Json,
}
