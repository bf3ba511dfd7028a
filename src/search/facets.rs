//! How many of what was found have which status, service and tag.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use super::Item;
use crate::store::Store;

/// How many of the hits a test of each value finds: so what is in a module of a service counts for both, and case makes no
/// difference. Services and tags are those of tickets and of articles. `site/assets/search/engine.js` counts in the same way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// Of tickets.
    pub status: Counts,
    /// Their services, and those that these are modules of.
    pub service: Counts,
    /// Each of their tags.
    pub tag: Counts,
}

/// Values with their counts, the greatest count first, equal counts in order of their values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(pub Vec<(String, usize)>);

impl Facets {
    /// Counts `items`.
    pub fn of(store: &Store, items: impl IntoIterator<Item = Item>) -> Self {
        let (mut status, mut service, mut tag) = (Counter::default(), Counter::default(), Counter::default());
        let mut within: HashMap<&str, Vec<&str>> = HashMap::new();
        for item in items {
            let (services, tags) = match (item.ticket(store), item.article(store)) {
                (Some(thread), _) => {
                    status.count([thread.state.status.name()]);
                    (&thread.state.service, &thread.state.tags)
                }
                (None, Some(article)) => (&article.service, &article.tags),
                (None, None) => continue,
            };
            if let Some(id) = services {
                let all = within.entry(id).or_insert_with(|| {
                    let known = store.settings.services.iter().map(|service| service.id.as_str());
                    let over = known.filter(|known| known != id && store.settings.is_within(id, known));
                    std::iter::once(id.as_str()).chain(over).collect()
                });
                service.count(all.iter().copied());
            }
            tag.count(tags.iter().map(String::as_str));
        }
        Self { status: status.counts(), service: service.counts(), tag: tag.counts() }
    }
}

/// Values by their lower case, each as it was first written.
#[derive(Default)]
struct Counter<'a>(HashMap<String, (&'a str, usize)>);

impl<'a> Counter<'a> {
    /// Counts the values of one item; one that is there twice is had once.
    fn count(&mut self, values: impl IntoIterator<Item = &'a str>) {
        let mut own: HashSet<String> = HashSet::new();
        for value in values {
            let small = value.to_lowercase();
            if own.insert(small.clone()) {
                self.0.entry(small).or_insert((value, 0)).1 += 1;
            }
        }
    }

    fn counts(self) -> Counts {
        let mut counts: Vec<(String, usize)> =
            self.0.into_values().map(|(name, count)| (name.to_owned(), count)).collect();
        counts.sort_unstable_by(|a, b| (Reverse(a.1), &a.0).cmp(&(Reverse(b.1), &b.0)));
        Counts(counts)
    }
}
