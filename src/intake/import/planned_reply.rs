//! Plans the files of imported replies.

use super::{
    ids::reply_ending,
    import_plan::{Destination, ImportPlan, UNKNOWN, source_of},
    planned::{PlannedFile, PlannedText},
};
use crate::{
    text::{RepoPath, Time, slugify_at_most, usual_date},
    ticket::{ReplyRecord, Resolution, Status, TicketRecord, Visibility, YamlValue},
};

/// Plans the file of a reply. `place` is its number in the ticket.
pub(super) fn plan_reply(
    record: &TicketRecord,
    reply: &ReplyRecord,
    place: &str,
    ticket: &RepoPath,
    opened: Time,
    destination: &Destination<'_>,
    plan: &mut ImportPlan,
) -> PlannedFile {
    let ids = &destination.ids;
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
    let given = reply.created.as_deref().and_then(|text| usual_date(text, &destination.zone));
    let (created, written) =
        match given.and_then(|text| Some((Time::parse_in(&text, &destination.zone)?, text))) {
            Some(given) => given,
            None => {
                note("no date or time in `created`; the ticket's time is used".into());
                (opened, opened.to_string())
            }
        };
    let author = reply.author.as_deref().filter(|author| !author.trim().is_empty()).unwrap_or(UNKNOWN);
    for key in reply.unknown.keys() {
        note(format!("unknown key `{key}`, skipped"));
    }
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
        entries.push(("set", Some(YamlValue::Map(reply.set.0.clone()))));
    }
    entries.push(("draft_from", reply.draft_from.as_deref().and_then(|from| text(&ids.reference(from)))));
    entries.push(("visibility", visibility));
    let slug = slugify_at_most(author, 40);
    let slug = if slug.is_empty() { UNKNOWN.to_owned() } else { slug };
    let ending = reply_ending(source_of(record), place);
    let name = format!("{}-{place}-{slug}-{ending}.md", created.compact());
    let path = RepoPath::new(ticket.without_extension()).join(&name);
    PlannedFile { path, text: PlannedText::new(entries, &reply.body) }
}
