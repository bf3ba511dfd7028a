//! Canned responses: replies that a team writes often.

use serde::{Deserialize, Serialize};

use crate::{
    diagnostic::Finding,
    ticket::{Document, Reader, Resolution, Status},
};

/// Where canned responses stand.
pub(crate) const CANNED_FOLDER: &str = "ticket-templates/replies";

/// A canned response: a reply's keys and a body with places to fill in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Canned {
    /// The file's stem, as in `casebook reply ID --use NAME`.
    pub name: String,
    /// The title for people.
    pub title: String,
    /// One sentence: when to take it.
    pub about: String,
    /// The status that it gives.
    pub status: Option<Status>,
    /// The resolution that it gives.
    pub resolution: Option<Resolution>,
    /// What it asks for.
    pub asks: Vec<String>,
    /// Its text, with `{{ requester }}`, `{{ title }}`, `{{ service }}` and `{{ id }}` as places to fill in.
    pub body: String,
}

/// Reads a canned response. Never fails: what does not fit is a finding.
pub(crate) fn parse_canned(document: &Document) -> (Canned, Vec<Finding>) {
    let entries = document.front.as_ref().map_or(&[][..], |front| &front.entries);
    let mut reader = Reader::new(&document.path, entries);
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

impl Canned {
    /// The text with its places filled in; a place that nobody knows stays as it is.
    pub fn fill(&self, value_of: impl Fn(&str) -> Option<String>) -> String {
        let mut filled = String::new();
        let mut rest = self.body.as_str();
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_and_unknown_ones_stay() {
        let canned = Canned { body: "Hi {{ requester }}, {{nobody}} {{ id".into(), ..Canned::default() };
        let text = canned.fill(|name| (name == "requester").then(|| "lena".to_owned()));
        assert_eq!(text, "Hi lena, {{nobody}} {{ id");
    }
}
