//! Values of template fields with the type that the author wrote; types are never guessed.

use serde::{Deserialize, Serialize};

/// A value of front matter. Only values that YAML and JSON both write without quotes have a type:
/// `null`, `true`, `false` and JSON numbers, which keep their spelling (`1.10` stays `1.10`). All other scalars are
/// text, for example `no`, `0755` and dates.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum YamlValue {
    /// `null`, `~` or empty.
    Null,
    Bool(bool),
    /// A number as it was written.
    Number(String),
    Text(String),
    List(Vec<YamlValue>),
    /// A map in source order.
    Map(Vec<(String, YamlValue)>),
}

impl YamlValue {
    /// Parses a scalar that is written without quotes.
    pub fn of_plain(text: &str) -> Self {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => Self::Null,
            "true" | "True" | "TRUE" => Self::Bool(true),
            "false" | "False" | "FALSE" => Self::Bool(false),
            _ if is_json_number(text) => Self::Number(text.to_owned()),
            _ => Self::Text(text.to_owned()),
        }
    }

    /// Returns the text of a scalar as it was written; `None` for null, lists and maps.
    pub fn as_text(&self) -> Option<String> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text.clone()),
            Self::Bool(value) => Some(value.to_string()),
            Self::Null | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// Returns the texts of a list; a scalar counts as a list with one item.
    pub fn texts(&self) -> Vec<String> {
        match self {
            Self::List(items) => items.iter().filter_map(Self::as_text).collect(),
            other => other.as_text().into_iter().collect(),
        }
    }

    /// Calls `visit` with each text of a list or scalar until it returns true. Returns true if it did.
    pub fn any_text<'a>(&'a self, visit: &mut dyn FnMut(&'a str) -> bool) -> bool {
        match self {
            Self::Text(text) | Self::Number(text) => visit(text),
            Self::Bool(value) => visit(if *value { "true" } else { "false" }),
            // A list inside a list has no text.
            Self::List(items) => {
                items.iter().any(|item| !matches!(item, Self::List(_)) && item.any_text(visit))
            }
            Self::Null | Self::Map(_) => false,
        }
    }

    /// Converts the value to JSON. A number keeps its spelling if JSON's number type can hold it.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Number(text) => serde_json::from_str(text).unwrap_or_else(|_| text.clone().into()),
            Self::Text(text) => text.clone().into(),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Map(entries) => entries.iter().map(|(key, value)| (key.clone(), value.to_json())).collect(),
        }
    }

    pub fn from_json(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(number) => Self::Number(number.to_string()),
            serde_json::Value::String(text) => Self::Text(text.clone()),
            serde_json::Value::Array(items) => Self::List(items.iter().map(Self::from_json).collect()),
            serde_json::Value::Object(map) => {
                Self::Map(map.iter().map(|(key, value)| (key.clone(), Self::from_json(value))).collect())
            }
        }
    }
}

/// Returns true if `text` is a number in JSON's grammar: no leading zeros, no leading plus, digits before the
/// point.
fn is_json_number(text: &str) -> bool {
    text.starts_with(|c: char| c == '-' || c.is_ascii_digit())
        && text.ends_with(|c: char| c.is_ascii_digit())
        && serde_json::from_str::<serde_json::Number>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_keep_the_type_that_the_author_wrote() {
        for text in ["no", "on", "0755", "2026-11-22", "+1", ".5", "1_000", "0x1f", "NaN", "1e"] {
            assert_eq!(YamlValue::of_plain(text), YamlValue::Text(text.into()), "{text}");
        }
        for text in ["1.10", "-3", "1e10", "0"] {
            assert_eq!(YamlValue::of_plain(text), YamlValue::Number(text.into()), "{text}");
        }
        assert_eq!(YamlValue::of_plain("1.10").as_text().as_deref(), Some("1.10"));
    }
}
