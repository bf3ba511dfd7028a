//! The tickets and articles of a store as documents of an index: made, and brought up to date.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use rayon::prelude::*;

use super::{
    Item, Texts,
    index::{Head, Index, Page, ReadAt, build},
};
use crate::{
    repo::{CacheReader, CacheSlot, Entry, Stamp},
    store::{Role, Store},
    text::RepoPath,
};

/// More new documents than this, and than a twentieth of all, are worth an index made anew.
const MOST_NEW: usize = 256;

/// A file that changed so lately may change again within the same tick of its clock.
const TICK_NS: i64 = 20_000_000;

impl ReadAt for Arc<CacheReader> {
    fn read_at(&self, offset: u64, len: usize) -> std::io::Result<Cow<'_, [u8]>> {
        CacheReader::read_at(self, offset, len).map(Cow::Owned)
    }
}

/// The documents as they are now.
pub(super) struct Documents {
    /// Each with the newest change of its files, in nanoseconds since 1970.
    heads: Vec<(Head, i64)>,
    /// What each is of.
    items: Vec<Item>,
}

impl Documents {
    /// The tickets and articles of `store`, one document each.
    pub(super) fn of(store: &Store) -> Self {
        let items: Vec<Item> = Item::all(store).collect();
        let head = |item: &Item| {
            let (stamp, changed) = stamp(store, *item);
            (Head { key: item.key(store), created: item.created(store), stamp }, changed)
        };
        Self { heads: items.par_iter().map(head).collect(), items }
    }

    /// An index of them, for keeping. `now_ns` is the time by the clock that stamps the files: what changed just before
    /// is stored with a stamp that it does not have, and so read again the next time (git's racy rule).
    pub(super) fn build(&self, store: &Store, now_ns: i64) -> Vec<u8> {
        self.layer(self.heads.iter(), store, now_ns)
    }

    /// A kept index without what is gone and with what is new; `None` when it is better made anew. What is new is taken from
    /// where `newer` keeps it, if that is what it was made of; else it is read, and kept there.
    pub(super) fn update(&self, mut index: Index, newer: Option<&CacheSlot>, store: &Store) -> Option<Index> {
        let places = self.places();
        let mut is_new = vec![true; self.heads.len()];
        index.retain(|head| {
            let place = places.get(head.key.as_str()).filter(|place| self.heads[**place].0 == *head);
            place.into_iter().for_each(|place| is_new[*place] = false);
            place.is_some()
        });
        let new: Vec<&(Head, i64)> =
            self.heads.iter().zip(&is_new).filter(|(_, is_new)| **is_new).map(|(head, _)| head).collect();
        if new.len() > MOST_NEW.max(self.heads.len() / 20) {
            return None;
        }
        if new.is_empty() {
            return Some(index);
        }
        if let Some(kept) = newer.and_then(CacheSlot::reader).map(Arc::new)
            && Index::open(Arc::clone(&kept)).is_ok_and(|kept| is_of(&kept, &new))
        {
            return index.with_newer(kept).ok();
        }
        let layer = self.layer(new.into_iter(), store, newer.map_or(i64::MAX, CacheSlot::now_ns));
        newer.into_iter().for_each(|newer| newer.write(&layer));
        index.with_newer(layer).ok()
    }

    fn places(&self) -> HashMap<&str, usize> {
        self.heads.iter().enumerate().map(|(place, (head, _))| (head.key.as_str(), place)).collect()
    }

    fn layer<'a>(&self, heads: impl Iterator<Item = &'a (Head, i64)>, store: &Store, now_ns: i64) -> Vec<u8> {
        let places = self.places();
        let heads = heads.map(|(head, changed)| {
            let settled = *changed < now_ns.saturating_sub(TICK_NS);
            Head { stamp: if settled { head.stamp } else { !head.stamp }, ..head.clone() }
        });
        build(heads.collect(), store.fingerprint(), |head, page| {
            if let Some(place) = places.get(head.key.as_str()) {
                fill(page, &Texts::of_item(store, self.items[*place]));
            }
        })
    }

    /// What each document of `index` is of, by its number; nothing for one that no longer counts.
    pub(super) fn items(&self, index: &Index) -> Vec<Option<Item>> {
        let places = self.places();
        let mut items = vec![None; index.numbers()];
        for (number, head) in index.documents() {
            items[number as usize] = places.get(head.key.as_str()).map(|place| self.items[*place]);
        }
        items
    }
}

/// Whether `index` has these documents as they are now, and no others.
fn is_of(index: &Index, heads: &[&(Head, i64)]) -> bool {
    let known: HashMap<&str, u64> =
        index.documents().map(|(_, head)| (head.key.as_str(), head.stamp)).collect();
    known.len() == heads.len()
        && heads.iter().all(|(head, _)| known.get(head.key.as_str()) == Some(&head.stamp))
}

/// Adds `texts` to the page of their document.
pub(super) fn fill(page: &mut Page<'_>, texts: &Texts) {
    for (field, text) in texts.iter() {
        page.add(field, text);
    }
    texts.exact().for_each(|term| page.add_exact(term));
}

/// What changes when any text of `item` does, or when it has more or fewer; and the newest change of its files, which
/// is the end of time where nothing tells.
fn stamp(store: &Store, item: Item) -> (u64, i64) {
    let mut hasher = blake3::Hasher::new();
    let mut newest = i64::MIN;
    let mut walk = Walk { files: &store.layout.files, next: 0 };
    let mut add = |path: Option<&RepoPath>| {
        match path.and_then(|path| walk.entry(path)).map(|entry| entry.stamp) {
            Some(Stamp::Blob(id)) => {
                hasher.update(&id);
            }
            Some(Stamp::Stat { mtime_ns, ctime_ns, size, inode }) => {
                hasher.update(&mtime_ns.to_le_bytes());
                hasher.update(&ctime_ns.to_le_bytes());
                hasher.update(&size.to_le_bytes());
                hasher.update(&inode.to_le_bytes());
                newest = newest.max(mtime_ns).max(ctime_ns);
            }
            Some(Stamp::None) | None => newest = i64::MAX,
        };
    };
    item.article(store).into_iter().for_each(|article| add(article.path.as_ref()));
    if let Some(thread) = item.ticket(store) {
        add(thread.ticket.path.as_ref());
        thread.replies.iter().for_each(|reply| add(reply.path.as_ref()));
    }
    let bytes = hasher.finalize();
    (u64::from_le_bytes(bytes.as_bytes()[..8].try_into().unwrap_or_default()), newest)
}

/// Looks up files that mostly stand in order: a ticket and its replies.
struct Walk<'a> {
    files: &'a [(Entry, Role)],
    /// Where the next one is expected.
    next: usize,
}

impl<'a> Walk<'a> {
    fn entry(&mut self, path: &RepoPath) -> Option<&'a Entry> {
        let expected = self.files.get(self.next).filter(|(entry, _)| entry.path == *path);
        if expected.is_none() {
            self.next = self.files.binary_search_by(|(entry, _)| entry.path.cmp(path)).ok()?;
        }
        let found = self.files.get(self.next);
        self.next += 1;
        found.map(|(entry, _)| entry)
    }
}
