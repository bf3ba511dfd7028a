//! Plans the file of an imported article.

use super::{
    import_plan::{Destination, ImportPlan, PlannedTicket, source_of},
    planned::PlannedFile,
    planned_ticket::body_of,
};
use crate::{
    text::{RepoPath, is_id, slugify},
    ticket::{TicketRecord, Visibility, YamlValue},
};

/// Plans the file of an article. Keys that articles do not have are stored in its `fields`; replies are left out.
pub(super) fn plan_article(
    record: &TicketRecord,
    slug: &str,
    destination: &Destination<'_>,
    plan: &mut ImportPlan,
) {
    let text = |text: &str| Some(YamlValue::Text(text.to_owned()));
    let list = |items: &[String]| {
        (!items.is_empty()).then(|| YamlValue::List(items.iter().filter_map(|item| text(item)).collect()))
    };
    let service = record.service.as_deref().map(slugify).filter(|service| is_id(service));
    plan.services.extend(service.clone());
    // An article that says anything else is not published until a person decides.
    let visibility = record.visibility.as_deref().map(|text| match Visibility::parse(text) {
        Some(visibility) => visibility.name(),
        None => Visibility::Internal.name(),
    });
    let title = if record.title.trim().is_empty() { record.id.as_str() } else { &record.title };
    let entries = vec![
        ("title", text(title)),
        ("service", service.as_deref().and_then(text)),
        ("tags", list(&record.tags)),
        ("visibility", visibility.and_then(text)),
        ("aliases", list(&record.aliases)),
        ("source", text(source_of(record))),
        ("fields", (!record.fields.is_empty()).then(|| YamlValue::Map(record.fields.0.clone()))),
    ];
    let path = destination.places.get(slug).copied().cloned();
    let path = path.unwrap_or_else(|| RepoPath::new(format!("knowledge/{slug}.md")));
    let mut ticket = PlannedFile { path, text: body_of(record, entries) };
    plan.drop_unreadable(record, &mut ticket);
    plan.tickets.push(PlannedTicket { source: source_of(record).to_owned(), ticket, replies: Vec::new() });
}
