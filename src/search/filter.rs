//! Applies the field conditions of a query to tickets and articles.

use std::cmp::{Ordering, Reverse};

use jiff::{Timestamp, civil::Date};

use super::{Item, order::compare};
use crate::{
    query::{
        Accessor, Choice, Comparison, Expr, FactTest, FieldTest, Key, Lookup, Moment, Query, QueryClock,
        QueryKey, QueryValue, ValueKind, ValueTest, natural_order,
    },
    store::Store,
    text::Time,
    ticket::Thread,
};

/// The context in which field conditions are tested on the tickets and articles of a store.
pub(crate) struct Filter<'a> {
    store: &'a Store,
    lookup: Lookup<'a>,
    me: Option<&'a str>,
    clock: QueryClock,
}

impl<'a> Filter<'a> {
    /// Creates a filter for the tickets of `store` and a query by `me` at `now`.
    pub(crate) fn new(store: &'a Store, me: Option<&'a str>, now: Time) -> Self {
        let lookup = Lookup::new(store);
        Self { store, me, clock: QueryClock { now, zone: lookup.zone().clone() }, lookup }
    }

    /// Returns the store and the context that the accessors of keys use.
    pub(super) fn lookup(&self) -> &Lookup<'a> {
        &self.lookup
    }

    /// Finds the items for a query without words, in the order that the query specifies, or newest first.
    pub(crate) fn find(&self, query: &Query) -> Vec<Item> {
        let passes = |item: &Item| query.expr.as_ref().is_none_or(|expr| self.passes_all(expr, *item));
        let mut found: Vec<Item> = Item::all(self.store).filter(passes).collect();
        found.sort_by_cached_key(|item| (Reverse(item.created(self.store)), item.key(self.store)));
        found.sort_by(|a, b| compare(&self.lookup, &query.sort, *a, *b));
        found
    }

    /// Returns whether `item` passes a condition. Words in a field are tested by the index, so they never pass here.
    pub(crate) fn holds(&self, test: &FieldTest, item: Item) -> bool {
        match (&test.key, item.ticket(self.store), item.article(self.store)) {
            (Key::Own(key), Some(thread), _) => match key.kind {
                ValueKind::Facts(_) => test.any_of.iter().any(|one| self.is_true(one, thread)),
                _ => self.passes(key, &test.any_of, &key.ticket, thread),
            },
            (Key::Own(key), None, Some(article)) => self.passes(key, &test.any_of, &key.article, article),
            (Key::Field(field), Some(thread), _) => thread.field(&field.name).is_some_and(|value| {
                value.any_text(&mut |text| test.any_of.iter().any(|one| self.ordered(one, text, field.kind)))
            }),
            (_, None, _) => false,
        }
    }

    /// Returns whether `item` passes an expression without words.
    fn passes_all(&self, expr: &Expr, item: Item) -> bool {
        match expr {
            Expr::And(all) => all.iter().all(|one| self.passes_all(one, item)),
            Expr::Or(all) => all.iter().any(|one| self.passes_all(one, item)),
            Expr::Not(inner) => !self.passes_all(inner, item),
            Expr::Text(_) => false,
            Expr::Field(test) => self.holds(test, item),
        }
    }

    /// Returns whether the ticket or article `of` has a value for `key` that passes one of the tests.
    fn passes<T>(&self, key: &QueryKey, any_of: &[ValueTest], values: &Accessor<T>, of: &T) -> bool {
        match values {
            Accessor::Nothing | Accessor::Count(_) => false,
            Accessor::Time(time_of) => {
                let time = time_of(of);
                any_of.iter().any(|one| self.time(one, time))
            }
            Accessor::Texts(texts_of) => {
                let mut is_missing = true;
                let passes = texts_of(of, &self.lookup, &mut |text| {
                    is_missing = false;
                    any_of.iter().any(|one| self.text(key.kind, one, text))
                });
                passes || is_missing && any_of.contains(&ValueTest::Is(QueryValue::Missing))
            }
        }
    }

    /// Returns whether a text passes as a value of this kind.
    fn text(&self, kind: ValueKind, test: &ValueTest, text: &str) -> bool {
        match kind {
            ValueKind::Ordered(choices) => in_order(choices, test, text),
            ValueKind::Service => self.service(test, text),
            _ => self.name(test, text),
        }
    }

    /// Returns whether a fact is true for a ticket.
    fn is_true(&self, test: &ValueTest, thread: &Thread) -> bool {
        let ValueTest::Is(QueryValue::Fact(fact)) = test else { return false };
        match fact.test {
            FactTest::Holds(holds) => holds(thread, &self.lookup),
            FactTest::After(time_of) => {
                time_of(thread, &self.lookup).is_some_and(|time| self.clock.now.seconds() > time.seconds())
            }
        }
    }

    /// Compares a name without regard to case.
    fn name(&self, test: &ValueTest, text: &str) -> bool {
        match test {
            ValueTest::Is(value) => self.is_value(value, text),
            ValueTest::Compare(..) | ValueTest::Range(..) | ValueTest::Words(_) => false,
        }
    }

    fn is_value(&self, value: &QueryValue, text: &str) -> bool {
        match value {
            QueryValue::Exact(exact) => text.to_lowercase() == exact.to_lowercase(),
            QueryValue::Prefix(stem) => text.to_lowercase().starts_with(&stem.to_lowercase()),
            QueryValue::Fact(_) | QueryValue::Missing => false,
            QueryValue::Any => !text.is_empty(),
            QueryValue::Me => self.me == Some(text),
            QueryValue::Time(moment) => {
                self.instant(text).is_some_and(|time| self.against(moment, time) == Ordering::Equal)
            }
        }
    }

    /// Compares a value of a template's field, which has an order.
    fn ordered(&self, test: &ValueTest, text: &str, kind: ValueKind) -> bool {
        let number = matches!(kind, ValueKind::Number);
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
            other => in_bounds(other, compare),
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
            other => in_bounds(other, compare),
        }
    }

    /// Compares `time` with a moment or period.
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

    /// Parses the instant in a field. A date is in the time zone of the settings, as in queries.
    pub(super) fn instant(&self, text: &str) -> Option<Timestamp> {
        let of_date = || text.trim().parse::<Date>().ok()?.to_zoned(self.clock.zone.clone()).ok();
        Time::parse(text).map(Time::timestamp).or_else(|| of_date().map(|zoned| zoned.timestamp()))
    }

    /// Tests a service and the services that it is a module of.
    fn service(&self, test: &ValueTest, service: &str) -> bool {
        let known = || self.store.settings.services.iter().map(|service| service.id.as_str());
        let within = |outer: &str| {
            let mut named = known().filter(|id| id.eq_ignore_ascii_case(outer));
            named.any(|id| self.store.settings.is_within(service, id))
        };
        exact(test).is_some_and(within) || self.name(test, service)
    }
}

fn exact(test: &ValueTest) -> Option<&str> {
    match test {
        ValueTest::Is(QueryValue::Exact(name)) => Some(name),
        _ => None,
    }
}

/// Returns whether a value of a closed set passes, by its position in the set.
fn in_order(choices: &[Choice], test: &ValueTest, text: &str) -> bool {
    let place = |name: &str| choices.iter().position(|choice| choice.name == name);
    match test {
        ValueTest::Is(QueryValue::Exact(name)) => name == text,
        other => in_bounds(other, |value| match value {
            QueryValue::Exact(name) => Some(place(text)?.cmp(&place(name)?)),
            _ => None,
        }),
    }
}

/// Returns whether the result of `compare` with the bounds satisfies the comparison or range in `test`.
fn in_bounds(test: &ValueTest, compare: impl Fn(&QueryValue) -> Option<Ordering>) -> bool {
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
            .with("tickets/a/screen.log", "17:03 the door stays shut\n")
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
    fn versions_compare_by_part_and_dates_use_the_time_zone_of_the_settings() {
        for (query, ids) in [
            ("version:>2.9", "a"),
            ("version:2.10..2.14", "a"),
            ("rows:>20", "a"),
            ("rows:1000", "a"),
            ("due:2026-03", "a"),
            ("due:<2026-03", ""),
            // In New York it is 22:00 on the last day of January.
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
    fn a_service_includes_its_modules_and_a_ticket_matches_all_of_its_names() {
        for (query, ids) in [
            ("service:api", "a"),
            ("service:export", "a"),
            ("related:a", "b"),
            ("related:old-a", "b"),
            ("is:reused", "a"),
            ("id:old-a", "a"),
            ("has:attachment", "a"),
            ("-has:attachment", "secret b"),
        ] {
            assert_eq!(found(query), ids, "{query}");
        }
    }
}
