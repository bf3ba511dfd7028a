//! The keys of the query language: one table that parsing, errors, completion and documentation read.

use std::fmt;

use super::Vocabulary;
use crate::template::{FieldType, FieldValues};

/// What a `key:value` asks about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// `is:`, a state or a fact about a ticket.
    Is,
    /// `has:`, something that a ticket has.
    Has,
    /// `status:`.
    Status,
    /// `resolution:`.
    Resolution,
    /// `priority:`.
    Priority,
    /// `visibility:`.
    Visibility,
    /// `assignee:`.
    Assignee,
    /// `requester:`.
    Requester,
    /// `author:`, of any reply.
    Author,
    /// `service:`, modules included.
    Service,
    /// `tag:`.
    Tag,
    /// `template:`.
    Template,
    /// `id:`, former ids included.
    Id,
    /// `source:`, the id or address in the tracker that a ticket was imported from.
    Source,
    /// `path:`, any step of the way the requester came.
    Path,
    /// `related:`.
    Related,
    /// `duplicate_of:`.
    DuplicateOf,
    /// `answered_by:`.
    AnsweredBy,
    /// `title:`, words of it.
    Title,
    /// `body:`, words of it.
    Body,
    /// `answer:`, words of it.
    Answer,
    /// `replies:`, words of any reply.
    Replies,
    /// `created:`.
    Created,
    /// `updated:`, the newest reply, else the ticket itself.
    Updated,
    /// `resolved:`, when it was last resolved.
    Resolved,
    /// `sort:`, the order of the results.
    Sort,
    /// A field of a template, by its name.
    Field(String),
}

/// What the values of a key are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// One of a closed set.
    Choice(&'static [Choice]),
    /// One of a closed set, from the least to the greatest.
    Ordered(&'static [Choice]),
    /// A person; `me` is the one who asks.
    Person,
    /// A name, compared without case.
    Name,
    /// Words, searched as in full text.
    Words,
    /// A time.
    Time,
    /// A number.
    Number,
    /// Text that has an order, in which digits count as numbers: `2.9` is before `2.14`.
    Text,
}

/// A value of a closed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// As it is written.
    pub name: &'static str,
    /// What it finds.
    pub help: &'static str,
}

/// A row of the table.
#[derive(Debug)]
pub struct KeyInfo {
    /// As it is written before the colon.
    pub name: &'static str,
    /// Another name for it.
    pub alias: Option<&'static str>,
    /// What it asks about.
    pub key: Key,
    /// What its values are.
    pub kind: ValueKind,
    /// What it finds, in a few words.
    pub help: &'static str,
    /// A valid use.
    pub example: &'static str,
}

const fn choice(name: &'static str, help: &'static str) -> Choice {
    Choice { name, help }
}

const STATUS: &[Choice] = &[
    choice("open", "waiting for an answer"),
    choice("pending", "waiting for the requester"),
    choice("on-hold", "waiting for a third party"),
    choice("resolved", "answered"),
];

const IS: &[Choice] = &[
    choice("open", "status is open"),
    choice("pending", "status is pending"),
    choice("on-hold", "status is on-hold"),
    choice("resolved", "status is resolved"),
    choice("unresolved", "any status but resolved"),
    choice("any", "every ticket"),
    choice("overdue", "past its service level and not resolved"),
    choice("assigned", "somebody has it"),
    choice("unassigned", "nobody has it"),
    choice("unanswered", "nobody but the requester has replied"),
    choice("reused", "another ticket was answered by it"),
    choice("reopened", "was resolved and opened again"),
    choice("imported", "came from another tracker"),
    choice("public", "may be published to everybody"),
    choice("internal", "may not be published to everybody"),
];

const HAS: &[Choice] = &[
    choice("answer", "its answer has substance"),
    choice("reply", "at least one reply"),
    choice("attachment", "at least one attached file"),
    choice("code", "a block of code in the ticket or a reply"),
    choice("duplicate", "another ticket was resolved as its duplicate"),
    choice("related", "links to related tickets"),
    choice("service", "a service"),
    choice("priority", "a priority"),
    choice("tag", "at least one tag"),
    choice("assignee", "an assignee"),
    choice("path", "the way the requester came"),
    choice("source", "an id in another tracker"),
];

const RESOLUTION: &[Choice] = &[
    choice("fixed", "the cause is gone"),
    choice("workaround", "there is a way around it"),
    choice("answered", "the question is answered"),
    choice("duplicate", "another ticket is about the same"),
    choice("not-reproducible", "nobody could see it happen"),
    choice("declined", "will not be done"),
];

const PRIORITY: &[Choice] = &[
    choice("low", "can wait"),
    choice("normal", "in its turn"),
    choice("high", "before others"),
    choice("urgent", "now"),
];

const VISIBILITY: &[Choice] = &[choice("public", "for everybody"), choice("internal", "for the team")];

/// What results can be sorted by.
const SORT: &[Choice] = &[
    choice("relevance", "best match first"),
    choice("created", "when the ticket was opened"),
    choice("updated", "its newest reply"),
    choice("resolved", "when it was resolved"),
    choice("priority", "low to urgent"),
    choice("replies", "how many replies it has"),
    choice("title", "by the alphabet"),
    choice("id", "by the alphabet"),
];

const fn row(
    name: &'static str,
    alias: Option<&'static str>,
    key: Key,
    kind: ValueKind,
    help: &'static str,
    example: &'static str,
) -> KeyInfo {
    KeyInfo { name, alias, key, kind, help, example }
}

/// Every key of the query language except the fields of templates.
#[rustfmt::skip] // a table is read by its columns
pub static KEYS: &[KeyInfo] = {
    use Key::*;
    use ValueKind::{Choice, Name, Ordered, Person, Time, Words};
    &[
        row("is", None, Is, Choice(IS), "a state or a fact", "is:open"),
        row("has", None, Has, Choice(HAS), "something the ticket has, or a field that is filled", "has:answer"),
        row("status", None, Status, Choice(STATUS), "status", "status:open,pending"),
        row("resolution", None, Resolution, Choice(RESOLUTION), "how it was resolved", "resolution:fixed"),
        row("priority", None, Priority, Ordered(PRIORITY), "priority", "priority:>=high"),
        row("visibility", None, Visibility, Choice(VISIBILITY), "who may see it", "visibility:public"),
        row("assignee", None, Assignee, Person, "who has it", "assignee:me"),
        row("requester", None, Requester, Person, "who opened it", "requester:lena"),
        row("author", None, Author, Person, "who wrote any reply", "author:mei"),
        row("service", None, Service, Name, "service, its modules included", "service:billing-api"),
        row("tag", Some("tags"), Tag, Name, "tag", "tag:export"),
        row("template", None, Template, Name, "template", "template:incident"),
        row("id", None, Id, Name, "id or former id", "id:invoice-exp*"),
        row("source", None, Source, Name, "id in the tracker it was imported from", "source:FLUID-115"),
        row("path", None, Path, Name, "a step of the way the requester came", "path:/console/billing*"),
        row("related", None, Related, Name, "links to this ticket", "related:export-job-out-of-memory-2m9dzz"),
        row("duplicate_of", None, DuplicateOf, Name, "duplicate of this ticket", "duplicate_of:export-job-out-of-memory-2m9dzz"),
        row("answered_by", None, AnsweredBy, Name, "answered by this ticket or article", "answered_by:export-limits"),
        row("title", None, Title, Words, "words of the title", "title:timeout"),
        row("body", None, Body, Words, "words of the ticket's text", "body:\"out of memory\""),
        row("answer", None, Answer, Words, "words of the answer", "answer:restart"),
        row("replies", Some("reply"), Replies, Words, "words of any reply", "replies:deployed"),
        row("created", None, Created, Time, "when it was opened", "created:>7d"),
        row("updated", None, Updated, Time, "when it was opened or last replied to", "updated:<2026-01-01"),
        row("resolved", None, Resolved, Time, "when it was resolved", "resolved:2026-01..2026-03"),
        row("sort", None, Sort, Choice(SORT), "order of the results; - turns it round", "sort:-created"),
    ]
};

/// What a template's field takes, as far as queries care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Any text, compared with digits as numbers.
    Text,
    /// A number.
    Number,
    /// A date.
    Date,
}

impl FieldKind {
    /// Returns how queries compare the values of a template's field of this type.
    pub fn of(field: &FieldType) -> Self {
        match field.values {
            FieldValues::Number => Self::Number,
            FieldValues::Date => Self::Date,
            FieldValues::Text | FieldValues::Boolean => Self::Text,
        }
    }
}

impl Key {
    /// The row of a key of the language itself; `None` for a template's field.
    pub fn info(&self) -> Option<&'static KeyInfo> {
        KEYS.iter().find(|row| row.key == *self)
    }

    /// The key written `name` (any case, `-` for `_`) and what its values are. A key of the language goes before a
    /// field of that name; `fields.name` is always the field.
    pub(super) fn find(name: &str, known: &Vocabulary) -> Option<(Self, ValueKind)> {
        let written = name.to_ascii_lowercase().replace('-', "_");
        let core = KEYS.iter().find(|row| row.name == written || row.alias == Some(&*written));
        if let Some(row) = core {
            return Some((row.key.clone(), row.kind));
        }
        let field = written.strip_prefix("fields.").unwrap_or(&written);
        let found = known.fields.iter().find(|f| f.name.to_ascii_lowercase().replace('-', "_") == field)?;
        let kind = match found.kind {
            FieldKind::Text => ValueKind::Text,
            FieldKind::Number => ValueKind::Number,
            FieldKind::Date => ValueKind::Time,
        };
        Some((Self::Field(found.name.clone()), kind))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.info()) {
            (Self::Field(name), _) if KEYS.iter().any(|row| row.name == name || row.alias == Some(name)) => {
                write!(f, "fields.{name}")
            }
            (Self::Field(name), _) => f.write_str(name),
            (_, Some(row)) => f.write_str(row.name),
            (_, None) => fmt::Debug::fmt(self, f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Query;

    #[test]
    fn every_example_of_the_table_is_a_valid_query() {
        let known = Vocabulary { me: true, ..Vocabulary::default() };
        for row in KEYS {
            let query = Query::parse(row.example, &known).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(query.to_string(), row.example, "examples are written canonically");
        }
    }

    #[test]
    fn no_template_field_can_hide_behind_a_key() {
        for row in KEYS {
            let listed = matches!(row.name, "service" | "priority");
            assert!(listed || crate::ticket::is_taken(row.name), "add {} to QUERY_KEYS", row.name);
        }
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = KEYS.iter().flat_map(|row| [Some(row.name), row.alias]).flatten().collect();
        names.sort_unstable();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
        assert!(KEYS.iter().all(|row| row.key.info().is_some_and(|found| found.name == row.name)));
    }
}
