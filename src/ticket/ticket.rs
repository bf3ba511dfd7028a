//! A ticket as its requester wrote it.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{
    document::Document,
    faults::reports_fault,
    keys::CORE_KEYS,
    read::YamlReader,
    section::{count_body_words, filled_sections, has_code},
    status::{Priority, Visibility},
    value::YamlValue,
};
use crate::{
    diagnostic::Finding,
    text::{RepoPath, Time, markdown::without_comments},
};

/// The front matter of a ticket and facts about its body. The values are as written; [`super::TicketState`] has the
/// values after all replies.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// The file name without its extension, unique in the repository.
    pub id: String,
    pub path: Option<RepoPath>,
    /// One line that names the problem or request; empty when missing.
    pub title: String,
    /// The name of the template; empty when missing.
    pub template: String,
    pub service: Option<String>,
    /// The id of the person who asks.
    pub requester: Option<String>,
    /// When the ticket was opened.
    pub created: Option<Time>,
    pub priority: Option<Priority>,
    pub tags: Vec<String>,
    /// Places that the requester visited before, oldest first (`path` in front matter).
    pub came_from: Vec<String>,
    /// `None` means the default of the settings.
    pub visibility: Option<Visibility>,
    /// Ids of related tickets.
    pub related: Vec<String>,
    /// Former ids.
    pub aliases: Vec<String>,
    /// The id or URL in the tracker from which the ticket was imported.
    pub source: Option<String>,
    /// Template fields and unknown keys of the front matter.
    pub fields: Vec<(String, YamlValue)>,
    /// Lower-case headings of the sections that have text.
    pub sections: Vec<String>,
    /// Number of words in the body, without comments.
    pub words: u32,
    /// True if the body contains a code block.
    pub has_code: bool,
    /// True if the title or the body reports a fault. Otherwise the ticket is a task or a wish.
    pub reports_fault: bool,
}

impl Ticket {
    /// Creates a ticket for a file that cannot be read.
    pub fn unread(path: &RepoPath) -> Self {
        Self { id: path.stem().to_owned(), path: Some(path.clone()), ..Self::default() }
    }

    /// Returns the value of a template field.
    pub fn field(&self, name: &str) -> Option<&YamlValue> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Returns true if the text of the ticket, as it is now, has the field or section `ask`.
    pub fn fills(&self, ask: &str) -> bool {
        let core = match ask {
            "service" => self.service.is_some(),
            "priority" => self.priority.is_some(),
            "tags" => !self.tags.is_empty(),
            "path" => !self.came_from.is_empty(),
            "related" => !self.related.is_empty(),
            _ => false,
        };
        core || self.field(ask).is_some_and(|value| *value != YamlValue::Null)
            || self.sections.iter().any(|section| *section == ask.to_lowercase())
    }

    /// Returns the path of the ticket's file; for a ticket that was not saved yet, the path that `casebook new`
    /// would choose.
    pub fn file(&self) -> RepoPath {
        self.path.clone().unwrap_or_else(|| {
            let (year, month) = self.created.map_or((1970, 1), Time::year_month);
            RepoPath::new(format!("tickets/{year:04}/{month:02}/{}.md", self.id))
        })
    }
}

/// Parses a ticket. Never fails: invalid values are skipped and returned as findings, together with the problems of
/// the document's form.
pub(crate) fn parse_ticket(document: &Document, zone: &TimeZone) -> (Ticket, Vec<Finding>) {
    let path = &document.path;
    let entries = document.front.as_ref().map_or(&[][..], |front| &front.entries);
    let mut reader = YamlReader::new(path, entries);
    let mut ticket = Ticket {
        id: path.stem().to_owned(),
        path: Some(path.clone()),
        title: reader.text("title").unwrap_or_default(),
        template: reader.text("template").unwrap_or_default(),
        service: reader.text("service"),
        requester: reader.text("requester"),
        created: reader.time("created", zone),
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
    ticket.reports_fault = reports_fault(&ticket.title, &without_comments(document.body_text()));
    for entry in entries {
        if !CORE_KEYS.contains(&entry.key.as_str()) {
            ticket.fields.push((entry.key.clone(), entry.value.value()));
        }
    }
    let mut findings = document.problems.clone();
    findings.append(&mut reader.findings);
    (ticket, findings)
}
