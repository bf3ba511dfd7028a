//! Which tickets pass the tests of a query that are about fields.

use std::{cmp::Ordering, collections::HashSet};

use super::query::{Clock, Comparison, Expr, FieldTest, Key, SortBy, Test, Value, natural_order};
use crate::{
    store::Store,
    text::Time,
    ticket::{Priority, Reply, Status, Thread, Visibility},
};

/// What tests are answered from.
pub struct Filter<'a> {
    store: &'a Store,
    me: Option<&'a str>,
    clock: Clock,
    /// Tickets (and articles) that answered others.
    reused: HashSet<&'a str>,
    /// Tickets that others were duplicates of.
    duplicated: HashSet<&'a str>,
}

impl<'a> Filter<'a> {
    /// For the tickets of `store`, asked by `me` at `now`.
    pub fn new(store: &'a Store, me: Option<&'a str>, now: Time) -> Self {
        let resolving = || store.threads.iter().filter_map(Thread::resolving_reply);
        Self {
            store,
            me,
            clock: Clock { now, zone: store.settings.zone() },
            reused: resolving().flat_map(|reply| &reply.answered_by).map(String::as_str).collect(),
            duplicated: resolving().filter_map(|reply| reply.duplicate_of.as_deref()).collect(),
        }
    }

    /// Whether `thread` passes. Words of a field are the index's business and never pass here.
    pub fn holds(&self, test: &FieldTest, thread: &Thread) -> bool {
        test.any_of.iter().any(|one| self.passes(&test.key, one, thread))
    }

    /// Whether `thread` passes an expression that has nothing about text in it.
    pub fn passes_all(&self, expr: &Expr, thread: &Thread) -> bool {
        match expr {
            Expr::And(all) => all.iter().all(|one| self.passes_all(one, thread)),
            Expr::Or(all) => all.iter().any(|one| self.passes_all(one, thread)),
            Expr::Not(inner) => !self.passes_all(inner, thread),
            Expr::Text(_) => false,
            Expr::Field(test) => self.holds(test, thread),
        }
    }

    fn passes(&self, key: &Key, test: &Test, thread: &Thread) -> bool {
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
            Key::Related => any(&state.related),
            Key::DuplicateOf => one(state.duplicate_of.as_deref()),
            Key::AnsweredBy => any(&state.answered_by),
            Key::Created => self.time(test, ticket.created),
            Key::Updated => self.time(test, state.updated),
            Key::Resolved => self.time(test, state.resolved.filter(|_| state.status == Status::Resolved)),
            Key::Field(name) => {
                let texts = thread.field(name).map(crate::ticket::Value::texts).unwrap_or_default();
                texts.iter().any(|text| self.ordered(test, text))
            }
            Key::Title | Key::Body | Key::Answer | Key::Replies | Key::Sort => false,
        }
    }

    /// A name, compared without case.
    fn name(&self, test: &Test, text: &str) -> bool {
        match test {
            Test::Is(value) => self.is_value(value, text),
            Test::Compare(..) | Test::Range(..) | Test::Words(_) => false,
        }
    }

    fn is_value(&self, value: &Value, text: &str) -> bool {
        match value {
            Value::Exact(wanted) => text.to_lowercase() == wanted.to_lowercase(),
            Value::Prefix(stem) => text.to_lowercase().starts_with(&stem.to_lowercase()),
            Value::Any => !text.is_empty(),
            Value::Me => self.me == Some(text),
            Value::Time(moment) => {
                let period = moment.period(&self.clock);
                let time = Time::parse(text).or_else(|| Time::parse_date(text));
                time.is_some_and(|time| period.contains(&time.timestamp()))
            }
        }
    }

    /// A value of a template's field, which has an order.
    fn ordered(&self, test: &Test, text: &str) -> bool {
        let compare = |value: &Value| match value {
            Value::Exact(bound) => match (text.parse::<f64>(), bound.parse::<f64>()) {
                (Ok(text), Ok(bound)) => text.partial_cmp(&bound),
                _ => Some(natural_order(text, bound)),
            },
            Value::Time(moment) => {
                let time = Time::parse(text).or_else(|| Time::parse_date(text))?.timestamp();
                let period = moment.period(&self.clock);
                Some(if time < period.start {
                    Ordering::Less
                } else if time >= period.end {
                    Ordering::Greater
                } else {
                    Ordering::Equal
                })
            }
            _ => None,
        };
        match test {
            Test::Is(value) => self.is_value(value, text),
            Test::Compare(comparison, value) => compare(value).is_some_and(|order| comparison.holds(order)),
            Test::Range(from, to) => {
                let above = from.as_ref().is_none_or(|from| compare(from).is_some_and(Ordering::is_ge));
                above && to.as_ref().is_none_or(|to| compare(to).is_some_and(Ordering::is_le))
            }
            Test::Words(_) => false,
        }
    }

    fn time(&self, test: &Test, time: Option<Time>) -> bool {
        time.is_some_and(|time| match test {
            Test::Is(Value::Any) => true,
            other => self.ordered(other, &time.to_string()),
        })
    }

    /// A service, or one that it is a module of.
    fn service(&self, test: &Test, service: &str) -> bool {
        let within = exact(test).is_some_and(|wanted| self.store.settings.is_within(service, wanted));
        within || self.name(test, service)
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
            "reused" => self.reused.contains(id),
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
            "code" => thread.ticket.has_code || thread.replies.iter().any(|reply: &Reply| reply.has_code),
            "duplicate" => self.duplicated.contains(thread.id()),
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

    /// The order that a query asked for; equal ones stay as they are.
    pub fn compare(&self, sort: &[SortBy], a: &Thread, b: &Thread) -> Ordering {
        sort.iter().fold(Ordering::Equal, |order, key| {
            order.then_with(|| {
                let order = match key.by {
                    "created" => a.ticket.created.cmp(&b.ticket.created),
                    "updated" => a.state.updated.cmp(&b.state.updated),
                    "resolved" => a.state.resolved.cmp(&b.state.resolved),
                    "priority" => a.priority().cmp(&b.priority()),
                    "replies" => a.replies.len().cmp(&b.replies.len()),
                    "title" => natural_order(&a.ticket.title, &b.ticket.title),
                    "id" => natural_order(a.id(), b.id()),
                    _ => Ordering::Equal,
                };
                if key.descending { order.reverse() } else { order }
            })
        })
    }
}

fn exact(test: &Test) -> Option<&str> {
    match test {
        Test::Is(Value::Exact(name)) => Some(name),
        _ => None,
    }
}

fn priority(test: &Test, priority: Priority) -> bool {
    let parse = |value: &Value| match value {
        Value::Exact(name) => Priority::parse(name),
        _ => None,
    };
    match test {
        Test::Is(Value::Any) => true,
        Test::Is(value) => parse(value) == Some(priority),
        Test::Compare(comparison, value) => {
            parse(value).is_some_and(|bound| Comparison::holds(*comparison, priority.cmp(&bound)))
        }
        Test::Range(from, to) => {
            let bound = |value: &Option<Value>| value.as_ref().and_then(parse);
            bound(from).is_none_or(|from| priority >= from) && bound(to).is_none_or(|to| priority <= to)
        }
        Test::Words(_) => false,
    }
}
