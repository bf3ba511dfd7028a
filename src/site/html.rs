//! Safe HTML, and JSON that is safe inside HTML.

use std::fmt;

use minijinja::Value;
use serde::{Serialize, Serializer};

/// HTML that can be put into a page without escaping. The code that creates the value is responsible for its safety.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// Wraps HTML whose parts are already escaped.
    pub fn new(html: String) -> Self {
        Self(html)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }

    /// Returns HTML without tags as plain text.
    pub fn unescaped(&self) -> String {
        let text = self.0.replace("&lt;", "<").replace("&gt;", ">");
        text.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Html {
    /// Serializes the HTML as a value that templates treat as safe.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::from_safe_string(self.0.clone()).serialize(serializer)
    }
}

/// Escapes every `<` in JSON, so that the JSON contains no tags if a program treats it as HTML. This is valid, because
/// `<` occurs only inside strings.
pub(super) fn inert_json(json: Vec<u8>) -> Vec<u8> {
    if !json.contains(&b'<') {
        return json;
    }
    let mut out = Vec::with_capacity(json.len() + 64);
    for byte in json {
        match byte {
            b'<' => out.extend_from_slice(b"\\u003c"),
            byte => out.push(byte),
        }
    }
    out
}
