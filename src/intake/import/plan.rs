//! Plans the files of an import: one for each ticket and each reply.

use std::collections::{BTreeSet, HashMap};

use super::{
    ids::{IdMaker, reply_ending},
    locks::KnownFile,
    replies::is_reply_name,
};
use crate::{
    store::{Role, Store},
    text::{RepoPath, Time, is_id, slugify, slugify_at_most},
    ticket::{
        Priority, ReplyRecord, Resolution, Status, TicketRecord, Visibility, YamlValue, compose_front,
        escape_field,
    },
};

/// The planned files, and notes about data that could not be imported as it was.
#[derive(Debug, Default)]
pub(super) struct ImportPlan {
    pub(super) tickets: Vec<PlannedTicket>,
    /// The services that the tickets name.
    pub(super) services: BTreeSet<String>,
    /// Notes about skipped or changed data, one sentence each, with the ticket's id in the other tracker.
    pub(super) notes: Vec<String>,
    /// The number of tickets that could not be imported.
    pub(super) refused: usize,
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

/// A file of the source.
#[derive(Debug)]
pub(super) struct PlannedFile {
    pub(super) path: RepoPath,
    pub(super) text: PlannedText,
}

/// The parts of a planned file's text.
#[derive(Clone, Debug)]
pub(super) struct PlannedText {
    /// The front matter keys; keys without a value are skipped.
    pub(super) front: Vec<(String, Option<YamlValue>)>,
    pub(super) body: String,
}

impl PlannedText {
    fn new(front: Vec<(&str, Option<YamlValue>)>, body: &str) -> Self {
        let front = front.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        Self { front, body: body.to_owned() }
    }

    /// Returns the front matter and the body. The body is unchanged; the line end after it belongs to the file.
    pub(super) fn compose(&self) -> String {
        let front: Vec<(&str, Option<YamlValue>)> =
            self.front.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
        let mut text = compose_front(&front);
        if !self.body.is_empty() {
            text.push_str(&self.body);
            text.push('\n');
        }
        text
    }
}

/// Plans the import of `records`. Known tickets keep their current path, or the path at which an import last wrote
/// them.
pub(super) fn plan(
    records: &[TicketRecord],
    store: &Store,
    known: &HashMap<&str, Vec<KnownFile<'_>>>,
) -> ImportPlan {
    let (mut ids, places) = known_ids(store, known);
    let mut plan = ImportPlan::default();
    // All ids must exist before a reference to one is written.
    let named: Vec<String> = records.iter().map(|record| ids.id_of(source_of(record))).collect();
    let mut seen = BTreeSet::new();
    for (record, id) in records.iter().zip(&named) {
        if seen.insert(id) {
            plan_ticket(record, id, &ids, places.get(id.as_str()).copied(), &mut plan);
        } else {
            plan.refused += 1;
            plan.notes.push(format!("{}: duplicate id; the first ticket is used", record.id));
        }
    }
    plan
}

/// Returns the path and the text of each file of a first import of `records`, and the notes of the import.
pub(crate) fn files_of_import(
    records: &[TicketRecord],
    store: &Store,
) -> (Vec<(RepoPath, String)>, Vec<String>) {
    let plan = plan(records, store, &HashMap::new());
    let files = plan.tickets.into_iter().flat_map(|ticket| [ticket.ticket].into_iter().chain(ticket.replies));
    (files.map(|file| (file.path, file.text.compose())).collect(), plan.notes)
}

/// Returns the ids of known sources, and the current or former paths of the tickets with those ids.
fn known_ids<'a>(
    store: &'a Store,
    known: &HashMap<&str, Vec<KnownFile<'a>>>,
) -> (IdMaker, HashMap<&'a str, &'a RepoPath>) {
    let (mut ids, mut places) = (IdMaker::default(), HashMap::new());
    let locked = known.values().flatten().map(|file| file.line);
    let locked = locked.filter(|line| !is_reply_name(line.path.file_name()));
    // A deleted ticket keeps its id. A ticket at the path where an import wrote it is identified by that path, even if
    // its text changed. All others are identified by their text.
    let (there, gone): (Vec<_>, Vec<_>) =
        locked.partition(|line| store.layout.role(&line.path) == Some(&Role::Ticket));
    for line in gone {
        ids.know(&line.source, line.path.stem());
        places.insert(line.path.stem(), &line.path);
    }
    for thread in &store.threads {
        ids.know(thread.ticket.source.as_deref().unwrap_or(thread.id()), thread.id());
        if let Some(path) = &thread.ticket.path {
            places.insert(path.stem(), path);
        }
    }
    for line in there {
        ids.know(&line.source, line.path.stem());
        places.insert(line.path.stem(), &line.path);
    }
    (ids, places)
}

fn source_of(record: &TicketRecord) -> &str {
    record.source.as_deref().unwrap_or(&record.id)
}

/// Plans a ticket. `place` is its known path.
fn plan_ticket(
    record: &TicketRecord,
    id: &str,
    ids: &IdMaker,
    place: Option<&RepoPath>,
    plan: &mut ImportPlan,
) {
    let note = |plan: &mut ImportPlan, text: &str| plan.notes.push(format!("{}: {text}", record.id));
    let Some(created) = record.created.as_deref().and_then(Time::parse) else {
        let given = record.created.as_deref().unwrap_or("nothing");
        plan.refused += 1;
        return note(plan, &format!("not imported: `created` must be an RFC 3339 time, not `{given}`"));
    };
    let text = |text: &str| Some(YamlValue::Text(text.to_owned()));
    let list = |items: &[String]| {
        (!items.is_empty()).then(|| YamlValue::List(items.iter().filter_map(|item| text(item)).collect()))
    };
    let mut extra: Vec<(String, YamlValue)> = Vec::new();
    let mut keep_as_field = |name: &str, value: &str| {
        extra.push((format!("x_{name}"), YamlValue::Text(value.to_owned())));
        None
    };
    let service = match record.service.as_deref().map(|service| (service, slugify(service))) {
        Some((service, _)) if is_id(service) => text(service),
        Some((service, slug)) => {
            keep_as_field("service", service);
            if is_id(&slug) { text(&slug) } else { None }
        }
        None => None,
    };
    let priority = match record.priority.as_deref() {
        Some(priority) if Priority::parse(priority).is_none() => keep_as_field("priority", priority),
        Some(priority) => text(priority),
        None => None,
    };
    let visibility = match record.visibility.as_deref() {
        // The meaning of other words, such as `private` or `team`, is unknown, so the ticket is hidden from the public.
        Some(visibility) if Visibility::parse(visibility).is_none() => {
            keep_as_field("visibility", visibility).or_else(|| text(Visibility::Internal.name()))
        }
        Some(visibility) => text(visibility),
        None => None,
    };
    if let Some(service) = service.as_ref().and_then(YamlValue::as_text) {
        plan.services.insert(service);
    }
    let title = if record.title.trim().is_empty() { record.id.as_str() } else { &record.title };
    let mut fields = Vec::new();
    for (name, value) in &record.fields {
        let escaped = escape_field(name);
        // The value of a key may be stored as a field of the same name, if it is invalid for the key.
        match extra.iter().any(|(name, _)| *name == escaped) {
            true => note(plan, &format!("`{name}` is a key and a field; the field is skipped")),
            false => fields.push((escaped, YamlValue::from_json(value))),
        }
    }
    let mut entries = vec![
        ("title", text(title)),
        ("template", text("imported")),
        ("service", service),
        ("requester", record.requester.as_deref().and_then(text)),
        ("created", text(record.created.as_deref().unwrap_or_default())),
        ("priority", priority),
        ("tags", list(&record.tags)),
        ("path", list(&record.path)),
        ("visibility", visibility),
        ("related", list(&record.related.iter().map(|other| ids.reference(other)).collect::<Vec<_>>())),
        ("aliases", list(&record.aliases)),
        ("source", text(source_of(record))),
    ];
    entries.extend(fields.iter().chain(&extra).map(|(name, value)| (name.as_str(), Some(value.clone()))));
    for key in record.unknown.keys() {
        note(plan, &format!("unknown key `{key}`, skipped"));
    }
    let path = place.cloned().unwrap_or_else(|| {
        let (year, month) = created.year_month();
        RepoPath::new(format!("tickets/{year:04}/{month:02}/{id}.md"))
    });
    let width = record.replies.len().to_string().len().max(3);
    let mut replies = Vec::with_capacity(record.replies.len());
    for (place, reply) in record.replies.iter().enumerate() {
        replies.push(plan_reply(record, reply, &format!("{:0width$}", place + 1), &path, created, ids, plan));
    }
    let ticket = PlannedFile { path, text: PlannedText::new(entries, &record.body) };
    plan.tickets.push(PlannedTicket { source: source_of(record).to_owned(), ticket, replies });
}

fn plan_reply(
    record: &TicketRecord,
    reply: &ReplyRecord,
    place: &str,
    ticket: &RepoPath,
    opened: Time,
    ids: &IdMaker,
    plan: &mut ImportPlan,
) -> PlannedFile {
    let mut note = |text: String| plan.notes.push(format!("{}: reply {place}: {text}", record.id));
    let text = |text: &str| Some(YamlValue::Text(text.to_owned()));
    let list = |items: Vec<String>| {
        (!items.is_empty()).then(|| YamlValue::List(items.into_iter().map(YamlValue::Text).collect()))
    };
    let mut word = |name: &str, value: Option<&str>, known: &[&str]| match value {
        Some(value) if known.contains(&value) => text(value),
        Some(value) => {
            note(format!("unknown {name} `{value}`, skipped; use one of {}", known.join(", ")));
            None
        }
        None => None,
    };
    let status = word("status", reply.status.as_deref(), Status::NAMES);
    let resolution = word("resolution", reply.resolution.as_deref(), Resolution::NAMES);
    let visibility = match reply.visibility.as_deref() {
        Some(visibility) if Visibility::parse(visibility).is_none() => {
            note(format!(
                "unknown visibility `{visibility}`, changed to internal; use one of {}",
                Visibility::NAMES.join(", ")
            ));
            text(Visibility::Internal.name())
        }
        visibility => visibility.and_then(text),
    };
    let created = match reply.created.as_deref().and_then(Time::parse) {
        Some(created) => created,
        None => {
            note("no RFC 3339 time in `created`; the ticket's time is used".into());
            opened
        }
    };
    let author = reply.author.as_deref().filter(|author| !author.trim().is_empty()).unwrap_or("unknown");
    for key in reply.unknown.keys() {
        note(format!("unknown key `{key}`, skipped"));
    }
    let written =
        reply.created.clone().filter(|text| Time::parse(text).is_some()).unwrap_or(created.to_string());
    let mut entries = vec![
        ("author", text(author)),
        ("created", text(&written)),
        ("status", status),
        ("resolution", resolution),
        ("duplicate_of", reply.duplicate_of.as_deref().and_then(|other| text(&ids.reference(other)))),
        ("answered_by", list(reply.answered_by.iter().map(|other| ids.reference(other)).collect())),
        ("asks", list(reply.asks.clone())),
    ];
    if let Some(assignee) = &reply.assignee {
        entries.push(("assignee", assignee.as_deref().map_or(Some(YamlValue::Null), text)));
    }
    if !reply.set.is_empty() {
        let fields = reply.set.iter().map(|(name, value)| (name.clone(), YamlValue::from_json(value)));
        entries.push(("set", Some(YamlValue::Map(fields.collect()))));
    }
    entries.push(("draft_from", reply.draft_from.as_deref().and_then(|from| text(&ids.reference(from)))));
    entries.push(("visibility", visibility));
    let slug = slugify_at_most(author, 40);
    let slug = if slug.is_empty() { "unknown".to_owned() } else { slug };
    let ending = reply_ending(source_of(record), place);
    let name = format!("{}-{place}-{slug}-{ending}.md", created.compact());
    let path = RepoPath::new(ticket.without_extension()).join(&name);
    PlannedFile { path, text: PlannedText::new(entries, &reply.body) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        repo::{CacheSlot, MemorySource},
        store,
        ticket::Document,
    };

    #[test]
    fn an_unknown_visibility_of_another_tracker_becomes_internal() {
        let record = TicketRecord {
            id: "1".into(),
            title: "Exports time out".into(),
            created: Some("2026-11-22T09:14:00Z".into()),
            visibility: Some("private".into()),
            replies: vec![ReplyRecord {
                author: Some("mei".into()),
                visibility: Some("team".into()),
                ..ReplyRecord::default()
            }],
            ..TicketRecord::default()
        };
        let empty = store::load(Arc::new(MemorySource::new()), &CacheSlot::nowhere()).unwrap();
        let plan = plan(&[record], &empty, &HashMap::new());
        let files: Vec<&PlannedFile> = plan
            .tickets
            .iter()
            .flat_map(|ticket| [&ticket.ticket].into_iter().chain(&ticket.replies))
            .collect();
        for PlannedFile { path, text } in &files {
            let document = Document::parse(path, text.compose().as_bytes());
            let visibility = document.front.as_ref().and_then(|front| front.get("visibility"));
            assert_eq!(visibility.and_then(|node| node.text()), Some("internal"), "{path}");
        }
        assert_eq!(files.len(), 2);
        assert!(plan.notes.iter().any(|note| note.contains("visibility `team`")), "{:?}", plan.notes);
    }
}
