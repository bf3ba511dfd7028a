//! What an import writes: the files of each ticket that are not there yet as they should be.

use std::collections::BTreeSet;

use super::{IdMaker, ids::reply_ending};
use crate::{
    store::Store,
    text::{RepoPath, Time, is_id, slugify, slugify_at_most},
    ticket::{
        Priority, Record, ReplyRecord, Resolution, Status, Value, Visibility, compose_front, escape_field,
    },
};

/// The files of some tickets, and what could not be kept as it was.
#[derive(Debug, Default)]
pub struct ImportPlan {
    /// Path and text of every file, unchanged ones included.
    pub files: Vec<(RepoPath, Vec<u8>)>,
    /// Services that the tickets name.
    pub services: BTreeSet<String>,
    /// How many tickets.
    pub tickets: usize,
    /// How many replies.
    pub replies: usize,
    /// What is left out or changed, a sentence each, with the ticket's id in the other tracker.
    pub notes: Vec<String>,
}

/// Plans the import of `records`. Tickets that the store has by their source keep their place.
pub fn plan(records: &[Record], store: &Store) -> ImportPlan {
    let mut ids = IdMaker::default();
    for thread in &store.threads {
        ids.know(thread.ticket.source.as_deref().unwrap_or(thread.id()), thread.id());
    }
    let mut plan = ImportPlan::default();
    // Every ticket has its id before any reference to it is written.
    let named: Vec<String> = records.iter().map(|record| ids.id_of(source_of(record))).collect();
    let mut seen = BTreeSet::new();
    for (record, id) in records.iter().zip(&named) {
        if seen.insert(id) {
            plan_ticket(record, id, &ids, store, &mut plan);
        } else {
            plan.notes.push(format!("{}: is there twice; the first one counts", record.id));
        }
    }
    plan
}

fn source_of(record: &Record) -> &str {
    record.source.as_deref().unwrap_or(&record.id)
}

fn plan_ticket(record: &Record, id: &str, ids: &IdMaker, store: &Store, plan: &mut ImportPlan) {
    let note = |plan: &mut ImportPlan, text: &str| plan.notes.push(format!("{}: {text}", record.id));
    let Some(created) = record.created.as_deref().and_then(Time::parse) else {
        let given = record.created.as_deref().unwrap_or("nothing");
        return note(plan, &format!("not imported: `created` must be an RFC 3339 time, not `{given}`"));
    };
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    let list = |items: &[String]| {
        (!items.is_empty()).then(|| Value::List(items.iter().filter_map(|item| text(item)).collect()))
    };
    let mut extra: Vec<(String, Value)> = Vec::new();
    let mut kept = |name: &str, value: &str| {
        extra.push((format!("x_{name}"), Value::Text(value.to_owned())));
        None
    };
    let service = match record.service.as_deref().map(|service| (service, slugify(service))) {
        Some((service, _)) if is_id(service) => text(service),
        Some((service, slug)) => {
            kept("service", service);
            if is_id(&slug) { text(&slug) } else { None }
        }
        None => None,
    };
    let priority = match record.priority.as_deref() {
        Some(priority) if Priority::parse(priority).is_none() => kept("priority", priority),
        Some(priority) => text(priority),
        None => None,
    };
    let visibility = match record.visibility.as_deref() {
        // `private`, `team` and the like: what is meant is not known, so it is kept from the public.
        Some(visibility) if Visibility::parse(visibility).is_none() => {
            kept("visibility", visibility).or_else(|| text(Visibility::Internal.name()))
        }
        Some(visibility) => text(visibility),
        None => None,
    };
    if let Some(service) = service.as_ref().and_then(Value::as_text) {
        plan.services.insert(service);
    }
    let title = if record.title.trim().is_empty() { record.id.as_str() } else { &record.title };
    let fields: Vec<(String, Value)> =
        record.fields.iter().map(|(name, value)| (escape_field(name), Value::from_json(value))).collect();
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
        note(plan, &format!("`{key}` is not a key of the import format and is left out"));
    }
    let known =
        store.thread(id).filter(|thread| thread.id() == id).and_then(|thread| thread.ticket.path.clone());
    let path = known.unwrap_or_else(|| {
        let (year, month) = created.year_month();
        RepoPath::new(format!("tickets/{year:04}/{month:02}/{id}.md"))
    });
    plan.files.push((path.clone(), file(&entries, &record.body)));
    plan.tickets += 1;
    let width = record.replies.len().to_string().len().max(3);
    for (place, reply) in record.replies.iter().enumerate() {
        plan_reply(record, reply, &format!("{:0width$}", place + 1), &path, created, ids, plan);
    }
}

fn plan_reply(
    record: &Record,
    reply: &ReplyRecord,
    place: &str,
    ticket: &RepoPath,
    opened: Time,
    ids: &IdMaker,
    plan: &mut ImportPlan,
) {
    let mut note = |text: String| plan.notes.push(format!("{}: reply {place}: {text}", record.id));
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    let list = |items: Vec<String>| {
        (!items.is_empty()).then(|| Value::List(items.into_iter().map(Value::Text).collect()))
    };
    let mut word = |name: &str, value: Option<&str>, known: &[&str]| match value {
        Some(value) if known.contains(&value) => text(value),
        Some(value) => {
            note(format!("{name} `{value}` is none of {} and is left out", known.join(", ")));
            None
        }
        None => None,
    };
    let status = word("status", reply.status.as_deref(), Status::NAMES);
    let resolution = word("resolution", reply.resolution.as_deref(), Resolution::NAMES);
    let visibility = match reply.visibility.as_deref() {
        Some(visibility) if Visibility::parse(visibility).is_none() => {
            note(format!(
                "visibility `{visibility}` is none of {}; it is internal now",
                Visibility::NAMES.join(", ")
            ));
            text(Visibility::Internal.name())
        }
        visibility => visibility.and_then(text),
    };
    let created = match reply.created.as_deref().and_then(Time::parse) {
        Some(created) => created,
        None => {
            note("has no RFC 3339 time; it gets its ticket's".into());
            opened
        }
    };
    let author = reply.author.as_deref().filter(|author| !author.trim().is_empty()).unwrap_or("unknown");
    for key in reply.unknown.keys() {
        note(format!("`{key}` is not a key of the import format and is left out"));
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
        entries.push(("assignee", assignee.as_deref().map_or(Some(Value::Null), text)));
    }
    if !reply.set.is_empty() {
        let fields = reply.set.iter().map(|(name, value)| (name.clone(), Value::from_json(value)));
        entries.push(("set", Some(Value::Map(fields.collect()))));
    }
    entries.push(("visibility", visibility));
    let slug = slugify_at_most(author, 40);
    let slug = if slug.is_empty() { "unknown".to_owned() } else { slug };
    let ending = reply_ending(source_of(record), place);
    let name = format!("{}-{place}-{slug}-{ending}.md", created.compact());
    plan.files.push((RepoPath::new(ticket.without_extension()).join(&name), file(&entries, &reply.body)));
    plan.replies += 1;
}

/// Front matter and body. The body is kept to the byte; the line end after it belongs to the file.
fn file(entries: &[(&str, Option<Value>)], body: &str) -> Vec<u8> {
    let mut text = compose_front(entries);
    if !body.is_empty() {
        text.push_str(body);
        text.push('\n');
    }
    text.into_bytes()
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
    fn who_may_see_it_in_words_of_another_tracker_is_nobody_outside() {
        let record = Record {
            id: "1".into(),
            title: "Exports time out".into(),
            created: Some("2026-11-22T09:14:00Z".into()),
            visibility: Some("private".into()),
            replies: vec![ReplyRecord {
                author: Some("mei".into()),
                visibility: Some("team".into()),
                ..ReplyRecord::default()
            }],
            ..Record::default()
        };
        let empty = store::load(Arc::new(MemorySource::new()), &CacheSlot::nowhere()).unwrap();
        let plan = plan(&[record], &empty);
        for (path, bytes) in &plan.files {
            let document = Document::parse(path, bytes);
            let visibility = document.front.as_ref().and_then(|front| front.get("visibility"));
            assert_eq!(visibility.and_then(|node| node.text()), Some("internal"), "{path}");
        }
        assert_eq!(plan.files.len(), 2);
        assert!(plan.notes.iter().any(|note| note.contains("visibility `team`")), "{:?}", plan.notes);
    }
}
