//! Lookups in the store for keys that depend on more than the ticket.

use std::{collections::HashSet, sync::OnceLock};

use jiff::tz::TimeZone;

use crate::{
    report::{Due, ServiceLevels},
    store::Store,
    text::Time,
    ticket::Thread,
};

/// The store of a ticket, for keys that depend on other tickets or on the settings.
pub struct Lookup<'s> {
    store: &'s Store,
    zone: TimeZone,
    levels: ServiceLevels<'s>,
    /// Ids of tickets whose answer was used for another ticket. They are computed on demand, because few queries
    /// need them.
    reused: OnceLock<HashSet<&'s str>>,
    /// Ids of tickets that have duplicates.
    duplicated: OnceLock<HashSet<&'s str>>,
}

impl<'s> Lookup<'s> {
    pub fn new(store: &'s Store) -> Self {
        Self {
            store,
            zone: store.settings.zone(),
            levels: ServiceLevels::of(&store.settings),
            reused: OnceLock::new(),
            duplicated: OnceLock::new(),
        }
    }

    pub fn store(&self) -> &'s Store {
        self.store
    }

    /// Returns the time zone for the days of queries.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Returns the time at which a ticket is due, after which it is overdue.
    pub fn due(&self, thread: &Thread) -> Option<Time> {
        self.levels.due(thread).map(|due| due.at)
    }

    /// Returns the time after which a ticket is at risk.
    pub fn at_risk(&self, thread: &Thread) -> Option<Time> {
        self.levels.due(thread).map(Due::last_without_risk)
    }

    /// Returns all names of the ticket that `link` refers to: the link itself, and the ticket's id and former ids.
    pub fn names<'a>(&'a self, link: &'a str) -> impl Iterator<Item = &'a str> {
        let of_ticket = |thread: &'a Thread| {
            [thread.id()].into_iter().chain(thread.state.aliases.iter().map(String::as_str))
        };
        [link].into_iter().chain(self.store.thread(link).into_iter().flat_map(of_ticket))
    }

    /// Returns true if the answer of this ticket was used for another ticket.
    pub fn is_reused(&self, thread: &Thread) -> bool {
        self.reused.get_or_init(|| self.linked(|other| &other.state.answered_by)).contains(thread.id())
    }

    /// Returns true if another ticket was resolved as a duplicate of this ticket.
    pub fn is_duplicated(&self, thread: &Thread) -> bool {
        let links = |other: &'s Thread| other.state.duplicate_of.as_slice();
        self.duplicated.get_or_init(|| self.linked(links)).contains(thread.id())
    }

    /// Returns the ids of the tickets in the `links` of any ticket. Former ids are replaced by the current id.
    fn linked(&self, links: impl Fn(&'s Thread) -> &'s [String]) -> HashSet<&'s str> {
        let id = |name: &'s String| self.store.thread(name).map_or(name.as_str(), Thread::id);
        self.store.threads.iter().flat_map(|thread| links(thread)).map(id).collect()
    }
}
