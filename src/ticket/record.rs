//! The JSON Lines format of tickets for import and export.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{
    json::{FieldMap, optional_text, text_or_number, texts},
    keys::{CORE_KEYS, QUERY_KEYS, REPLY_KEYS},
};

/// A ticket: one line of a `.jsonl` file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, expecting = "an object")]
pub struct TicketRecord {
    /// The id in the other tracker; in exports, the id in Casebook.
    #[serde(deserialize_with = "text_or_number")]
    pub id: String,
    /// In exports, the id in the tracker from which the ticket was imported, else its own id.
    #[serde(deserialize_with = "optional_text", skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// One line that names the problem or request.
    #[serde(deserialize_with = "text_or_nothing")]
    pub title: String,
    /// The template. Imports use `imported`, and keep this one in the field `x_template`.
    #[serde(deserialize_with = "optional_text", skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// When the ticket was opened.
    #[serde(deserialize_with = "optional_text")]
    pub created: Option<String>,
    /// The id of the person who opened the ticket.
    #[serde(deserialize_with = "optional_text", skip_serializing_if = "Option::is_none")]
    pub requester: Option<String>,
    /// A priority. An import saves a priority that Casebook does not have as a template field.
    #[serde(deserialize_with = "optional_text", skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// The service that the ticket is about.
    #[serde(deserialize_with = "optional_text", skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The tags.
    #[serde(deserialize_with = "texts", skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Other fields of the tracker.
    #[serde(skip_serializing_if = "FieldMap::is_empty")]
    pub fields: FieldMap,
    /// `public` or `internal`.
    #[serde(deserialize_with = "optional_text", skip_serializing_if = "Option::is_none")]
    pub visibility: Option<String>,
    /// Places that the requester visited before, oldest first.
    #[serde(deserialize_with = "texts", skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
    /// Ids of related tickets.
    #[serde(deserialize_with = "texts", skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<String>,
    /// Former ids.
    #[serde(deserialize_with = "texts", skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The text as Markdown.
    #[serde(deserialize_with = "text_or_nothing")]
    pub body: String,
    /// Whether the body includes the line end of its file, if there is one.
    #[serde(skip)]
    pub has_exact_body: bool,
    /// Replies in order.
    #[serde(deserialize_with = "or_default")]
    pub replies: Vec<ReplyRecord>,
    /// Keys that are not part of this format.
    #[serde(flatten, skip_serializing)]
    pub unknown: Map<String, Json>,
}

/// A reply of a [`TicketRecord`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, expecting = "an object")]
pub struct ReplyRecord {
    #[serde(deserialize_with = "optional_text")]
    pub author: Option<String>,
    #[serde(deserialize_with = "optional_text")]
    pub created: Option<String>,
    /// The new status of the ticket.
    #[serde(deserialize_with = "optional_text", skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    #[serde(deserialize_with = "optional_text", skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
    /// The id of the ticket that this ticket duplicates.
    #[serde(deserialize_with = "optional_text", skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<String>,
    /// Ids of the tickets or slugs of the articles that contain the answer.
    #[serde(deserialize_with = "texts", skip_serializing_if = "Vec::is_empty")]
    pub answered_by: Vec<String>,
    /// Fields and sections that the requester must add.
    #[serde(deserialize_with = "texts", skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<String>,
    /// The new assignee; `null` removes the assignee.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "some")]
    pub assignee: Option<Option<String>>,
    /// New values of ticket fields.
    #[serde(skip_serializing_if = "FieldMap::is_empty")]
    pub set: FieldMap,
    /// The ticket or article that the draft of this reply is based on.
    #[serde(deserialize_with = "optional_text", skip_serializing_if = "Option::is_none")]
    pub draft_from: Option<String>,
    /// `public` or `internal`.
    #[serde(deserialize_with = "optional_text", skip_serializing_if = "Option::is_none")]
    pub visibility: Option<String>,
    /// The text as Markdown.
    #[serde(deserialize_with = "text_or_nothing")]
    pub body: String,
    /// Keys that are not part of this format.
    #[serde(flatten, skip_serializing)]
    pub unknown: Map<String, Json>,
}

/// Reads `null` as the default, because trackers write `null` for empty values.
fn or_default<'de, D: serde::Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads `null` as `Some(None)`, to distinguish it from a missing key.
fn some<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    optional_text(deserializer).map(Some)
}

fn text_or_nothing<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(optional_text(deserializer)?.unwrap_or_default())
}

/// Returns the key of a template field in front matter: `x_<name>` if `name`, or `name` without its `x_` prefixes,
/// is reserved.
pub(crate) fn escape_field(name: &str) -> String {
    if is_reserved_field(strip(name)) { format!("x_{name}") } else { name.to_owned() }
}

/// Returns the name of a field before [`escape_field`].
pub(crate) fn unescape_field(name: &str) -> &str {
    match name.strip_prefix("x_") {
        Some(original) if is_reserved_field(strip(name)) => original,
        _ => name,
    }
}

fn strip(name: &str) -> &str {
    name.strip_prefix("x_").map_or(name, strip)
}

fn is_reserved_field(name: &str) -> bool {
    CORE_KEYS.contains(&name) || REPLY_KEYS.contains(&name) || QUERY_KEYS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escaped_field_name_can_be_restored() {
        for name in ["status", "x_status", "x_x_status", "environment", "x_environment", "service"] {
            assert_eq!(unescape_field(&escape_field(name)), name);
        }
        assert_eq!((escape_field("status").as_str(), escape_field("kind").as_str()), ("x_status", "kind"));
    }
}
