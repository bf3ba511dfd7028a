//! Which tickets are near to which, for the similar tickets on pages and for the clusters.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use super::TicketNo;
use crate::knowledge::clusters::Clusters;
use crate::repo::CacheSlot;
use crate::search::{join::RelatedTicket, neighbours::Neighbours};
use crate::store::Store;

/// The tickets that are near to each other. A public site compares only the tickets that it shows, so that nothing about
/// others is revealed. The team's site compares all, because its report counts all, and shows those that have a page.
pub(super) struct NearTickets {
    /// The tickets that are compared.
    store: Arc<Store>,
    slot: CacheSlot,
    lists: OnceLock<Neighbours>,
    clusters: OnceLock<Clusters>,
    /// The places of the tickets with a page, if there are others.
    pages: Option<PagePlaces>,
}

/// The places of the tickets with a page among all.
struct PagePlaces {
    /// The place of each ticket with a page.
    places: Vec<usize>,
    /// The ticket with a page at each place.
    tickets: Vec<Option<TicketNo>>,
}

impl NearTickets {
    /// `shown` are the tickets with a page, and `all` those that are compared. `slot` is the cache of the lists.
    pub(super) fn new(shown: &Arc<Store>, all: Arc<Store>, slot: CacheSlot) -> Self {
        let pages = (!Arc::ptr_eq(shown, &all)).then(|| PagePlaces::of(shown, &all));
        Self { store: all, slot, lists: OnceLock::new(), clusters: OnceLock::new(), pages }
    }

    /// Compares the tickets. A build does this before it renders pages in parallel, because both use the same threads: a thread that
    /// waits for the lists could start a page that also waits for them.
    pub(super) fn lists(&self) -> &Neighbours {
        self.lists.get_or_init(|| Neighbours::of(&self.store, &self.slot))
    }

    /// Returns the clusters of the tickets that are compared.
    pub(super) fn clusters(&self) -> &Clusters {
        self.clusters.get_or_init(|| Clusters::among(&self.store, self.lists()))
    }

    /// Returns the clusters of the tickets with a page.
    pub(super) fn clusters_of_pages(&self) -> Cow<'_, Clusters> {
        match &self.pages {
            Some(pages) => Cow::Owned(self.clusters().of_some(|place| pages.tickets.get(place).copied()?)),
            None => Cow::Borrowed(self.clusters()),
        }
    }

    /// Returns the tickets with a page that are similar to ticket `n`, the most similar first.
    pub(super) fn similar_to(&self, n: TicketNo) -> Vec<(TicketNo, &RelatedTicket)> {
        let place = self.pages.as_ref().map_or(Some(n), |pages| pages.places.get(n).copied());
        let all = place.map_or(&[][..], |place| self.lists().similar_to(place)).iter();
        let with_page = |similar: &'_ RelatedTicket| -> Option<TicketNo> {
            let place = similar.ticket as usize;
            self.pages.as_ref().map_or(Some(place), |pages| *pages.tickets.get(place)?)
        };
        all.filter_map(|similar| Some((with_page(similar)?, similar))).collect()
    }
}

impl PagePlaces {
    fn of(shown: &Store, all: &Store) -> Self {
        let mut tickets = vec![None; all.threads.len()];
        let mut places = Vec::with_capacity(shown.threads.len());
        // The tickets with a page are in the same order as all.
        let mut rest = 0..all.threads.len();
        for n in 0..shown.threads.len() {
            let path = shown.threads.path(n);
            if let Some(place) = rest.find(|place| all.threads.path(*place) == path) {
                tickets[place] = Some(n);
                places.push(place);
            }
        }
        Self { places, tickets }
    }
}
