//! What accessors look up beside the ticket itself.

use std::{collections::HashSet, sync::OnceLock};

use jiff::tz::TimeZone;

use crate::{store::Store, text::Time, ticket::Thread};

/// The store around a ticket, for keys that ask about other tickets or the settings.
pub struct Lookup<'s> {
    store: &'s Store,
    zone: TimeZone,
    /// Tickets that answered others. Few queries ask for them.
    reused: OnceLock<HashSet<&'s str>>,
    /// Tickets that others are duplicates of.
    duplicated: OnceLock<HashSet<&'s str>>,
}

impl<'s> Lookup<'s> {
    /// A lookup in `store`.
    pub fn new(store: &'s Store) -> Self {
        Self { store, zone: store.settings.zone(), reused: OnceLock::new(), duplicated: OnceLock::new() }
    }

    /// The store.
    pub fn store(&self) -> &'s Store {
        self.store
    }

    /// The time zone whose days queries mean.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Returns the last second at which a ticket is within its service level, if it can be late.
    pub fn due(&self, thread: &Thread) -> Option<Time> {
        self.store.settings.due(thread, &self.zone)
    }

    /// Returns the names of what a link leads to: the link itself, and the id and former ids of the ticket.
    pub fn names<'a>(&'a self, link: &'a str) -> impl Iterator<Item = &'a str> {
        let of_ticket = |thread: &'a Thread| {
            [thread.id()].into_iter().chain(thread.state.aliases.iter().map(String::as_str))
        };
        [link].into_iter().chain(self.store.thread(link).into_iter().flat_map(of_ticket))
    }

    /// Whether another ticket was answered by this one.
    pub fn is_reused(&self, thread: &Thread) -> bool {
        self.reused.get_or_init(|| self.linked(|other| &other.state.answered_by)).contains(thread.id())
    }

    /// Whether another ticket was resolved as a duplicate of this one.
    pub fn is_duplicated(&self, thread: &Thread) -> bool {
        let links = |other: &'s Thread| other.state.duplicate_of.as_slice();
        self.duplicated.get_or_init(|| self.linked(links)).contains(thread.id())
    }

    /// Returns the ids of the tickets that any ticket names in `links`. A former id names the same ticket.
    fn linked(&self, links: impl Fn(&'s Thread) -> &'s [String]) -> HashSet<&'s str> {
        let id = |name: &'s String| self.store.thread(name).map_or(name.as_str(), Thread::id);
        self.store.threads.iter().flat_map(|thread| links(thread)).map(id).collect()
    }
}
