//! The order that a query asks for.

use std::cmp::Ordering;

use super::Item;
use crate::{
    query::{SortBy, natural_order},
    store::Store,
    text::Time,
    ticket::Priority,
};

/// The order of two items by `sort`; equal ones as they are. What has no such value comes last: an article has a time
/// (`confirmed`), a title and an id.
pub fn compare(store: &Store, sort: &[SortBy], a: Item, b: Item) -> Ordering {
    sort.iter().fold(Ordering::Equal, |order, key| {
        order.then_with(|| {
            let (a, b) = (Value::of(store, key.by, a), Value::of(store, key.by, b));
            let order = a.compare(&b);
            let both = !matches!(a, Value::None) && !matches!(b, Value::None);
            if key.descending && both { order.reverse() } else { order }
        })
    })
}

/// What an item is put in order by.
enum Value<'a> {
    Time(Time),
    Priority(Priority),
    Count(usize),
    Text(&'a str),
    None,
}

impl<'a> Value<'a> {
    fn of(store: &'a Store, by: &str, item: Item) -> Self {
        let time = |time: Option<Time>| time.map_or(Self::None, Self::Time);
        if let Some(article) = item.article(store) {
            return match by {
                "created" => time(article.confirmed),
                "title" => Self::Text(&article.title),
                "id" => Self::Text(&article.slug),
                _ => Self::None,
            };
        }
        let Some(thread) = item.ticket(store) else { return Self::None };
        match by {
            "created" => time(thread.ticket.created),
            "updated" => time(thread.state.updated),
            "resolved" => time(thread.state.resolved),
            "priority" => Self::Priority(thread.priority()),
            "replies" => Self::Count(thread.replies.len()),
            "title" => Self::Text(&thread.ticket.title),
            "id" => Self::Text(thread.id()),
            _ => Self::None,
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Time(a), Self::Time(b)) => a.cmp(b),
            (Self::Priority(a), Self::Priority(b)) => a.cmp(b),
            (Self::Count(a), Self::Count(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => natural_order(a, b),
            (a, b) => matches!(a, Self::None).cmp(&matches!(b, Self::None)),
        }
    }
}
