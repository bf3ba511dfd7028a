//! Composes the text of a ticket or reply from its fields.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::IntakeError;
use crate::{
    search::Question,
    text::{RepoPath, Time, is_id, random_letters, slugify_at_most},
    ticket::{Document, FieldChange, Resolution, Status, Visibility, YamlValue, compose_front, parse_ticket},
};

/// A ticket to be opened.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct TicketDraft {
    pub template: String,
    pub title: String,
    pub requester: String,
    /// All other keys of the front matter, in order: `service`, `priority`, `tags`, template fields…
    pub keys: Vec<(String, YamlValue)>,
    /// The pages that the requester came from, oldest first.
    pub came_from: Vec<String>,
    /// The Markdown below the front matter.
    pub body: String,
}

/// A reply to be written.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct ReplyDraft {
    pub author: String,
    /// The ticket's new status.
    pub status: Option<Status>,
    /// How the ticket was resolved.
    pub resolution: Option<Resolution>,
    /// The id of the ticket that this one duplicates.
    pub duplicate_of: Option<String>,
    /// The articles and tickets that contained the answer.
    pub answered_by: Vec<String>,
    /// The fields and sections to ask the requester for.
    pub asks: Vec<String>,
    /// The new assignee; `Some(None)` removes the assignee.
    pub assignee: Option<Option<String>>,
    /// New values of ticket fields.
    pub set: Vec<(String, FieldChange)>,
    /// The ticket or article that a draft was based on.
    pub draft_from: Option<String>,
    /// `internal` for a note.
    pub visibility: Option<Visibility>,
    /// The Markdown below the front matter.
    pub body: String,
}

/// Returns an id from the title and six random letters; without Latin letters in the title, from the template's name
/// and eight letters.
pub(crate) fn new_id(title: &str, template: &str) -> Result<String, IntakeError> {
    let slug = first_words(&slugify_at_most(title, MAX_SLUG));
    let (stem, count) = match slug.is_empty() {
        true => (slugify_at_most(template, MAX_SLUG), 8),
        false => (slug, 6),
    };
    let stem = if stem.is_empty() { "ticket".to_owned() } else { stem };
    let id = format!("{stem}-{}", random(count)?);
    debug_assert!(is_id(&id));
    Ok(id)
}

/// The maximum length of an id without its random letters.
const MAX_SLUG: usize = 40;
/// The maximum number of words in an id.
const MAX_WORDS: usize = 5;

/// Returns the first words of a slug: enough to recognise the ticket, and short enough to read in a list.
fn first_words(slug: &str) -> String {
    slug.split('-').take(MAX_WORDS).collect::<Vec<_>>().join("-")
}

pub(super) fn random(count: usize) -> Result<String, IntakeError> {
    let mut bytes = vec![0; count];
    getrandom::fill(&mut bytes).map_err(|error| IntakeError::NoRandom(error.to_string()))?;
    Ok(random_letters(&bytes))
}

impl TicketDraft {
    /// Returns the value of a front matter key.
    pub(crate) fn get(&self, key: &str) -> Option<&YamlValue> {
        self.keys.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// Sets a front matter key.
    pub(crate) fn set(&mut self, key: &str, value: YamlValue) {
        match self.keys.iter_mut().find(|(known, _)| known == key) {
            Some((_, old)) => *old = value,
            None => self.keys.push((key.to_owned(), value)),
        }
    }

    /// Removes a front matter key.
    pub(crate) fn clear(&mut self, key: &str) {
        self.keys.retain(|(known, _)| known != key);
    }

    /// Returns the search question of this draft at the time `now`, for finding similar tickets.
    pub(crate) fn question(&self, now: Time) -> Question {
        let head = Self { body: String::new(), ..self.clone() };
        let text = head.compose(now);
        let document = Document::parse(&RepoPath::new("tickets/draft.md"), text.as_bytes());
        Question::of_ticket(&parse_ticket(&document, &TimeZone::UTC).0, self.body.as_str())
    }

    /// Parses a draft from the text that [`TicketDraft::compose`] made and a person edited. Never fails: text that
    /// cannot be parsed stays in the body or becomes a finding when the draft is checked. The opening time is not part
    /// of a draft.
    pub(crate) fn read(text: &str) -> Self {
        let document = Document::parse(&RepoPath::new("tickets/draft.md"), text.as_bytes());
        let mut draft = Self { body: document.body_text().to_owned(), ..Self::default() };
        for entry in document.front.iter().flat_map(|front| &front.entries) {
            let value = entry.value.value();
            match entry.key.as_str() {
                "title" => draft.title = value.as_text().unwrap_or_default(),
                "template" => draft.template = value.as_text().unwrap_or_default(),
                "requester" => draft.requester = value.as_text().unwrap_or_default(),
                "path" => draft.came_from = value.texts(),
                "created" => {}
                // A key without a value has no effect in a ticket.
                _ if value == YamlValue::Null => {}
                key => draft.set(key, value),
            }
        }
        draft
    }

    /// Returns the text of the ticket file.
    pub(crate) fn compose(&self, created: Time) -> String {
        let text = |text: &str| Some(YamlValue::Text(text.to_owned()));
        let mut entries: Vec<(&str, Option<YamlValue>)> =
            vec![("title", text(&self.title)), ("template", text(&self.template))];
        entries.push(("service", self.get("service").cloned()));
        if !self.requester.is_empty() {
            entries.push(("requester", text(&self.requester)));
        }
        entries.push(("created", text(&created.whole_second().to_string())));
        entries.extend(
            self.keys
                .iter()
                .filter(|(key, _)| key != "service")
                .map(|(key, value)| (key.as_str(), Some(value.clone()))),
        );
        if !self.came_from.is_empty() {
            entries.push((
                "path",
                Some(YamlValue::List(self.came_from.iter().filter_map(|path| text(path)).collect())),
            ));
        }
        format!("{}{}", compose_front(&entries), with_line_end(&self.body))
    }

    /// Returns the path of the ticket file.
    pub(crate) fn path(id: &str, created: Time) -> RepoPath {
        let (year, month) = created.year_month();
        RepoPath::new(format!("tickets/{year:04}/{month:02}/{id}.md"))
    }
}

impl ReplyDraft {
    /// Returns the text of the reply file.
    pub(crate) fn compose(&self, created: Time) -> String {
        let text = |text: &str| Some(YamlValue::Text(text.to_owned()));
        let list = |items: &[String]| {
            (!items.is_empty()).then(|| YamlValue::List(items.iter().filter_map(|item| text(item)).collect()))
        };
        let mut entries: Vec<(&str, Option<YamlValue>)> =
            vec![("author", text(&self.author)), ("created", text(&created.whole_second().to_string()))];
        if let Some(status) = self.status {
            entries.push(("status", text(status.name())));
        }
        if let Some(resolution) = self.resolution {
            entries.push(("resolution", text(resolution.name())));
        }
        if let Some(id) = &self.duplicate_of {
            entries.push(("duplicate_of", text(id)));
        }
        entries.push(("answered_by", list(&self.answered_by)));
        entries.push(("asks", list(&self.asks)));
        if let Some(assignee) = &self.assignee {
            // Null is a value here: it removes the assignee.
            entries.push(("assignee", assignee.as_deref().map_or(Some(YamlValue::Null), text)));
        }
        if !self.set.is_empty() {
            let fields = self.set.iter().map(|(field, set)| (field.clone(), set_value(set)));
            entries.push(("set", Some(YamlValue::Map(fields.collect()))));
        }
        if let Some(from) = &self.draft_from {
            entries.push(("draft_from", text(from)));
        }
        if let Some(visibility) = self.visibility {
            entries.push(("visibility", text(visibility.name())));
        }
        format!("{}{}", compose_front(&entries), with_line_end(&self.body))
    }

    /// Returns the path of the reply file, next to the ticket at `ticket`.
    pub(crate) fn path(&self, ticket: &RepoPath, created: Time, ending: &str) -> RepoPath {
        let author = slugify_at_most(&self.author, 40);
        let folder = RepoPath::new(ticket.without_extension());
        folder.join(&format!("{}-{author}-{ending}.md", created.compact()))
    }
}

fn set_value(set: &FieldChange) -> YamlValue {
    match set {
        FieldChange::Clear => YamlValue::Null,
        FieldChange::Value(value) => value.clone(),
        FieldChange::Tags(changes) => {
            YamlValue::List(changes.iter().map(|change| YamlValue::Text(change.to_string())).collect())
        }
    }
}

fn with_line_end(body: &str) -> String {
    let body = body.trim_end();
    if body.is_empty() { String::new() } else { format!("{body}\n") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::{TagChange, parse_reply};

    #[test]
    fn the_question_of_a_draft_has_the_current_time() {
        let draft = TicketDraft { title: "It hangs".into(), ..TicketDraft::default() };
        let question = draft.question(time());
        assert_eq!((question.title.as_str(), question.created), ("It hangs", Some(time())));
    }

    fn time() -> Time {
        Time::parse("2026-11-22T09:14:00Z").unwrap()
    }

    #[test]
    fn a_composed_ticket_parses_to_the_same_draft() {
        let draft = TicketDraft {
            template: "incident".into(),
            title: "Export: times out @ 10,000 rows".into(),
            requester: "lena".into(),
            keys: vec![
                ("version".into(), YamlValue::Text("1.10".into())),
                ("service".into(), YamlValue::Text("billing-export".into())),
                ("tags".into(), YamlValue::List(vec![YamlValue::Text("a, b".into())])),
            ],
            came_from: vec!["/console/billing".into()],
            body: "## Problem\nIt fails\n\n".into(),
        };
        let path = TicketDraft::path("x-k7f3qa", time());
        let (ticket, findings) =
            parse_ticket(&Document::parse(&path, draft.compose(time()).as_bytes()), &TimeZone::UTC);
        assert_eq!(findings, []);
        assert_eq!((ticket.title, ticket.came_from), (draft.title, draft.came_from));
        assert_eq!(ticket.fields, [("version".to_owned(), YamlValue::Text("1.10".into()))]);
        assert_eq!(path.as_str(), "tickets/2026/11/x-k7f3qa.md");
    }

    #[test]
    fn a_composed_reply_parses_to_the_same_draft() {
        let draft = ReplyDraft {
            author: "mei".into(),
            status: Some(Status::Resolved),
            resolution: Some(Resolution::Fixed),
            assignee: Some(None),
            set: vec![
                (
                    "tags".into(),
                    FieldChange::Tags(vec![TagChange::Add("x".into()), TagChange::Remove("y".into())]),
                ),
                ("version".into(), FieldChange::Clear),
                ("priority".into(), FieldChange::Value(YamlValue::Text("high".into()))),
            ],
            body: "Done.".into(),
            ..ReplyDraft::default()
        };
        let path = draft.path(&RepoPath::new("tickets/a.md"), time(), "x4q9tz");
        assert_eq!(path.as_str(), "tickets/a/20261122T091400Z-mei-x4q9tz.md");
        let (reply, findings) =
            parse_reply(&Document::parse(&path, draft.compose(time()).as_bytes()), &TimeZone::UTC);
        assert_eq!(findings, []);
        assert_eq!((reply.assignee, reply.set), (Some(None), draft.set));
    }

    #[test]
    fn an_id_is_made_from_the_title_or_from_the_template() {
        let id = new_id("Invoice export times out", "incident").unwrap();
        assert!(id.starts_with("invoice-export-times-out-") && id.len() == 31, "{id}");
        let id = new_id("导出超时", "incident").unwrap();
        assert!(id.starts_with("incident-") && id.len() == 17, "{id}");
        assert!(is_id(&new_id(&"long ".repeat(60), "x").unwrap()));
    }
}
