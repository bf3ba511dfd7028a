//! Which tickets and articles pass the tests of a query that are about fields.

use std::{
    cmp::{Ordering, Reverse},
    collections::HashSet,
    sync::OnceLock,
};

use jiff::{Timestamp, civil::Date};

use super::{Item, order::compare};
use crate::{
    query::{
        Clock, Comparison, Expr, FieldKind, FieldTest, Key, Moment, Query, QueryValue, ValueTest,
        natural_order,
    },
    store::Store,
    text::Time,
    ticket::{Article, Priority, Status, Thread, Visibility},
};

/// What tests are answered from.
pub struct Filter<'a> {
    store: &'a Store,
    me: Option<&'a str>,
    clock: Clock,
    /// Tickets that answered others. Few queries ask for them.
    reused: OnceLock<HashSet<String>>,
    /// Tickets that others are duplicates of.
    duplicated: OnceLock<HashSet<String>>,
    /// Fields of templates that are numbers: `2.14` is less than `2.9` there, and later than `2.9` in a version.
    numbers: HashSet<&'a str>,
}

impl<'a> Filter<'a> {
    /// For the tickets of `store`, asked by `me` at `now`.
    pub fn new(store: &'a Store, me: Option<&'a str>, now: Time) -> Self {
        let fields = store.templates.iter().flat_map(|template| &template.fields);
        Self {
            store,
            me,
            clock: Clock { now, zone: store.settings.zone() },
            reused: OnceLock::new(),
            duplicated: OnceLock::new(),
            numbers: fields
                .filter(|field| FieldKind::of(field.kind) == FieldKind::Number)
                .map(|field| field.name.as_str())
                .collect(),
        }
    }

    /// The tickets that any ticket names in `links`, once they are known.
    fn named<'b>(
        &self,
        known: &'b OnceLock<HashSet<String>>,
        links: impl Fn(&Thread) -> &[String],
    ) -> &'b HashSet<String> {
        // Former ids name the same ticket.
        let id = |name: &String| self.store.thread(name).map_or(name.as_str(), Thread::id).to_owned();
        known.get_or_init(|| self.store.threads.iter().flat_map(|thread| links(thread)).map(id).collect())
    }

    /// What a query finds that asks for no words, in the order that it asks for, else the newest first.
    pub fn find(&self, query: &Query) -> Vec<Item> {
        let passes = |item: &Item| query.expr.as_ref().is_none_or(|expr| self.passes_all(expr, *item));
        let mut found: Vec<Item> = Item::all(self.store).filter(passes).collect();
        found.sort_by_cached_key(|item| (Reverse(item.created(self.store)), item.key(self.store)));
        found.sort_by(|a, b| compare(self.store, &query.sort, *a, *b));
        found
    }

    /// Whether `item` passes. Words of a field are the index's business and never pass here.
    pub fn holds(&self, test: &FieldTest, item: Item) -> bool {
        let mut any_of = test.any_of.iter();
        match (item.ticket(self.store), item.article(self.store)) {
            (Some(thread), _) => any_of.any(|one| self.passes(&test.key, one, thread)),
            (None, Some(article)) => any_of.any(|one| self.passes_article(&test.key, one, article)),
            (None, None) => false,
        }
    }

    /// Whether `item` passes an expression that has nothing about text in it.
    fn passes_all(&self, expr: &Expr, item: Item) -> bool {
        match expr {
            Expr::And(all) => all.iter().all(|one| self.passes_all(one, item)),
            Expr::Or(all) => all.iter().any(|one| self.passes_all(one, item)),
            Expr::Not(inner) => !self.passes_all(inner, item),
            Expr::Text(_) => false,
            Expr::Field(test) => self.holds(test, item),
        }
    }

    /// An article has a service and tags; it is in no state, and nobody opened it.
    fn passes_article(&self, key: &Key, test: &ValueTest, article: &Article) -> bool {
        match key {
            Key::Service => article.service.as_deref().is_some_and(|service| self.service(test, service)),
            Key::Tag => article.tags.iter().any(|tag| self.name(test, tag)),
            _ => false,
        }
    }

    fn passes(&self, key: &Key, test: &ValueTest, thread: &Thread) -> bool {
        let (ticket, state) = (&thread.ticket, &thread.state);
        let one = |text: Option<&str>| text.is_some_and(|text| self.name(test, text));
        let any = |texts: &[String]| texts.iter().any(|text| self.name(test, text));
        match key {
            Key::Is => exact(test).is_some_and(|name| self.is(name, thread)),
            Key::Has => exact(test).is_some_and(|name| self.has(name, thread)),
            Key::Status => one(Some(state.status.name())),
            Key::Resolution => one(state.resolution.map(|resolution| resolution.name())),
            Key::Priority => priority(test, thread.priority()),
            Key::Visibility => one(Some(state.visibility.name())),
            Key::Assignee => one(state.assignee.as_deref()),
            Key::Requester => one(ticket.requester.as_deref()),
            Key::Author => thread.replies.iter().any(|reply| one(reply.author.as_deref())),
            Key::Service => state.service.as_deref().is_some_and(|service| self.service(test, service)),
            Key::Tag => any(&state.tags),
            Key::Template => one(Some(&ticket.template)),
            Key::Id => one(Some(&ticket.id)) || any(&state.aliases),
            Key::Source => one(ticket.source.as_deref()),
            Key::Path => any(&state.came_from),
            Key::Related => state.related.iter().any(|id| self.link(test, id)),
            Key::DuplicateOf => state.duplicate_of.as_ref().is_some_and(|id| self.link(test, id)),
            Key::AnsweredBy => state.answered_by.iter().any(|id| self.link(test, id)),
            Key::Created => self.time(test, ticket.created),
            Key::Updated => self.time(test, state.updated),
            Key::Resolved => self.time(test, state.resolved.filter(|_| state.status == Status::Resolved)),
            Key::Field(name) => {
                let texts = thread.field(name).map(crate::ticket::Value::texts).unwrap_or_default();
                let number = self.numbers.contains(name.as_str());
                texts.iter().any(|text| self.ordered(test, text, number))
            }
            Key::Title | Key::Body | Key::Answer | Key::Replies | Key::Sort => false,
        }
    }

    /// A name, compared without case.
    fn name(&self, test: &ValueTest, text: &str) -> bool {
        match test {
            ValueTest::Is(value) => self.is_value(value, text),
            ValueTest::Compare(..) | ValueTest::Range(..) | ValueTest::Words(_) => false,
        }
    }

    /// A link to a ticket or article, by any of the names of a ticket.
    fn link(&self, test: &ValueTest, id: &str) -> bool {
        self.names(id).any(|name| self.name(test, name))
    }

    /// The names of what a link leads to: that of the link, and those of the ticket.
    pub(super) fn names<'b>(&'b self, id: &'b str) -> impl Iterator<Item = &'b str> {
        let of_ticket = |other: &'b Thread| {
            [other.id()].into_iter().chain(other.state.aliases.iter().map(String::as_str))
        };
        [id].into_iter().chain(self.store.thread(id).into_iter().flat_map(of_ticket))
    }

    /// From when on a ticket is overdue, if nothing happens.
    pub(super) fn due(&self, thread: &Thread) -> Option<Time> {
        self.store.settings.due(thread, &self.clock.zone)
    }

    fn is_value(&self, value: &QueryValue, text: &str) -> bool {
        match value {
            QueryValue::Exact(wanted) => text.to_lowercase() == wanted.to_lowercase(),
            QueryValue::Prefix(stem) => text.to_lowercase().starts_with(&stem.to_lowercase()),
            QueryValue::Any => !text.is_empty(),
            QueryValue::Me => self.me == Some(text),
            QueryValue::Time(moment) => {
                self.instant(text).is_some_and(|time| self.against(moment, time) == Ordering::Equal)
            }
        }
    }

    /// A value of a template's field, which has an order.
    fn ordered(&self, test: &ValueTest, text: &str, number: bool) -> bool {
        let compare = |value: &QueryValue| match value {
            QueryValue::Exact(bound) if number => {
                text.trim().parse::<f64>().ok()?.partial_cmp(&bound.parse::<f64>().ok()?)
            }
            QueryValue::Exact(bound) => Some(natural_order(text, bound)),
            QueryValue::Time(moment) => Some(self.against(moment, self.instant(text)?)),
            _ => None,
        };
        match test {
            ValueTest::Is(value @ QueryValue::Exact(_)) if number => compare(value) == Some(Ordering::Equal),
            ValueTest::Is(value) => self.is_value(value, text),
            other => stands(other, compare),
        }
    }

    fn time(&self, test: &ValueTest, time: Option<Time>) -> bool {
        let compare = |value: &QueryValue| match value {
            QueryValue::Time(moment) => Some(self.against(moment, time?.timestamp())),
            _ => None,
        };
        match test {
            ValueTest::Is(QueryValue::Any) => time.is_some(),
            ValueTest::Is(value) => compare(value) == Some(Ordering::Equal),
            other => stands(other, compare),
        }
    }

    /// Where `time` is, seen from a moment or period.
    fn against(&self, moment: &Moment, time: Timestamp) -> Ordering {
        let period = moment.period(&self.clock);
        if time < period.start {
            Ordering::Less
        } else if time >= period.end {
            Ordering::Greater
        } else {
            Ordering::Equal
        }
    }

    /// The instant that a field says. A date is one of the zone whose days queries mean.
    pub(super) fn instant(&self, text: &str) -> Option<Timestamp> {
        let of_date = || text.trim().parse::<Date>().ok()?.to_zoned(self.clock.zone.clone()).ok();
        Time::parse(text).map(Time::timestamp).or_else(|| of_date().map(|zoned| zoned.timestamp()))
    }

    /// A service, or one that it is a module of.
    fn service(&self, test: &ValueTest, service: &str) -> bool {
        let known = || self.store.settings.services.iter().map(|service| service.id.as_str());
        let within = |wanted: &str| {
            let mut named = known().filter(|id| id.eq_ignore_ascii_case(wanted));
            named.any(|wanted| self.store.settings.is_within(service, wanted))
        };
        exact(test).is_some_and(within) || self.name(test, service)
    }

    fn is(&self, name: &str, thread: &Thread) -> bool {
        let state = &thread.state;
        let id = thread.id();
        match name {
            "unresolved" => state.status != Status::Resolved,
            "any" => true,
            "overdue" => self.store.settings.is_overdue(thread, self.clock.now, &self.clock.zone),
            "assigned" => state.assignee.is_some(),
            "unassigned" => state.assignee.is_none(),
            "unanswered" => state.first_response.is_none(),
            "reused" => self.named(&self.reused, |thread| &thread.state.answered_by).contains(id),
            "reopened" => state.reopened > 0,
            "imported" => thread.ticket.source.is_some(),
            "public" => state.visibility == Visibility::Public,
            "internal" => state.visibility == Visibility::Internal,
            status => state.status.name() == status,
        }
    }

    fn has(&self, name: &str, thread: &Thread) -> bool {
        let state = &thread.state;
        match name {
            "answer" => thread.has_answer(|_| true),
            "reply" => !thread.replies.is_empty(),
            "attachment" => self.store.attachments_of(thread.id()).next().is_some(),
            "code" => thread.ticket.has_code || thread.replies.iter().any(|reply| reply.has_code),
            "duplicate" => self
                .named(&self.duplicated, |thread| thread.state.duplicate_of.as_slice())
                .contains(thread.id()),
            "related" => !state.related.is_empty(),
            "service" => state.service.is_some(),
            "priority" => state.priority.is_some(),
            "tag" => !state.tags.is_empty(),
            "assignee" => state.assignee.is_some(),
            "path" => !state.came_from.is_empty(),
            "source" => thread.ticket.source.is_some(),
            field => thread.field(field).is_some_and(|value| !value.texts().is_empty()),
        }
    }
}

fn exact(test: &ValueTest) -> Option<&str> {
    match test {
        ValueTest::Is(QueryValue::Exact(name)) => Some(name),
        _ => None,
    }
}

fn priority(test: &ValueTest, priority: Priority) -> bool {
    let parse = |value: &QueryValue| match value {
        QueryValue::Exact(name) => Priority::parse(name),
        _ => None,
    };
    match test {
        ValueTest::Is(QueryValue::Any) => true,
        ValueTest::Is(value) => parse(value) == Some(priority),
        other => stands(other, |value| parse(value).map(|bound| priority.cmp(&bound))),
    }
}

/// Whether what `compare` compares with the bounds of a comparison or range stands as they ask.
fn stands(test: &ValueTest, compare: impl Fn(&QueryValue) -> Option<Ordering>) -> bool {
    match test {
        ValueTest::Compare(comparison, value) => {
            compare(value).is_some_and(|order| Comparison::holds(*comparison, order))
        }
        ValueTest::Range(from, to) => {
            let end = |bound: &Option<QueryValue>, is_right: fn(Ordering) -> bool| {
                bound.as_ref().is_none_or(|bound| compare(bound).is_some_and(is_right))
            };
            end(from, Ordering::is_ge) && end(to, Ordering::is_le)
        }
        ValueTest::Is(_) | ValueTest::Words(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        repo::{CacheSlot, MemorySource},
        store::load,
    };

    const TEMPLATE: &str = "---\ntitle: Incident\nfields:\n  version: { type: text }\n  rows: { type: number }\n  \
                            due: { type: date }\n---\n";

    fn store() -> Store {
        let source = MemorySource::new()
            .with(
                "casebook.yml",
                "version: 1\nvisibility: public\ntimezone: America/New_York\nservices: { Api: {}, export: { part_of: Api } }\n",
            )
            .with("ticket-templates/incident.md", TEMPLATE)
            .with(
                "tickets/a.md",
                "---\ntitle: A\ntemplate: incident\nservice: export\ncreated: 2026-01-31T23:00:00Z\nversion: 2.14\n\
                 rows: 1e3\ndue: 2026-03-01\naliases: [old-a]\n---\n",
            )
            .with(
                "tickets/b.md",
                "---\ntitle: B\ntemplate: incident\ncreated: 2026-02-01T03:00:00Z\nversion: 2.9\nrows: 20\n\
                 related: [old-a, secret]\n---\n",
            )
            .with("tickets/b/n.md", "---\nauthor: omar\ncreated: 2026-05-01T00:00:00Z\nvisibility: internal\n---\nA note.\n")
            .with(
                "tickets/secret.md",
                "---\ntitle: S\ntemplate: incident\ncreated: 2026-02-02T00:00:00Z\nvisibility: internal\n---\n",
            )
            .with(
                "tickets/secret/r.md",
                "---\nauthor: mei\ncreated: 2026-02-03T00:00:00Z\nstatus: resolved\nresolution: answered\n\
                 answered_by: [old-a]\n---\n",
            );
        load(Arc::new(source), &CacheSlot::nowhere()).unwrap()
    }

    fn found(query: &str) -> String {
        let store = store();
        let query = Query::parse(query, &store.known_in_queries(None)).unwrap();
        let now = Time::parse("2026-06-01T00:00:00Z").unwrap();
        let filter = Filter::new(&store, None, now);
        let ids =
            filter.find(&query).into_iter().filter_map(|item| Some(item.ticket(&store)?.id().to_owned()));
        ids.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn versions_are_no_numbers_and_dates_are_days_of_the_settings_zone() {
        for (query, ids) in [
            ("version:>2.9", "a"),
            ("version:2.10..2.14", "a"),
            ("rows:>20", "a"),
            ("rows:1000", "a"),
            ("due:2026-03", "a"),
            ("due:<2026-03", ""),
            // 22:00 on the last of January in New York.
            ("created:2026-01", "b a"),
            ("created:2026-01-31..2026-01-31", "b a"),
            ("created:>2026-01", "secret"),
            ("created:>=2026-01-31T23:00:00Z created:<2026-01-31T23:00:01Z", "a"),
            ("sort:resolved", "secret b a"),
            ("sort:-resolved", "secret b a"),
            ("sort:created", "a b secret"),
        ] {
            assert_eq!(found(query), ids, "{query}");
        }
    }

    #[test]
    fn a_service_has_its_modules_and_a_ticket_all_of_its_names() {
        for (query, ids) in [
            ("service:api", "a"),
            ("service:export", "a"),
            ("related:a", "b"),
            ("related:old-a", "b"),
            ("is:reused", "a"),
            ("id:old-a", "a"),
        ] {
            assert_eq!(found(query), ids, "{query}");
        }
    }
}
