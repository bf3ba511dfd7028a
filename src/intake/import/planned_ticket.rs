//! Plans the file of an imported ticket.

use super::{
    import_plan::{Destination, ImportPlan, PlannedTicket, UNKNOWN, source_of},
    planned::{PlannedFile, PlannedText},
    planned_reply::plan_reply,
};
use crate::{
    text::{RepoPath, Time, is_id, slugify, usual_date},
    ticket::{Priority, TicketRecord, Visibility, YamlValue, escape_field},
};

/// The template of imported tickets.
const IMPORTED: &str = "imported";

/// Plans the files of a ticket.
pub(super) fn plan_ticket(
    record: &TicketRecord,
    id: &str,
    destination: &Destination<'_>,
    plan: &mut ImportPlan,
) {
    let ids = &destination.ids;
    let written = record.created.as_deref().and_then(|text| usual_date(text, &destination.zone));
    let created = written.as_deref().and_then(|text| Time::parse_in(text, &destination.zone));
    let Some(created) = created else {
        let given = record.created.as_deref().unwrap_or("nothing");
        plan.refused += 1;
        return plan.note(
            record,
            &format!(
                "not imported: `created` must be a date or a time such as 2026-11-22T09:14:00Z, not `{given}`"
            ),
        );
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
    if let Some(template) = record.template.as_deref().filter(|template| *template != IMPORTED) {
        keep_as_field("template", template);
    }
    if let Some(service) = service.as_ref().and_then(YamlValue::as_text) {
        plan.services.insert(service);
    }
    let title = if record.title.trim().is_empty() { record.id.as_str() } else { &record.title };
    let mut fields = Vec::new();
    // Without `priority`, an invalid priority in `x_priority` is the ticket's own. A null says that it is a field.
    let mut has_no_priority = false;
    for (name, value) in &record.fields.0 {
        let escaped = escape_field(name);
        // The value of a key may be stored as a field of the same name, if it is invalid for the key.
        if extra.iter().any(|(name, _)| *name == escaped) {
            plan.note(record, &format!("`{name}` is a key and a field; the field is skipped"));
            continue;
        }
        has_no_priority |= name == "priority" && priority.is_none();
        fields.push((escaped, value.clone()));
    }
    let priority = priority.or_else(|| has_no_priority.then_some(YamlValue::Null));
    let mut entries = vec![
        ("title", text(title)),
        ("template", text(IMPORTED)),
        ("service", service),
        (
            "requester",
            text(record.requester.as_deref().filter(|name| !name.trim().is_empty()).unwrap_or(UNKNOWN)),
        ),
        ("created", text(written.as_deref().unwrap_or_default())),
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
        plan.note(record, &format!("unknown key `{key}`, skipped"));
    }
    let path = destination.places.get(id).copied().cloned().unwrap_or_else(|| {
        let (year, month) = created.year_month();
        RepoPath::new(format!("tickets/{year:04}/{month:02}/{id}.md"))
    });
    let width = record.replies.len().to_string().len().max(3);
    let mut replies = Vec::with_capacity(record.replies.len());
    for (place, reply) in record.replies.iter().enumerate() {
        let place = format!("{:0width$}", place + 1);
        let mut file = plan_reply(record, reply, &place, &path, created, destination, plan);
        plan.drop_unreadable(record, &mut file);
        replies.push(file);
    }
    let mut ticket = PlannedFile { path, text: body_of(record, entries) };
    plan.drop_unreadable(record, &mut ticket);
    plan.tickets.push(PlannedTicket { source: source_of(record).to_owned(), ticket, replies });
}

/// Returns the text of the record's file with these keys.
pub(super) fn body_of(record: &TicketRecord, entries: Vec<(&str, Option<YamlValue>)>) -> PlannedText {
    match record.has_exact_body {
        true => PlannedText::exact(entries, record.body.clone()),
        false => PlannedText::new(entries, &record.body),
    }
}
