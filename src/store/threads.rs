//! The tickets of a store, read from its cache on demand.

use std::{
    collections::BTreeSet,
    fmt,
    ops::Index,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use foldhash::HashMap;
use rayon::prelude::*;

use super::cache::OpenCache;
use crate::{
    text::{RepoPath, Time},
    ticket::{Thread, Ticket, Visibility, fold},
};

/// Tickets with their replies, ordered by time of opening, then id. If two folders have the same id, both are
/// included.
///
/// Cached tickets are read one by one on demand, or all at once: a search in a large repository needs few of them.
#[derive(Default)]
pub struct Threads {
    slots: Vec<Slot>,
    /// The cache with the tickets that were not read yet.
    cache: Option<OpenCache>,
    by_id: OnceLock<HashMap<Box<str>, usize>>,
    by_path: OnceLock<HashMap<RepoPath, usize>>,
    /// Number of id lookups before the map of ids was built.
    lookups: AtomicUsize,
    /// Number of tickets that were read one by one.
    reads: AtomicUsize,
    field_names: OnceLock<BTreeSet<String>>,
}

/// After this many single reads, all tickets are read at once, which is faster.
const MANY: usize = 512;

/// After this many id lookups, a map of all ids is built.
const FEW: usize = 4;

/// A thread that may not be read yet.
pub(super) struct Slot {
    path: RepoPath,
    created: Option<Time>,
    /// The index in the groups of the store's layout, if it is known.
    group: Option<usize>,
    /// The index of the cache record; only used until the thread is read.
    record: usize,
    thread: OnceLock<Arc<Thread>>,
}

impl Slot {
    /// Creates a slot for a thread in the cache.
    pub(super) fn cached(path: RepoPath, created: Option<Time>, group: usize, record: usize) -> Self {
        Self { path, created, group: Some(group), record, thread: OnceLock::new() }
    }
}

impl From<Arc<Thread>> for Slot {
    fn from(thread: Arc<Thread>) -> Self {
        let (path, created) = (thread.ticket.file(), thread.ticket.created);
        Self { path, created, group: None, record: usize::MAX, thread: thread.into() }
    }
}

impl From<Vec<Arc<Thread>>> for Threads {
    fn from(threads: Vec<Arc<Thread>>) -> Self {
        Self::new(threads.into_iter().map(Slot::from).collect(), None)
    }
}

impl Threads {
    /// Creates the list from `slots` in any order. Threads that were not read yet are in `cache`.
    pub(super) fn new(mut slots: Vec<Slot>, cache: Option<OpenCache>) -> Self {
        slots.par_sort_unstable_by(|a, b| {
            let by_id = || (a.path.stem(), &a.path).cmp(&(b.path.stem(), &b.path));
            a.created.cmp(&b.created).then_with(by_id)
        });
        Self { slots, cache, ..Self::default() }
    }

    pub fn len(&self) -> usize {
        self.slots.len()
    }

    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Returns the thread at index `place`.
    pub fn get(&self, place: usize) -> Option<&Arc<Thread>> {
        self.slots.get(place).map(|slot| self.thread(slot))
    }

    fn thread<'a>(&'a self, slot: &'a Slot) -> &'a Arc<Thread> {
        if slot.thread.get().is_none() && self.reads.fetch_add(1, Ordering::Relaxed) == MANY {
            self.read_all();
        }
        slot.thread.get_or_init(|| self.read(slot))
    }

    fn read(&self, slot: &Slot) -> Arc<Thread> {
        // A thread that is not in the cache is in its slot already, so this fallback is never used.
        let nothing = || Arc::new(fold(Ticket::unread(&slot.path), Vec::new(), Visibility::Internal));
        self.cache.as_ref().map_or_else(nothing, |cache| cache.thread(slot.record, &slot.path))
    }

    /// Reads and returns all threads.
    pub fn all(&self) -> Vec<&Arc<Thread>> {
        self.read_all();
        self.slots.iter().map(|slot| slot.thread.get_or_init(|| self.read(slot))).collect()
    }

    fn read_all(&self) {
        if let Some(cache) = &self.cache {
            let mut unread: Vec<&Slot> =
                self.slots.iter().filter(|slot| slot.thread.get().is_none()).collect();
            unread.sort_by_key(|slot| slot.record);
            unread.par_chunks(256).for_each(|slots| {
                let records: Vec<(usize, &RepoPath)> =
                    slots.iter().map(|slot| (slot.record, &slot.path)).collect();
                for (slot, thread) in slots.iter().zip(cache.threads(&records)) {
                    slot.thread.set(thread).ok();
                }
            });
        }
    }

    /// Reads and returns all threads in order.
    pub fn iter(&self) -> std::vec::IntoIter<&Arc<Thread>> {
        self.all().into_iter()
    }

    /// Returns the path of the ticket at index `place`.
    pub fn path(&self, place: usize) -> &RepoPath {
        &self.slots[place].path
    }

    /// Returns the index of the ticket's files in the groups of the store's layout, if it is known.
    pub(super) fn group(&self, place: usize) -> Option<usize> {
        self.slots[place].group
    }

    /// Returns when the ticket at index `place` was opened.
    pub fn created(&self, place: usize) -> Option<Time> {
        self.slots[place].created
    }

    /// Returns the id of the ticket at index `place`.
    pub fn id(&self, place: usize) -> &str {
        self.slots[place].path.stem()
    }

    /// Returns all ids in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.slots.iter().map(|slot| slot.path.stem())
    }

    /// Returns the index of the ticket with this id or former id. Ids are compared first, so that a former id never
    /// hides the ticket that has the id now. If two folders have the same id, returns the older ticket.
    pub fn place(&self, id: &str) -> Option<usize> {
        // A linear search is faster than building the map for a few lookups.
        if self.by_id.get().is_none()
            && self.lookups.fetch_add(1, Ordering::Relaxed) < FEW
            && let Some(place) = self.ids().position(|known| known == id)
        {
            return Some(place);
        }
        let by_id = self.by_id.get_or_init(|| {
            let mut by_id: HashMap<Box<str>, usize> = HashMap::default();
            by_id.reserve(self.slots.len());
            for (place, id) in self.ids().enumerate() {
                by_id.entry(id.into()).or_insert(place);
            }
            for (place, slot) in self.slots.iter().enumerate() {
                let cache = || self.cache.as_ref().map(|cache| cache.aliases(slot.record));
                let aliases = match slot.thread.get() {
                    Some(thread) => Some(&thread.state.aliases[..]),
                    None => cache(),
                };
                for alias in aliases.unwrap_or_default() {
                    by_id.entry(alias.as_str().into()).or_insert(place);
                }
            }
            by_id
        });
        by_id.get(id).copied()
    }

    /// Returns the index of the ticket whose file is `path`.
    pub fn place_of(&self, path: &RepoPath) -> Option<usize> {
        // Ids are nearly always unique, so the lookup by id usually finds the right file.
        let by_id = self.place(path.stem()).filter(|place| self.slots[*place].path == *path);
        by_id.or_else(|| {
            let by_path = self.by_path.get_or_init(|| {
                self.slots.iter().enumerate().map(|(place, slot)| (slot.path.clone(), place)).collect()
            });
            by_path.get(path).copied()
        })
    }

    /// Returns the names of all fields that any ticket has.
    pub fn field_names(&self) -> &BTreeSet<String> {
        self.field_names.get_or_init(|| {
            let mut names = BTreeSet::new();
            let mut sets = BTreeSet::new();
            for slot in &self.slots {
                match (slot.thread.get(), &self.cache) {
                    (Some(thread), _) => {
                        names.extend(thread.state.fields.iter().map(|(name, _)| name.as_str()));
                    }
                    (None, Some(cache)) => drop(sets.insert(cache.fields(slot.record))),
                    (None, None) => {}
                }
            }
            names.extend(sets.into_iter().flatten().map(String::as_str));
            names.into_iter().map(str::to_owned).collect()
        })
    }
}

impl Index<usize> for Threads {
    type Output = Arc<Thread>;

    fn index(&self, place: usize) -> &Arc<Thread> {
        self.thread(&self.slots[place])
    }
}

impl<'a> IntoIterator for &'a Threads {
    type Item = &'a Arc<Thread>;
    type IntoIter = std::vec::IntoIter<&'a Arc<Thread>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl PartialEq for Threads {
    fn eq(&self, other: &Self) -> bool {
        self.all() == other.all()
    }
}

impl fmt::Debug for Threads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
