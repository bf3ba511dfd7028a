//! A ticket, as its requester wrote it.

use serde::{Deserialize, Serialize};

use super::{
    document::Document,
    keys::CORE_KEYS,
    read::Reader,
    section::{count_body_words, filled_sections, has_code},
    status::{Priority, Visibility},
    value::Value,
};
use crate::{
    diagnostic::Finding,
    text::{RepoPath, Time},
};

/// What a ticket's file says, without its body. Values are as written: what replies changed is in [`super::State`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// The file's stem, unique in the repository.
    pub id: String,
    /// Where the file stands.
    pub path: Option<RepoPath>,
    /// One line that says what is wrong or wanted; empty when missing.
    pub title: String,
    /// The template's name; empty when missing.
    pub template: String,
    /// The service it is about.
    pub service: Option<String>,
    /// Who asks: a person's id.
    pub requester: Option<String>,
    /// When it was opened.
    pub created: Option<Time>,
    /// How urgent it is.
    pub priority: Option<Priority>,
    /// Free words for finding it.
    pub tags: Vec<String>,
    /// Where the requester came from, oldest first (`path` in front matter).
    pub came_from: Vec<String>,
    /// Who may see it; the settings' default when missing.
    pub visibility: Option<Visibility>,
    /// Ids of tickets that have to do with it.
    pub related: Vec<String>,
    /// Ids that it had before.
    pub aliases: Vec<String>,
    /// Its id or address in the tracker that it was imported from.
    pub source: Option<String>,
    /// Template fields, and whatever else is in the front matter.
    pub fields: Vec<(String, Value)>,
    /// Headings of sections that have text, lower case.
    pub sections: Vec<String>,
    /// How many words its body has, comments left out.
    pub words: u32,
    /// Whether its body has a block of code.
    pub has_code: bool,
}

impl Ticket {
    /// A ticket whose file, at `path`, cannot be read.
    pub fn unread(path: &RepoPath) -> Self {
        Self { id: path.stem().to_owned(), path: Some(path.clone()), ..Self::default() }
    }

    /// The value of a template field.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The path of its file.
    ///
    /// A ticket that was never written has none; it is at the path that `casebook new` would choose.
    pub fn file(&self) -> RepoPath {
        self.path.clone().unwrap_or_else(|| {
            let (year, month) = self.created.map_or((1970, 1), Time::year_month);
            RepoPath::new(format!("tickets/{year:04}/{month:02}/{}.md", self.id))
        })
    }
}

/// Reads a ticket. Never fails: what cannot be used is left out and is a finding (form included).
pub(crate) fn parse_ticket(document: &Document) -> (Ticket, Vec<Finding>) {
    let path = &document.path;
    let entries = document.front.as_ref().map_or(&[][..], |front| &front.entries);
    let mut reader = Reader::new(path, entries);
    let mut ticket = Ticket {
        id: path.stem().to_owned(),
        path: Some(path.clone()),
        title: reader.text("title").unwrap_or_default(),
        template: reader.text("template").unwrap_or_default(),
        service: reader.text("service"),
        requester: reader.text("requester"),
        created: reader.time("created"),
        priority: reader.word("priority", Priority::NAMES, Priority::parse),
        tags: reader.texts("tags"),
        came_from: reader.texts("path"),
        visibility: reader.visibility(document),
        related: reader.texts("related"),
        aliases: reader.texts("aliases"),
        source: reader.text("source"),
        sections: filled_sections(document.body_text()),
        words: count_body_words(document.body_text()),
        has_code: has_code(document.body_text()),
        ..Ticket::default()
    };
    for entry in entries {
        if !CORE_KEYS.contains(&entry.key.as_str()) {
            ticket.fields.push((entry.key.clone(), entry.value.value()));
        }
    }
    let mut findings = document.problems.clone();
    findings.append(&mut reader.findings);
    (ticket, findings)
}
