//! The people of the internal site.

use std::sync::Arc;

use super::{Model, TicketNo};

/// The tickets of a person, ordered by opening time. A ticket is in one of the lists.
#[derive(Default)]
pub(in crate::site) struct PersonPage {
    pub(in crate::site) asked: Vec<TicketNo>,
    /// The tickets of others that this person resolved.
    pub(in crate::site) resolved: Vec<TicketNo>,
    /// The other tickets of others with a reply of this person.
    pub(in crate::site) replied: Vec<TicketNo>,
}

impl PersonPage {
    /// Returns all tickets of the person.
    pub(super) fn tickets(&self) -> impl Iterator<Item = TicketNo> {
        self.asked.iter().chain(&self.resolved).chain(&self.replied).copied()
    }
}

impl Model {
    pub(super) fn group_by_person(&mut self) {
        let store = Arc::clone(&self.store);
        for (n, thread) in store.threads.iter().enumerate() {
            let requester = thread.ticket.requester.as_deref();
            let resolver = thread.resolved().and_then(|_| thread.resolving_reply()?.author.as_deref());
            let mut add = |id: &str, list: fn(&mut PersonPage) -> &mut Vec<TicketNo>| {
                if !self.people.contains_key(id) {
                    self.people.insert(id.to_owned(), PersonPage::default());
                }
                if let Some(list) = self.people.get_mut(id).map(list)
                    && list.last() != Some(&n)
                {
                    list.push(n);
                }
            };
            if let Some(id) = requester {
                add(id, |person| &mut person.asked);
            }
            if let Some(id) = resolver.filter(|id| Some(*id) != requester) {
                add(id, |person| &mut person.resolved);
            }
            for id in thread.replies.iter().filter_map(|reply| reply.author.as_deref()) {
                if Some(id) != requester && Some(id) != resolver {
                    add(id, |person| &mut person.replied);
                }
            }
        }
        self.people.sort_unstable_keys();
    }
}
