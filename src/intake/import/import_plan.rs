//! The plan of an import: what it will write, and where.

use std::collections::{BTreeSet, HashMap};

use jiff::tz::TimeZone;

use super::{ids::IdMaker, planned::PlannedFile};
use crate::{text::RepoPath, ticket::TicketRecord};

/// The requester of a ticket whose source does not name one. `check --fix` would name the person who imported it.
pub(super) const UNKNOWN: &str = "unknown";

/// The planned files, and notes about data that could not be imported as it was.
#[derive(Debug, Default)]
pub(super) struct ImportPlan {
    pub(super) tickets: Vec<PlannedTicket>,
    /// The services that the tickets name.
    pub(super) services: BTreeSet<String>,
    /// Notes about skipped or changed data, one sentence each, with the ticket's id in the other tracker.
    pub(super) notes: Vec<String>,
    /// The number of tickets, and of values, that could not be imported.
    pub(super) refused: usize,
}

impl ImportPlan {
    pub(super) fn note(&mut self, record: &TicketRecord, text: &str) {
        self.notes.push(format!("{}: {text}", record.id));
    }

    /// Removes the values of a planned file that would not be read back, with a note for each.
    pub(super) fn drop_unreadable(&mut self, record: &TicketRecord, file: &mut PlannedFile) {
        for (key, problem) in file.text.drop_unreadable() {
            let key: String = key.chars().take(80).collect();
            self.refused += 1;
            self.note(record, &format!("`{key}` is skipped: {problem}"));
        }
    }
}

/// The repository that an import writes to.
pub(super) struct Destination<'a> {
    pub(super) ids: IdMaker,
    /// The current or former paths of the tickets or articles with known ids.
    pub(super) places: HashMap<&'a str, &'a RepoPath>,
    /// The time zone of times without an offset.
    pub(super) zone: TimeZone,
}

/// A ticket with its replies.
#[derive(Debug)]
pub(super) struct PlannedTicket {
    /// The id of the ticket at the source.
    pub(super) source: String,
    pub(super) ticket: PlannedFile,
    /// In the order of the source.
    pub(super) replies: Vec<PlannedFile>,
}

pub(super) fn source_of(record: &TicketRecord) -> &str {
    record.source.as_deref().unwrap_or(&record.id)
}
