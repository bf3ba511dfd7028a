//! Counts of search hits by status, service and tag.

use std::cmp::Reverse;

use foldhash::HashMap;

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
    let mut within: HashMap<&str, Vec<&str>> = HashMap::default();
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

/// Counts of values without regard to case.
#[derive(Default)]
struct Counter<'a> {
    values: Vec<CountedValue<'a>>,
    /// The index in `values` of each spelling. A search has thousands of hits, and few spellings.
    of_spelling: HashMap<&'a str, usize>,
    /// The index in `values` of each value in lower case.
    of_lower_case: HashMap<String, usize>,
    items: usize,
}

struct CountedValue<'a> {
    /// The spelling that occurred first.
    name: &'a str,
    count: usize,
    /// The number of the last item that has the value. A duplicate value of an item counts once.
    last_item: usize,
}

impl<'a> Counter<'a> {
    /// Counts the values of one item.
    fn count(&mut self, values: impl IntoIterator<Item = &'a str>) {
        self.items += 1;
        for value in values {
            let index = match self.of_spelling.get(value) {
                Some(index) => *index,
                None => self.add(value),
            };
            let counted = &mut self.values[index];
            if counted.last_item != self.items {
                counted.last_item = self.items;
                counted.count += 1;
            }
        }
    }

    /// Adds a spelling, and returns the index of its value.
    fn add(&mut self, spelling: &'a str) -> usize {
        let index = *self.of_lower_case.entry(spelling.to_lowercase()).or_insert_with(|| {
            self.values.push(CountedValue { name: spelling, count: 0, last_item: 0 });
            self.values.len() - 1
        });
        self.of_spelling.insert(spelling, index);
        index
    }

    fn counts(self) -> FacetCounts {
        let mut counts: Vec<(String, usize)> =
            self.values.into_iter().map(|value| (value.name.to_owned(), value.count)).collect();
        counts.sort_unstable_by(|a, b| (Reverse(a.1), &a.0).cmp(&(Reverse(b.1), &b.0)));
        FacetCounts(counts)
    }
}
