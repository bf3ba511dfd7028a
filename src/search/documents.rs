//! The tickets and articles of a store as documents of an index: made, and brought up to date.

use std::collections::{HashMap, HashSet};

use super::{
    Item, Texts,
    index::{Head, Index, Page, ReadAt, build},
};
use crate::{
    repo::{CacheReader, Stamp},
    store::Store,
    text::RepoPath,
};

/// More new documents than this, and than a twentieth of all, are worth an index made anew.
const MOST_NEW: usize = 256;

/// A file that changed so lately may change again within the same tick of its clock.
const TICK_NS: i64 = 20_000_000;

impl ReadAt for CacheReader {
    fn read_at(&self, offset: u64, len: usize) -> std::io::Result<Vec<u8>> {
        self.read_at(offset, len)
    }
}

/// The documents as they are now.
pub(super) struct Documents {
    /// Each with the newest change of its files, in nanoseconds since 1970.
    heads: Vec<(Head, i64)>,
    /// Where each stands in the store.
    at: HashMap<String, Item>,
}

impl Documents {
    /// The tickets and articles of `store`, one document each.
    pub(super) fn of(store: &Store) -> Self {
        let mut heads = Vec::with_capacity(store.threads.len() + store.articles.len());
        let mut at = HashMap::with_capacity(heads.capacity());
        for item in Item::all(store) {
            let key = item.key(store);
            let (stamp, changed) = stamp(store, item);
            heads.push((Head { key: key.clone(), created: item.created(store), stamp }, changed));
            at.insert(key, item);
        }
        Self { heads, at }
    }

    /// An index of them, for keeping. `now_ns` is the time by the clock that stamps the files: what changed just before
    /// is stored with a stamp that it does not have, and so read again the next time (git's racy rule).
    pub(super) fn build(&self, store: &Store, now_ns: i64) -> Vec<u8> {
        let heads = self.heads.iter().map(|(head, changed)| {
            let settled = *changed < now_ns.saturating_sub(TICK_NS);
            Head { stamp: if settled { head.stamp } else { !head.stamp }, ..head.clone() }
        });
        self.layer(heads.collect(), store)
    }

    /// A kept index without what is gone and with what is new; `None` when it is better made anew.
    pub(super) fn update(&self, mut index: Index, store: &Store) -> Option<Index> {
        let now: HashMap<&str, &Head> =
            self.heads.iter().map(|(head, _)| (head.key.as_str(), head)).collect();
        index.retain(|head| now.get(head.key.as_str()).is_some_and(|known| *known == head));
        let kept: HashSet<&str> = index.documents().map(|(_, head)| head.key.as_str()).collect();
        let new = self.heads.iter().filter(|(head, _)| !kept.contains(head.key.as_str()));
        let new: Vec<Head> = new.map(|(head, _)| head.clone()).collect();
        match new.len() {
            0 => Some(index),
            some if some > MOST_NEW.max(self.heads.len() / 20) => None,
            _ => index.with_newer(self.layer(new, store)).ok(),
        }
    }

    fn layer(&self, heads: Vec<Head>, store: &Store) -> Vec<u8> {
        build(heads, store.fingerprint(), |head, page| {
            if let Some(item) = self.at.get(&head.key) {
                fill(page, &Texts::of_item(store, *item));
            }
        })
    }

    /// What each document of `index` is of, by its number; nothing for one that no longer counts.
    pub(super) fn items(&self, index: &Index) -> Vec<Option<Item>> {
        let mut items = vec![None; index.numbers()];
        for (number, head) in index.documents() {
            items[number as usize] = self.at.get(&head.key).copied();
        }
        items
    }
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
    let mut add = |path: Option<&RepoPath>| {
        match path.and_then(|path| store.layout.entry(path)).map(|(entry, _)| entry.stamp) {
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
