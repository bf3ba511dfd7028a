//! The tickets and articles of a store as documents of an index, and the update of a cached index.

use std::{borrow::Cow, cell::OnceCell, collections::HashMap, hash::BuildHasher as _, sync::Arc};

use foldhash::quality::FixedState;

use super::{Item, Texts};
use crate::{
    index::{DocumentBuilder, Index, IndexHead, ReadAt, build},
    repo::{CacheReader, CacheSlot},
    store::{FolderGroup, Store},
};

/// The index is rebuilt if there are more new documents than this and more than a twentieth of all documents.
const MOST_NEW: usize = 256;

/// A file that changed within this time can change again within the same tick of the file system's clock.
const TICK_NS: i64 = 20_000_000;

impl ReadAt for Arc<CacheReader> {
    fn read_at(&self, offset: u64, len: usize) -> std::io::Result<Cow<'_, [u8]>> {
        CacheReader::read_at(self, offset, len).map(Cow::Owned)
    }
}

/// The current documents of a store.
pub(super) struct Documents<'a> {
    store: &'a Store,
    /// The ticket or article of each document.
    items: Vec<Item>,
}

impl<'a> Documents<'a> {
    /// Collects the tickets and articles of `store`, one document each.
    pub(super) fn of(store: &'a Store) -> Self {
        Self { store, items: Item::all(store).collect() }
    }

    /// Builds an index of all documents for the cache. `now_ns` is the current time by the clock that stamps the files.
    /// A file that changed just before is stored with a wrong stamp, so that it is read again the next time (like git's
    /// racy entries).
    pub(super) fn build(&self, now_ns: i64) -> Vec<u8> {
        self.layer(0..self.items.len(), now_ns)
    }

    /// Updates a cached index: removes stale documents and adds new ones. Returns `None` if a rebuild is faster or if the
    /// templates name other sections as the answer. The
    /// layer of new documents is taken from the cache `newer` if it is still correct; otherwise it is built and cached
    /// there.
    pub(super) fn update(&self, mut index: Index, newer: &CacheSlot) -> Option<Index> {
        if index.context() != Some(self.context()) {
            return None;
        }
        let places = self.places(&index);
        let mut is_new = vec![true; self.items.len()];
        let mut places = places.into_iter();
        index.retain(|head| {
            let place = places.next().flatten().filter(|place| self.is_current(*place, head));
            place.into_iter().for_each(|place| is_new[place] = false);
            place.is_some()
        });
        let new: Vec<usize> = (0..is_new.len()).filter(|place| is_new[*place]).collect();
        if new.len() > MOST_NEW.max(self.items.len() / 20) {
            return None;
        }
        if new.is_empty() {
            return Some(index);
        }
        if let Some(cached) = newer.reader().map(Arc::new)
            && Index::open(Arc::clone(&cached)).is_ok_and(|cached| self.has_exactly(&cached, &new))
        {
            return index.with_newer(cached).ok();
        }
        let layer = self.layer(new.into_iter(), newer.now_ns());
        newer.write(&layer);
        index.with_newer(layer).ok()
    }

    fn layer(&self, places: impl Iterator<Item = usize>, now_ns: i64) -> Vec<u8> {
        let mut by_key: HashMap<Cow<'_, str>, usize> = HashMap::new();
        let head = |place: usize| {
            let item = self.items[place];
            let key = item.key(self.store);
            by_key.insert(key.clone(), place);
            let group = self.group(place);
            let stamp = self.stamp(place).unwrap_or_default();
            let settled = group.is_some_and(|group| group.changed_ns < now_ns.saturating_sub(TICK_NS));
            let stamp = if settled { stamp } else { !stamp };
            let (created, resolved) = (item.created(self.store), item.resolved(self.store));
            IndexHead { key: key.into_owned(), created, resolved, stamp }
        };
        let heads: Vec<IndexHead> = places.map(head).collect();
        build(heads, self.context(), |head, page| {
            if let Some(place) = by_key.get(head.key.as_str()) {
                fill(page, &Texts::of_item(self.store, self.items[*place]));
            }
        })
    }

    /// Returns the group of files that a document is made of.
    fn group(&self, place: usize) -> Option<&'a FolderGroup> {
        self.items[place].group(self.store)
    }

    /// Returns a hash that changes when a file of the document changes.
    fn stamp(&self, place: usize) -> Option<u64> {
        self.group(place)?.stamp
    }

    /// Returns a hash that changes when the text of a document can change although its files stay the same: templates
    /// name the sections that are the answer.
    fn context(&self) -> u64 {
        let templates = self.store.templates.iter();
        let named: Vec<(&str, &[String])> = templates
            .map(|template| (template.name.as_str(), &template.answer_sections[..]))
            .filter(|(_, sections)| !sections.is_empty())
            .collect();
        FixedState::default().hash_one(named)
    }

    /// Returns whether `head` describes the current document at `place`.
    fn is_current(&self, place: usize, head: &IndexHead) -> bool {
        self.stamp(place) == Some(head.stamp) && self.items[place].created(self.store) == head.created
    }

    /// Returns whether `index` has exactly the current documents at `places`.
    fn has_exactly(&self, index: &Index, places: &[usize]) -> bool {
        let heads: HashMap<&str, &IndexHead> =
            index.documents().map(|(_, head)| (head.key.as_str(), head)).collect();
        let has = |place: &usize| {
            let head = heads.get(&*self.items[*place].key(self.store));
            head.is_some_and(|head| self.is_current(*place, head))
        };
        index.context() == Some(self.context()) && heads.len() == places.len() && places.iter().all(has)
    }

    /// Returns the place of each document of `index`, by document number.
    fn places(&self, index: &Index) -> Vec<Option<usize>> {
        let by_key: OnceCell<HashMap<Cow<'_, str>, usize>> = OnceCell::new();
        // Both lists are ordered by time, so the next document is nearly always at the next place.
        let mut next = 0;
        let place = |head: &IndexHead| {
            let is_next = self.items.get(next).is_some_and(|item| item.key(self.store) == head.key);
            let place = match is_next {
                true => next,
                false => *by_key
                    .get_or_init(|| {
                        let keys = self.items.iter().map(|item| item.key(self.store));
                        keys.enumerate().map(|(place, key)| (key, place)).collect()
                    })
                    .get(head.key.as_str())?,
            };
            next = place + 1;
            Some(place)
        };
        index.heads().iter().map(place).collect()
    }

    /// Returns the ticket or article of each document of `index`, by document number; `None` for a stale document.
    pub(super) fn items(&self, index: &Index) -> Vec<Option<Item>> {
        let places = (0..).zip(self.places(index));
        let item = |(number, place): (u32, Option<usize>)| {
            place.filter(|_| index.is_alive(number)).map(|place| self.items[place])
        };
        places.map(item).collect()
    }
}

/// Adds `texts` to the page of their document.
pub(super) fn fill(page: &mut DocumentBuilder<'_>, texts: &Texts) {
    for (field, text) in texts.iter() {
        page.add(field, text);
    }
    texts.exact().chain(texts.names()).for_each(|term| page.add_exact(term));
}
