//! Writes the import format: one ticket per line, with `source` in addition to `id`.

use std::ops::ControlFlow;

use serde_json::Map;

use super::{ExportError, Exporter};
use crate::{
    repo::RepoError,
    store::Store,
    text::{RepoPath, is_id, slugify},
    ticket::{
        FieldChange, Priority, Reply, ReplyRecord, Thread, TicketRecord, Visibility, YamlValue,
        unescape_field,
    },
};

/// The format of one JSON ticket per line.
pub(super) struct Jsonl;

impl Exporter for Jsonl {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn about(&self) -> &'static str {
        "Print one ticket per line as JSON"
    }

    fn export(
        &self,
        store: &Store,
        write: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> Result<(), ExportError> {
        for thread in &store.threads {
            let mut line = serde_json::to_string(&record_of(thread, store)?)?;
            line.push('\n');
            if write(&line).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// Returns a ticket as its requester wrote it; later changes are in its replies.
///
/// # Errors
/// A file of the ticket cannot be read.
fn record_of(thread: &Thread, store: &Store) -> Result<TicketRecord, RepoError> {
    let ticket = &thread.ticket;
    let mut record = TicketRecord {
        id: ticket.id.clone(),
        source: ticket.source.clone(),
        title: ticket.title.clone(),
        template: Some(ticket.template.clone()).filter(|template| !template.is_empty()),
        created: as_written(store, ticket.path.as_ref(), "created")?,
        requester: ticket.requester.clone(),
        priority: ticket.priority.map(|priority| priority.to_string()),
        service: ticket.service.clone(),
        tags: ticket.tags.clone(),
        visibility: ticket.visibility.map(|visibility| visibility.to_string()),
        path: ticket.came_from.clone(),
        related: ticket.related.clone(),
        aliases: ticket.aliases.clone(),
        body: body(store, ticket.path.as_ref())?,
        ..TicketRecord::default()
    };
    for (name, value) in &ticket.fields {
        let own = unescape_field(name);
        match (own, value) {
            // An import stores a value that is invalid for its key as a template field with the name of the key.
            ("priority", YamlValue::Text(text))
                if record.priority.is_none() && Priority::parse(text).is_none() =>
            {
                record.priority = Some(text.clone());
            }
            ("visibility", YamlValue::Text(text))
                if ticket.visibility == Some(Visibility::Internal) && Visibility::parse(text).is_none() =>
            {
                record.visibility = Some(text.clone());
            }
            ("service", YamlValue::Text(text))
                if !is_id(text) && ticket.service == imported_service(text) =>
            {
                record.service = Some(text.clone());
            }
            _ => drop(record.fields.insert(own.to_owned(), value.to_json())),
        }
    }
    let mut replies: Vec<&Reply> = thread.replies.iter().collect();
    // Replies are ordered by the number that an import wrote into the name, else in the order of the fold.
    replies.sort_by_key(|reply| place(&reply.name));
    for reply in replies {
        record.replies.push(reply_record(reply, store)?);
    }
    Ok(record)
}

/// Returns the service that an import writes for a service of this name.
fn imported_service(name: &str) -> Option<String> {
    Some(slugify(name)).filter(|slug| is_id(slug))
}

fn reply_record(reply: &Reply, store: &Store) -> Result<ReplyRecord, RepoError> {
    let set: Map<_, _> = reply
        .set
        .iter()
        .map(|(field, set)| {
            let value = match set {
                FieldChange::Clear => serde_json::Value::Null,
                FieldChange::Value(value) => YamlValue::to_json(value),
                FieldChange::Tags(changes) => changes.iter().map(ToString::to_string).collect(),
            };
            (field.clone(), value)
        })
        .collect();
    Ok(ReplyRecord {
        author: reply.author.clone(),
        created: as_written(store, reply.path.as_ref(), "created")?,
        status: reply.status.map(|status| status.to_string()),
        resolution: reply.resolution.map(|resolution| resolution.to_string()),
        duplicate_of: reply.duplicate_of.clone(),
        answered_by: reply.answered_by.clone(),
        asks: reply.asks.clone(),
        assignee: reply.assignee.clone(),
        set,
        draft_from: reply.draft_from.clone(),
        visibility: reply.visibility.map(|visibility| visibility.to_string()),
        body: body(store, reply.path.as_ref())?,
        ..ReplyRecord::default()
    })
}

/// Returns the number that an import wrote into a reply's name: `<time>-<nnn>-<author>-<hash>`.
fn place(name: &str) -> Option<u32> {
    let mut parts = name.split('-');
    let time = parts.next()?;
    let number = parts.next()?;
    let dated = time.len() == 16 && time.ends_with('Z');
    (dated && number.len() >= 3).then(|| number.parse().ok()).flatten()
}

/// Returns the text of a key, spelled as in the file.
fn as_written(store: &Store, path: Option<&RepoPath>, key: &str) -> Result<Option<String>, RepoError> {
    let Some(path) = path else { return Ok(None) };
    let document = store.document(path)?;
    Ok(document
        .front
        .as_ref()
        .and_then(|front| front.get(key))
        .and_then(|node| node.text())
        .map(str::to_owned))
}

/// Returns the unchanged body, without the line end that belongs to the file.
fn body(store: &Store, path: Option<&RepoPath>) -> Result<String, RepoError> {
    let Some(path) = path else { return Ok(String::new()) };
    let document = store.document(path)?;
    let body = document.body_text();
    Ok(body.strip_suffix('\n').unwrap_or(body).to_owned())
}
