//! The facts on a ticket's page: one list of the ticket's fields.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Site;
use super::context::{FormattedTime, PersonContext};
use super::model::TicketNo;
use crate::template::{ADDRESS, FieldType, NamedThing, Template};
use crate::text::Time;
use crate::ticket::Priority;

/// One field and its values.
#[derive(Clone, Debug, Serialize)]
pub(super) struct FactRow {
    pub(super) label: String,
    /// Whether the values are tags.
    pub(super) tags: bool,
    pub(super) values: Vec<FactValue>,
}

/// One value: a link, a time, code or text.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct FactValue {
    pub(super) text: String,
    pub(super) href: Option<String>,
    /// Whether `href` is an absolute URL.
    pub(super) outside: bool,
    pub(super) code: bool,
    pub(super) person: Option<PersonContext>,
    pub(super) when: Option<FormattedTime>,
}

impl FactValue {
    fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

pub(super) fn facts(site: &Site, n: TicketNo) -> Vec<FactRow> {
    let thread = site.model.thread(n);
    let (state, ticket) = (&thread.state, &thread.ticket);
    let words = site.words();
    let mut facts = Vec::new();
    let mut add = |key: &str, values: Vec<FactValue>| {
        if !values.is_empty() {
            facts.push(FactRow { label: site.field_label(key), tags: key == "tags", values });
        }
    };
    let service = state.service.iter().filter(|id| !id.is_empty());
    add("service", service.map(|id| service_value(site, id)).collect());
    add("requester", ticket.requester.iter().map(|id| person_value(site.participant(id))).collect());
    add("assignee", state.assignee.iter().map(|id| person_value(site.person(id))).collect());
    let priority = state.priority.filter(|priority| *priority != Priority::Normal);
    add("priority", priority.iter().map(|p| FactValue::text(words.label("priority", p.name()))).collect());
    for (key, time) in [("created", ticket.created), ("resolved", state.resolved)] {
        let when = |time| FactValue { when: Some(site.when(time)), ..FactValue::default() };
        add(key, time.into_iter().map(when).collect());
    }
    let template = site.model.store().template(&ticket.template);
    for (name, value) in &state.fields {
        let field = template.and_then(|template| template.field(name));
        let kind = field.map(|field| field.kind).unwrap_or_default();
        let texts = value.texts().into_iter().filter(|text| !text.is_empty());
        add(name, texts.map(|text| field_value(site, kind, text)).collect());
    }
    let tags = state.tags.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty());
    let mut seen = BTreeSet::new();
    let tags = tags.filter(|tag| seen.insert(tag.to_lowercase()));
    let tag = |tag: &str| match site.model.find_tag(tag) {
        Some(page) => FactValue { href: Some(site.tag_href(&page.name)), ..FactValue::text(&page.name) },
        None => FactValue::text(tag),
    };
    add("tags", tags.map(tag).collect());
    add(
        "path",
        last_pages(site, &state.came_from)
            .map(|path| FactValue { code: true, ..FactValue::text(path) })
            .collect(),
    );
    let source = ticket.source.iter().filter(|source| **source != ticket.id);
    add("source", source.map(|source| field_value(site, ADDRESS, source.clone())).collect());
    let title = |template: &Template| {
        FactValue::text(if template.title.is_empty() { &template.name } else { &template.title })
    };
    add("template", template.into_iter().filter(|template| template.name != "imported").map(title).collect());
    add("id", vec![FactValue { code: true, ..FactValue::text(&ticket.id) }]);
    facts
}

/// The lists and forms of the site: that a requester came through one of them says nothing about the problem.
const PASSAGES: [&str; 8] = ["", "tickets", "tickets/open", "services", "tags", "knowledge", "search", "new"];

/// The number of pages that are shown. The last ones say most about the problem.
const MOST_PAGES: usize = 3;

/// Returns the last pages by which a requester came, without the lists of the site.
fn last_pages<'a>(site: &Site, pages: &'a [String]) -> impl Iterator<Item = &'a String> {
    let base = site.base_path().to_owned();
    let is_passage = move |path: &str| {
        let own =
            path.strip_prefix(base.as_str()).map(|own| own.trim_end_matches("index.html").trim_matches('/'));
        own.is_some_and(|own| PASSAGES.contains(&own))
    };
    let pages: Vec<&String> = pages.iter().filter(|path| !is_passage(path)).collect();
    let from = pages.len().saturating_sub(MOST_PAGES);
    pages.into_iter().skip(from)
}

fn person_value(person: PersonContext) -> FactValue {
    FactValue { href: person.href.clone(), person: Some(person.clone()), ..FactValue::text(person.name) }
}

fn service_value(site: &Site, id: &str) -> FactValue {
    let href = site.service_link(id).map(|link| link.href);
    FactValue { href, ..FactValue::text(site.service_name(id)) }
}

/// Formats a value of a template's field according to the field's type.
fn field_value(site: &Site, kind: &FieldType, text: String) -> FactValue {
    match kind.names {
        _ if Time::parse(&text).is_some() => {
            FactValue { when: Time::parse(&text).map(|time| site.when(time)), ..FactValue::text(text) }
        }
        Some(NamedThing::Person) => person_value(site.person(&text)),
        Some(NamedThing::Service) => service_value(site, &text),
        Some(NamedThing::Ticket) => match site.link_to(&text) {
            Some(link) => FactValue { href: Some(link.href), ..FactValue::text(link.text) },
            None => FactValue::text(text),
        },
        Some(NamedThing::Address) if text.starts_with("https://") || text.starts_with("http://") => {
            FactValue { href: Some(text.clone()), outside: true, ..FactValue::text(text) }
        }
        _ => FactValue::text(text),
    }
}
