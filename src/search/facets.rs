//! Counts of search hits by status, service and tag.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use super::Item;
use crate::{
    query::{Accessor, KEYS, Lookup, QueryKey, ValueKind},
    store::Store,
};

/// For each facet key, the number of hits that each value matches. A ticket of a module counts for the module and for
/// its service, and case is ignored. `site/assets/search/engine.js` counts in the same way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facets(pub Vec<(&'static str, FacetCounts)>);

/// Values with their counts, the greatest count first; values with equal counts are sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FacetCounts(pub Vec<(String, usize)>);

impl Facets {
    /// Counts `items` by every facet key.
    pub(crate) fn of(store: &Store, items: impl IntoIterator<Item = Item>) -> Self {
        Self::of_keys(KEYS, store, items)
    }

    /// Counts `items` by the facet keys among `keys`.
    pub(super) fn of_keys(
        keys: &'static [QueryKey],
        store: &Store,
        items: impl IntoIterator<Item = Item>,
    ) -> Self {
        let lookup = Lookup::new(store);
        let items: Vec<Item> = items.into_iter().collect();
        let keys = keys.iter().filter(|key| key.facet);
        Self(keys.map(|key| (key.name, counts(key, &items, &lookup))).collect())
    }
}

/// Counts the values of `key` among `items`.
fn counts(key: &QueryKey, items: &[Item], lookup: &Lookup<'_>) -> FacetCounts {
    let settings = &lookup.store().settings;
    let mut within: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut counter = Counter::default();
    let mut values: Vec<&str> = Vec::new();
    for item in items {
        values.clear();
        match (item.ticket(lookup.store()), item.article(lookup.store())) {
            (Some(thread), _) => push_texts(&key.ticket, thread, lookup, &mut values),
            (None, Some(article)) => push_texts(&key.article, article, lookup, &mut values),
            (None, None) => {}
        }
        if !matches!(key.kind, ValueKind::Service) {
            counter.count(values.iter().copied());
            continue;
        }
        for id in &values {
            let all = within.entry(id).or_insert_with(|| {
                let known = settings.services.iter().map(|service| service.id.as_str());
                let over = known.filter(|known| known != id && settings.is_within(id, known));
                std::iter::once(*id).chain(over).collect()
            });
            counter.count(all.iter().copied());
        }
    }
    counter.counts()
}

/// Adds the texts of a key to `found`: those that the ticket or article `of` has.
fn push_texts<'a, T>(values: &Accessor<T>, of: &'a T, lookup: &'a Lookup<'_>, found: &mut Vec<&'a str>) {
    if let Accessor::Texts(texts_of) = values {
        texts_of(of, lookup, &mut |text| {
            found.push(text);
            false
        });
    }
}

/// Counts of values, by their lower case, each with the spelling that occurred first.
#[derive(Default)]
struct Counter<'a>(HashMap<String, (&'a str, usize)>);

impl<'a> Counter<'a> {
    /// Counts the values of one item; a duplicate value counts once.
    fn count(&mut self, values: impl IntoIterator<Item = &'a str>) {
        let mut own: HashSet<String> = HashSet::new();
        for value in values {
            let small = value.to_lowercase();
            if own.insert(small.clone()) {
                self.0.entry(small).or_insert((value, 0)).1 += 1;
            }
        }
    }

    fn counts(self) -> FacetCounts {
        let mut counts: Vec<(String, usize)> =
            self.0.into_values().map(|(name, count)| (name.to_owned(), count)).collect();
        counts.sort_unstable_by(|a, b| (Reverse(a.1), &a.0).cmp(&(Reverse(b.1), &b.0)));
        FacetCounts(counts)
    }
}
