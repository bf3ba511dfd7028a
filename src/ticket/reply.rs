//! A reply: all that happens to a ticket after it was opened.

use serde::{Deserialize, Serialize};

use super::{
    document::Document,
    keys::REPLY_KEYS,
    read::Reader,
    section::{count_body_words, filled_sections, has_code},
    status::{Resolution, Status, Visibility},
    value::Value,
    yaml::Node,
};
use crate::{
    diagnostic::Finding,
    text::{RepoPath, Time},
};

/// What a reply's file says, without its body.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The file's stem: the order among replies of one instant.
    pub name: String,
    /// Where the file stands.
    pub path: Option<RepoPath>,
    /// Who wrote it: a person's id.
    pub author: Option<String>,
    /// When.
    pub created: Option<Time>,
    /// The ticket's status from here on.
    pub status: Option<Status>,
    /// How it was resolved, with `status: resolved`.
    pub resolution: Option<Resolution>,
    /// The other ticket, with `resolution: duplicate`.
    pub duplicate_of: Option<String>,
    /// Tickets or articles that held the answer.
    pub answered_by: Vec<String>,
    /// Fields or sections that were missing, with `status: pending`.
    pub asks: Vec<String>,
    /// Who takes care of it from here on; `Some(None)` when nobody does (`assignee: null`).
    pub assignee: Option<Option<String>>,
    /// New values of ticket fields.
    pub set: Vec<(String, Set)>,
    /// The ticket or article that a draft came from.
    pub draft_from: Option<String>,
    /// Who may see it; as its ticket when missing.
    pub visibility: Option<Visibility>,
    /// Headings of sections that have text, lower case.
    pub sections: Vec<String>,
    /// How many words its body has, comments left out.
    pub words: u32,
    /// Whether its body has a block of code.
    pub has_code: bool,
}

/// What `set` does to one field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Set {
    /// `null`: the field has no value any more.
    Clear,
    /// A new value.
    Value(Value),
    /// Tags that come and go, the others stay.
    Tags(Vec<TagChange>),
}

/// `+tag` or `-tag`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TagChange {
    /// It is there from now on.
    Add(String),
    /// It is gone from now on.
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
    /// Whether this is an internal note on a ticket of visibility `ticket`.
    pub(super) fn is_note_on(&self, ticket: Visibility) -> bool {
        ticket == Visibility::Public && self.visibility == Some(Visibility::Internal)
    }

    /// Whether it has the author and the time without which it carries no state.
    pub fn is_dated(&self) -> bool {
        self.author.is_some() && self.created.is_some()
    }
}

/// Reads a reply. Never fails: what cannot be used is left out and is a finding (form included).
pub(crate) fn parse_reply(document: &Document) -> (Reply, Vec<Finding>) {
    let path = &document.path;
    let entries = document.front.as_ref().map_or(&[][..], |front| &front.entries);
    let mut reader = Reader::new(path, entries);
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
        created: reader.time("created"),
        status: reader.word("status", Status::NAMES, Status::parse),
        resolution: reader.word("resolution", Resolution::NAMES, Resolution::parse),
        duplicate_of: reader.text("duplicate_of"),
        answered_by: reader.texts("answered_by"),
        asks: reader.texts("asks"),
        assignee,
        set,
        draft_from: reader.text("draft_from"),
        visibility: reader.visibility(document),
        sections: filled_sections(document.body_text()),
        words: count_body_words(document.body_text()),
        has_code: has_code(document.body_text()),
    };
    reader.refuse_unknown(REPLY_KEYS);
    let mut findings = document.problems.clone();
    findings.append(&mut reader.findings);
    (reply, findings)
}

fn read_set(node: &Node, reader: &mut Reader<'_>) -> Vec<(String, Set)> {
    if node.entries().is_empty() && !matches!(node.kind, super::yaml::NodeKind::Map(_)) {
        reader.bad(node, "`set` must be a map of ticket fields", "write it as `set: { priority: high }`");
    }
    let mut set = Vec::new();
    for entry in node.entries() {
        let value = &entry.value;
        let change = if value.is_null() {
            Set::Clear
        } else if entry.key == "tags" {
            match read_tags(value, reader) {
                Some(change) => change,
                None => continue,
            }
        } else {
            Set::Value(value.value())
        };
        set.push((entry.key.clone(), change));
    }
    set
}

fn read_tags(node: &Node, reader: &mut Reader<'_>) -> Option<Set> {
    let texts = reader.texts_of(node, "tags");
    let signed = texts.iter().filter(|text| text.starts_with(['+', '-'])).count();
    if signed == 0 {
        return Some(Set::Value(Value::List(texts.into_iter().map(Value::Text).collect())));
    }
    if signed < texts.len() {
        reader.bad(
            node,
            "`tags` mixes plain tags and tags with `+` or `-`",
            "give every tag a sign (`[+a, -b]`), or none to replace the whole list",
        );
        return None;
    }
    Some(Set::Tags(
        texts
            .iter()
            .map(|text| match text.strip_prefix('+') {
                Some(tag) => TagChange::Add(tag.to_owned()),
                None => TagChange::Remove(text[1..].to_owned()),
            })
            .collect(),
    ))
}
