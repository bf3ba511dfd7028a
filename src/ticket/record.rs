//! A ticket in the import format, which exports have too.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::keys::{CORE_KEYS, QUERY_KEYS, REPLY_KEYS};

/// One line of a `.jsonl` file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, expecting = "an object")]
pub struct Record {
    /// The id in the other tracker (in exports: Casebook's).
    #[serde(deserialize_with = "text_or_number")]
    pub id: String,
    /// In exports: the id in the tracker that the ticket came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The title.
    #[serde(deserialize_with = "or_default")]
    pub title: String,
    /// The template; imports use `imported`, whatever stands here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// RFC 3339.
    pub created: Option<String>,
    /// Who asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requester: Option<String>,
    /// A priority; one that Casebook does not have is kept as a field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// The service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Tags.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whatever else the tracker knows.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Map::is_empty")]
    pub fields: Map<String, Json>,
    /// `public` or `internal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<String>,
    /// Where the requester came from.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
    /// Tickets that have to do with it.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<String>,
    /// Ids that it had before.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Markdown.
    #[serde(deserialize_with = "or_default")]
    pub body: String,
    /// In their order.
    #[serde(deserialize_with = "or_default")]
    pub replies: Vec<ReplyRecord>,
    /// Keys that are not of this format.
    #[serde(flatten, skip_serializing)]
    pub unknown: Map<String, Json>,
}

/// A reply of a [`Record`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, expecting = "an object")]
pub struct ReplyRecord {
    /// Who wrote it.
    pub author: Option<String>,
    /// RFC 3339.
    pub created: Option<String>,
    /// The ticket's status from here on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// How it was resolved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
    /// The ticket that it is the same as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<String>,
    /// What held the answer.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub answered_by: Vec<String>,
    /// What was asked for.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<String>,
    /// Who takes care of it; `null` for nobody.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "some")]
    pub assignee: Option<Option<String>>,
    /// New values of fields.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Map::is_empty")]
    pub set: Map<String, Json>,
    /// The ticket or article that a draft came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft_from: Option<String>,
    /// `public` or `internal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<String>,
    /// Markdown.
    #[serde(deserialize_with = "or_default")]
    pub body: String,
    /// Keys that are not of this format.
    #[serde(flatten, skip_serializing)]
    pub unknown: Map<String, Json>,
}

/// Where a tracker writes `null` for nothing.
fn or_default<'de, D: serde::Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Trackers write ids as numbers too.
fn text_or_number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Json::deserialize(deserializer)? {
        Json::String(text) => Ok(text),
        Json::Number(number) => Ok(number.to_string()),
        _ => Err(serde::de::Error::custom("`id` must be text or a number")),
    }
}

/// Tells `null` from nothing.
fn some<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(deserializer).map(Some)
}

/// The name of a field in front matter: `x_<name>` where the name is taken, or would be taken for such a one.
pub(crate) fn escape_field(name: &str) -> String {
    if is_taken(strip(name)) { format!("x_{name}") } else { name.to_owned() }
}

/// The field's own name, as it was before [`escape_field`].
pub(crate) fn unescape_field(name: &str) -> &str {
    match name.strip_prefix("x_") {
        Some(own) if is_taken(strip(name)) => own,
        _ => name,
    }
}

fn strip(name: &str) -> &str {
    name.strip_prefix("x_").map_or(name, strip)
}

fn is_taken(name: &str) -> bool {
    CORE_KEYS.contains(&name) || REPLY_KEYS.contains(&name) || QUERY_KEYS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_whose_name_is_taken_comes_back_under_its_own() {
        for name in ["status", "x_status", "x_x_status", "environment", "x_environment", "service"] {
            assert_eq!(unescape_field(&escape_field(name)), name);
        }
        assert_eq!((escape_field("status").as_str(), escape_field("kind").as_str()), ("x_status", "kind"));
    }
}
