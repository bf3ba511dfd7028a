//! Writes the import format: one ticket per line, with `source` in addition to `id`.

use std::ops::ControlFlow;

use super::{ExportError, Exporter};
use crate::{
    repo::RepoError,
    store::Store,
    text::{RepoPath, Time, is_id, slugify},
    ticket::{
        FieldChange, FieldMap, Priority, Reply, ReplyRecord, TagChange, Thread, TicketRecord, Visibility,
        YamlValue, unescape_field,
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
        source: Some(ticket.source.clone().unwrap_or_else(|| ticket.id.clone())),
        title: ticket.title.clone(),
        template: Some(ticket.template.clone()).filter(|template| !template.is_empty()),
        created: time_as_written(store, ticket.path.as_ref(), ticket.created)?,
        // An import writes `unknown` where the source names nobody.
        requester: ticket.requester.clone().filter(|name| name != "unknown"),
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
                if record.priority.is_none()
                    && Priority::parse(text).is_none()
                    && !has_key(store, ticket.path.as_ref(), "priority")? =>
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
            ("template", YamlValue::Text(text)) if ticket.template == "imported" && is_id(text) => {
                record.template = Some(text.clone());
            }
            _ => record.fields.set(own, value.clone()),
        }
    }
    let mut replies: Vec<&Reply> = thread.replies.iter().collect();
    // Replies are in the order of the numbers that an import wrote into their names. If a person added replies later,
    // all are in the order of the fold.
    if replies.iter().all(|reply| place(&reply.name).is_some()) {
        replies.sort_by_key(|reply| place(&reply.name));
    }
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
    let text = |change: &TagChange| YamlValue::Text(change.to_string());
    let set = reply.set.iter().map(|(field, set)| {
        let value = match set {
            FieldChange::Clear => YamlValue::Null,
            FieldChange::Value(value) => value.clone(),
            FieldChange::Tags(changes) => YamlValue::List(changes.iter().map(text).collect()),
        };
        (field.clone(), value)
    });
    Ok(ReplyRecord {
        author: reply.author.clone(),
        created: time_as_written(store, reply.path.as_ref(), reply.created)?,
        status: reply.status.map(|status| status.to_string()),
        resolution: reply.resolution.map(|resolution| resolution.to_string()),
        duplicate_of: reply.duplicate_of.clone(),
        answered_by: reply.answered_by.clone(),
        asks: reply.asks.clone(),
        assignee: reply.assignee.clone(),
        set: FieldMap(set.collect()),
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

/// Returns `created`, spelled as in the file. A time without an offset is converted to UTC, since it would be another
/// time in a repository with another time zone.
fn time_as_written(
    store: &Store,
    path: Option<&RepoPath>,
    time: Option<Time>,
) -> Result<Option<String>, RepoError> {
    let Some(path) = path else { return Ok(None) };
    let document = store.document(path)?;
    let text = document.front.as_ref().and_then(|front| front.get("created")).and_then(|node| node.text());
    let written = text.filter(|text| time.is_none() || Time::parse(text).is_some()).map(str::to_owned);
    Ok(written.or_else(|| time.map(|time| time.to_string())))
}

/// Returns whether the front matter of a file has `key`, with or without a value.
fn has_key(store: &Store, path: Option<&RepoPath>, key: &str) -> Result<bool, RepoError> {
    let Some(path) = path else { return Ok(false) };
    Ok(store.document(path)?.front.is_some_and(|front| front.entry(key).is_some()))
}

/// Returns the unchanged body, without the line end that belongs to the file.
fn body(store: &Store, path: Option<&RepoPath>) -> Result<String, RepoError> {
    let Some(path) = path else { return Ok(String::new()) };
    let document = store.document(path)?;
    let body = document.body_text();
    Ok(body.strip_suffix('\n').unwrap_or(body).to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::{
        fuzzing::{export_jsonl, import_jsonl},
        trials::trials,
    };

    /// Returns a value of front matter: words, numbers of any size, lists, maps, and texts that YAML reads differently.
    fn value() -> impl Strategy<Value = String> {
        prop::sample::select(vec![
            "production",
            "\"1.10\"",
            "1.10",
            "18446744073709551617",
            "-0",
            "1e400",
            "true",
            "null",
            "\"no\"",
            "[a, 1, null, [b]]",
            "{ a: 1.0, b: { c: [] } }",
            "\"two\\nlines \\u0007 #x\"",
            "发票",
            "P1",
            "private",
            "Invoice Team",
            "incident",
        ])
        .prop_map(str::to_owned)
    }

    fn lines(keys: Vec<(&'static str, String)>) -> String {
        let mut seen = std::collections::BTreeSet::new();
        let keys = keys.into_iter().filter(|(key, _)| seen.insert(*key));
        keys.map(|(key, value)| format!("{key}: {value}\n")).collect()
    }

    fn ticket() -> impl Strategy<Value = String> {
        let field = prop::sample::select(vec![
            "environment",
            "x_priority",
            "x_visibility",
            "x_service",
            "x_status",
            "x_x_status",
            "\"a b\"",
            "\"\"",
        ]);
        let key = prop::sample::select(vec![
            ("template", "incident"),
            ("template", "imported"),
            ("service", "billing"),
            ("requester", "lena"),
            ("requester", "unknown"),
            ("created", "2026-03-01T10:00:00.250+08:00"),
            ("created", "2026-03-01"),
            ("created", "2026-03-01 10:20"),
            ("priority", "high"),
            ("tags", "[a, \"b, c\", \"1.10\"]"),
            ("path", "[/a, /b]"),
            ("visibility", "internal"),
            ("visibility", "public"),
            ("related", "[b-2]"),
            ("aliases", "[old, OLD-2]"),
            ("source", "\"A_1\""),
            ("source", "\"17\""),
        ]);
        let keys = prop::collection::vec(key, 0..12);
        let fields = prop::collection::vec((field, value()), 0..4);
        let body =
            prop::sample::select(vec!["", "x", "x\n", "\n\nx\r\n", "---\na: b\n---\n", "  \n", "\r\n"]);
        (keys, fields, body).prop_map(|(keys, fields, body)| {
            let base = vec![("title", "Exports time out".to_owned())];
            let keys: Vec<_> = keys.into_iter().chain([("template", "note")]).collect();
            let keys = keys.into_iter().map(|(key, value)| (key, value.to_owned()));
            let all: Vec<_> = base.into_iter().chain(keys).chain(fields).collect();
            let with_date = all.iter().any(|(key, _)| *key == "created");
            let date = (!with_date).then(|| ("created", "2026-01-01T00:00:00Z".to_owned()));
            format!("---\n{}---\n{body}", lines(all.into_iter().chain(date).collect()))
        })
    }

    fn reply() -> impl Strategy<Value = String> {
        let key = prop::sample::select(vec![
            ("status", "open"),
            ("status", "pending"),
            ("status", "resolved"),
            ("resolution", "duplicate"),
            ("duplicate_of", "b-2"),
            ("answered_by", "[b-2, an-article]"),
            ("asks", "[environment, Steps]"),
            ("assignee", "mei"),
            ("assignee", "null"),
            ("set", "{ priority: low, version: 1.10, tags: [+a, -b], service: null }"),
            ("set", "{ tags: [a, b], number: 18446744073709551617 }"),
            ("draft_from", "b-2"),
            ("visibility", "internal"),
        ]);
        let body = prop::sample::select(vec!["", "Text.\n", "No line end"]);
        (prop::collection::vec(key, 0..8), 0..3_u8, body).prop_map(|(keys, minute, body)| {
            let base =
                vec![("author", "mei".to_owned()), ("created", format!("2026-03-02T10:0{minute}:00Z"))];
            let keys = keys.into_iter().map(|(key, value)| (key, value.to_owned()));
            format!("---\n{}---\n{body}", lines(base.into_iter().chain(keys).collect()))
        })
    }

    proptest! {
        #![proptest_config(trials(300))]

        #[test]
        fn what_is_exported_and_imported_is_exported_as_the_same_bytes(
            tickets in prop::collection::vec(ticket(), 1..3),
            replies in prop::collection::vec((0..3_usize, reply()), 0..5),
        ) {
            let names = ["a-1", "b-2", "c-3"];
            let mut files: Vec<(String, String)> = tickets
                .iter()
                .enumerate()
                .map(|(at, text)| (format!("tickets/2026/{}.md", names[at]), text.clone()))
                .collect();
            for (at, (ticket, text)) in replies.iter().enumerate() {
                let name = names[ticket % tickets.len()];
                files.push((format!("tickets/2026/{name}/r{at}.md"), text.clone()));
            }
            let zone = |zone: &str| ("casebook.yml".to_owned(), format!("timezone: {zone}\n"));
            files.push(zone("Asia/Shanghai"));
            let first = export_jsonl(&files);
            // The other repository has another time zone.
            let other = [zone("America/New_York")];
            let imported = import_jsonl(first.as_bytes(), &other);
            prop_assert_eq!(imported.broken, 0);
            // Two tickets with one source are the same ticket.
            prop_assume!(!imported.notes.iter().any(|note| note.contains("duplicate id")));
            let files: Vec<(String, String)> = imported.files.into_iter().chain(other).collect();
            prop_assert_eq!(export_jsonl(&files), first, "{:#?}", files);
        }
    }
}
