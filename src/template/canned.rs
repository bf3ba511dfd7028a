//! Canned responses: prepared replies for frequent cases.

use serde::{Deserialize, Serialize};

use crate::{
    diagnostic::Finding,
    ticket::{Document, Resolution, Status, YamlReader},
};

pub(crate) const CANNED_FOLDER: &str = "ticket-templates/replies";

/// A canned response: the keys of a reply and a body with placeholders.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Canned {
    /// The file name without its extension, as in `casebook reply ID --use NAME`.
    pub name: String,
    pub title: String,
    /// One sentence that says when to use it.
    pub about: String,
    /// The status that the reply sets.
    pub status: Option<Status>,
    /// The resolution that the reply sets.
    pub resolution: Option<Resolution>,
    /// Fields and sections that the requester must add.
    pub asks: Vec<String>,
    /// The text, with the placeholders `{{ requester }}`, `{{ title }}`, `{{ service }}` and `{{ id }}`.
    pub body: String,
}

/// Parses a canned response. Never fails: invalid values are returned as findings.
pub(crate) fn parse_canned(document: &Document) -> (Canned, Vec<Finding>) {
    let entries = document.front.as_ref().map_or(&[][..], |front| &front.entries);
    let mut reader = YamlReader::new(&document.path, entries);
    let canned = Canned {
        name: document.path.stem().to_owned(),
        title: reader.text("title").unwrap_or_else(|| document.path.stem().to_owned()),
        about: reader.text("about").unwrap_or_default(),
        status: reader.word("status", Status::NAMES, Status::parse),
        resolution: reader.word("resolution", Resolution::NAMES, Resolution::parse),
        asks: reader.texts("asks"),
        body: document.body_text().trim_start_matches(['\r', '\n']).to_owned(),
    };
    reader.refuse_unknown(&["title", "about", "status", "resolution", "asks"]);
    let mut findings = document.problems.clone();
    findings.append(&mut reader.findings);
    (canned, findings)
}

/// Returns `text` with all placeholders replaced, such as `{{ requester }}`. Unknown placeholders are unchanged.
pub(crate) fn fill_placeholders(text: &str, value_of: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let Some(end) = rest[start..].find("}}").map(|end| start + end + 2) else {
            break;
        };
        filled.push_str(&rest[..start]);
        match value_of(rest[start + 2..end - 2].trim()) {
            Some(value) => filled.push_str(&value),
            None => filled.push_str(&rest[start..end]),
        }
        rest = &rest[end..];
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_replaced_and_unknown_ones_stay() {
        let value_of = |name: &str| (name == "requester").then(|| "lena".to_owned());
        let text = fill_placeholders("Hi {{ requester }}, {{unknown}} {{ id", value_of);
        assert_eq!(text, "Hi lena, {{unknown}} {{ id");
    }
}
