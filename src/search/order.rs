//! Sorts items in the order that a query specifies.

use std::cmp::Ordering;

use super::Item;
use crate::{
    query::{Accessor, Lookup, QueryKey, SortBy, ValueKind, natural_order},
    text::Time,
};

/// Compares two items of a store by `sort`. Items with equal values keep their order; items without a value come last.
pub(super) fn compare(lookup: &Lookup<'_>, sort: &[SortBy], a: Item, b: Item) -> Ordering {
    compare_across(sort, (lookup, a), (lookup, b))
}

/// Compares two items of different stores by `sort`.
pub(super) fn compare_across(
    sort: &[SortBy],
    (lookup_a, a): (&Lookup<'_>, Item),
    (lookup_b, b): (&Lookup<'_>, Item),
) -> Ordering {
    sort.iter().fold(Ordering::Equal, |order, by| {
        order.then_with(|| {
            let Some(key) = by.key else { return Ordering::Equal };
            match (SortValue::of(lookup_a, key, a), SortValue::of(lookup_b, key, b)) {
                (Some(a), Some(b)) if by.descending => a.compare(&b).reverse(),
                (Some(a), Some(b)) => a.compare(&b),
                (a, b) => a.is_none().cmp(&b.is_none()),
            }
        })
    })
}

/// A value by which an item is sorted.
enum SortValue<'a> {
    Time(Time),
    Number(usize),
    Text(&'a str),
}

impl<'a> SortValue<'a> {
    fn of(lookup: &'a Lookup<'_>, key: &QueryKey, item: Item) -> Option<Self> {
        let sort = key.sort.as_ref()?;
        match (item.ticket(lookup.store()), item.article(lookup.store())) {
            (Some(thread), _) => Self::by(&sort.ticket, lookup, key.kind, thread),
            (None, Some(article)) => Self::by(&sort.article, lookup, key.kind, article),
            (None, None) => None,
        }
    }

    fn by<T>(values: &Accessor<T>, lookup: &'a Lookup<'_>, kind: ValueKind, of: &'a T) -> Option<Self> {
        match values {
            Accessor::Nothing => None,
            Accessor::Time(time_of) => time_of(of).map(Self::Time),
            Accessor::Count(count) => Some(Self::Number(count(of))),
            Accessor::Texts(texts_of) => {
                let mut first = None;
                texts_of(of, lookup, &mut |text| {
                    first = Some(text);
                    true
                });
                match kind {
                    ValueKind::Ordered(choices) => {
                        choices.iter().position(|choice| Some(choice.name) == first).map(Self::Number)
                    }
                    _ => first.map(Self::Text),
                }
            }
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Time(a), Self::Time(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => natural_order(a, b),
            // All values of a key have the same kind.
            _ => Ordering::Equal,
        }
    }
}
