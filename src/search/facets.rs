//! How many of what was found have which status, service and tag.

use std::{cmp::Reverse, collections::HashMap};

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::Item;
use crate::store::Store;

/// How many of the hits have each value; services and tags are those of tickets and of articles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Facets {
    /// Of tickets.
    pub status: Counts,
    /// The service that they say themselves.
    pub service: Counts,
    /// Each of their tags.
    pub tag: Counts,
}

/// Values with their counts: the greatest count first, equal ones by value. A map in JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(pub Vec<(String, usize)>);

impl Facets {
    /// Counts `items`.
    pub fn of(store: &Store, items: impl IntoIterator<Item = Item>) -> Self {
        let (mut status, mut service, mut tag) = (HashMap::new(), HashMap::new(), HashMap::new());
        for item in items {
            let (services, tags) = match (item.ticket(store), item.article(store)) {
                (Some(thread), _) => {
                    *status.entry(thread.state.status.name()).or_default() += 1;
                    (&thread.state.service, &thread.state.tags)
                }
                (None, Some(article)) => (&article.service, &article.tags),
                (None, None) => continue,
            };
            services.iter().for_each(|name| *service.entry(name.as_str()).or_default() += 1);
            for (at, name) in tags.iter().enumerate() {
                // One that is written twice is had once.
                if !tags[..at].contains(name) {
                    *tag.entry(name.as_str()).or_default() += 1;
                }
            }
        }
        Self { status: Counts::of(status), service: Counts::of(service), tag: Counts::of(tag) }
    }
}

impl Counts {
    fn of(counts: HashMap<&str, usize>) -> Self {
        let mut counts: Vec<(String, usize)> =
            counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
        counts.sort_unstable_by(|a, b| (Reverse(a.1), &a.0).cmp(&(Reverse(b.1), &b.0)));
        Self(counts)
    }
}

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, count) in &self.0 {
            map.serialize_entry(name, count)?;
        }
        map.end()
    }
}
