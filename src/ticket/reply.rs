//! A reply and the changes that it makes to its ticket.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{
    document::Document,
    keys::REPLY_KEYS,
    read::{YamlReader, is_visibility},
    section::{count_body_words, filled_sections, has_code},
    status::{Resolution, Status, Visibility},
    value::YamlValue,
    yaml::YamlNode,
};
use crate::{
    diagnostic::Finding,
    text::{RepoPath, Time, nearest},
};

/// The front matter of a reply and facts about its body.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The file name without its extension. It orders replies with the same time.
    pub name: String,
    pub path: Option<RepoPath>,
    /// The id of a person.
    pub author: Option<String>,
    pub created: Option<Time>,
    /// The new status of the ticket.
    pub status: Option<Status>,
    /// How the ticket was resolved, with `status: resolved`.
    pub resolution: Option<Resolution>,
    /// The id of the other ticket, with `resolution: duplicate`.
    pub duplicate_of: Option<String>,
    /// Ids of the tickets or slugs of the articles that contain the answer.
    pub answered_by: Vec<String>,
    /// Fields and sections that the requester must add, with `status: pending`.
    pub asks: Vec<String>,
    /// The new assignee; `Some(None)` (`assignee: null`) removes the assignee.
    pub assignee: Option<Option<String>>,
    pub set: Vec<(String, FieldChange)>,
    /// The ticket or article that the draft of this reply is based on.
    pub draft_from: Option<String>,
    /// `None` means the visibility of the ticket.
    pub visibility: Option<Visibility>,
    /// True if the reply may make its ticket internal, but its `set` cannot be read. The ticket is internal until the
    /// problem is fixed.
    pub may_hide_ticket: bool,
    /// Lower-case headings of the sections that have text.
    pub sections: Vec<String>,
    /// Number of words in the body, without comments.
    pub words: u32,
    /// True if the body contains a code block.
    pub has_code: bool,
}

/// A change of one ticket field by `set`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FieldChange {
    /// `null`: removes the value.
    Clear,
    /// Replaces the value.
    Value(YamlValue),
    /// Adds and removes tags; other tags stay.
    Tags(Vec<TagChange>),
}

/// A tag to add or remove, written `+tag` or `-tag`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TagChange {
    Add(String),
    Remove(String),
}

impl std::fmt::Display for TagChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Add(tag) => write!(f, "+{tag}"),
            Self::Remove(tag) => write!(f, "-{tag}"),
        }
    }
}

impl Reply {
    /// Returns true if this is an internal note on a ticket of visibility `ticket`.
    pub(super) fn is_note_on(&self, ticket: Visibility) -> bool {
        ticket == Visibility::Public && self.visibility == Some(Visibility::Internal)
    }

    /// Returns true if the reply has the field or section `ask` that an earlier reply asked for.
    pub fn meets(&self, ask: &str) -> bool {
        self.sections.contains(&ask.to_lowercase()) || self.set.iter().any(|(field, _)| field == ask)
    }

    /// Returns true if the reply has an author and a time. Without both it does not change the ticket's state.
    pub fn is_dated(&self) -> bool {
        self.author.is_some() && self.created.is_some()
    }
}

/// Parses a reply. Never fails: invalid values are skipped and returned as findings, together with the problems of
/// the document's form.
pub(crate) fn parse_reply(document: &Document, zone: &TimeZone) -> (Reply, Vec<Finding>) {
    let path = &document.path;
    let entries = document.front.as_ref().map_or(&[][..], |front| &front.entries);
    let mut reader = YamlReader::new(path, entries);
    let author = reader.text("author").filter(|author| !author.is_empty());
    let assignee =
        document.front.as_ref().and_then(|front| front.get("assignee")).map(|node| match node.is_null() {
            true => None,
            false => reader.text("assignee").filter(|assignee| !assignee.is_empty()),
        });
    let set = reader.node("set").map(|node| read_set(node, &mut reader)).unwrap_or_default();
    let reply = Reply {
        name: path.stem().to_owned(),
        path: Some(path.clone()),
        author,
        created: reader.time("created", zone),
        status: reader.word("status", Status::NAMES, Status::parse),
        resolution: reader.word("resolution", Resolution::NAMES, Resolution::parse),
        duplicate_of: reader.text("duplicate_of"),
        answered_by: reader.texts("answered_by"),
        asks: reader.texts("asks"),
        assignee,
        set,
        draft_from: reader.text("draft_from"),
        visibility: reader.visibility(document),
        may_hide_ticket: may_hide_ticket(document),
        sections: filled_sections(document.body_text()),
        words: count_body_words(document.body_text()),
        has_code: has_code(document.body_text()),
    };
    reader.refuse_unknown(REPLY_KEYS);
    let mut findings = document.problems.clone();
    findings.append(&mut reader.findings);
    (reply, findings)
}

/// Returns true if a `set` that cannot be read may contain a visibility. A typing error must not publish a ticket that
/// the reply hides.
fn may_hide_ticket(document: &Document) -> bool {
    let yaml = document.front.as_ref().map_or(&document.text[..], |front| &document.text[front.span.clone()]);
    if YamlReader::front_is_unclear(document) {
        let begins_set = |line: &str| {
            line.split_once(':').is_some_and(|(key, _)| is_set(key.trim_matches([' ', '"', '\''])))
        };
        let mut lines = yaml.lines().skip_while(|line| !begins_set(line));
        return lines.any(|line| line.split(|c: char| !c.is_alphanumeric()).any(is_visibility));
    }
    let entries = document.front.iter().flat_map(|front| &front.entries).filter(|entry| is_set(&entry.key));
    entries
        .flat_map(|entry| entry.value.entries().iter().map(move |inner| (&entry.key, &inner.key)))
        .any(|(outer, inner)| is_visibility(inner) && (outer != "set" || inner != "visibility"))
}

/// Returns true for the key `set` and for misspellings of it.
fn is_set(key: &str) -> bool {
    key == "set" || (!REPLY_KEYS.contains(&key) && nearest(key, ["set"]).is_some())
}

fn read_set(node: &YamlNode, reader: &mut YamlReader<'_>) -> Vec<(String, FieldChange)> {
    if node.entries().is_empty() && !matches!(node.kind, super::yaml::YamlNodeKind::Map(_)) {
        reader.bad(node, "`set` must be a map of ticket fields", "write it as `set: { priority: high }`");
    }
    let mut set = Vec::new();
    for entry in node.entries() {
        let value = &entry.value;
        let change = if value.is_null() {
            FieldChange::Clear
        } else if entry.key == "tags" {
            match read_tags(value, reader) {
                Some(change) => change,
                None => continue,
            }
        } else {
            FieldChange::Value(value.value())
        };
        set.push((entry.key.clone(), change));
    }
    set
}

fn read_tags(node: &YamlNode, reader: &mut YamlReader<'_>) -> Option<FieldChange> {
    let texts = reader.texts_of(node, "tags");
    let signed = texts.iter().filter(|text| text.starts_with(['+', '-'])).count();
    if signed == 0 {
        return Some(FieldChange::Value(YamlValue::List(texts.into_iter().map(YamlValue::Text).collect())));
    }
    if signed < texts.len() {
        reader.bad(
            node,
            "`tags` mixes plain tags and tags with `+` or `-`",
            "give every tag a sign (`[+a, -b]`), or none to replace the whole list",
        );
        return None;
    }
    Some(FieldChange::Tags(
        texts
            .iter()
            .map(|text| match text.strip_prefix('+') {
                Some(tag) => TagChange::Add(tag.to_owned()),
                None => TagChange::Remove(text[1..].to_owned()),
            })
            .collect(),
    ))
}
