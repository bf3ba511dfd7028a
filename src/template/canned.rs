//! Canned responses: prepared replies for frequent cases.

use serde::{Deserialize, Serialize};

use crate::{
    diagnostic::Finding,
    settings::Settings,
    ticket::{Document, Resolution, Status, Thread, YamlReader},
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
    /// A query. The response is proposed for the tickets that it finds.
    #[serde(rename = "match")]
    pub rule: Option<String>,
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
        rule: reader.text("match"),
        body: document.body_text().trim_start_matches(['\r', '\n']).to_owned(),
    };
    reader.refuse_unknown(&["title", "about", "status", "resolution", "asks", "match"]);
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

/// Returns the value of a placeholder in a reply to `thread`; `None` if there is no such placeholder, or no value.
pub(crate) fn placeholder_value(placeholder: &str, thread: &Thread, settings: &Settings) -> Option<String> {
    match placeholder {
        "requester" => thread.ticket.requester.as_deref().map(|id| settings.person_name(id).to_owned()),
        "title" => Some(thread.ticket.title.clone()),
        "service" => {
            let id = thread.state.service.as_deref()?;
            Some(settings.service(id).map_or(id, |service| &service.name).to_owned())
        }
        "id" => Some(thread.id().to_owned()),
        _ => None,
    }
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
