//! The tickets that are near to every ticket of a store, by what their requesters wrote ([`join`](super::join)). They are
//! cached, so that after a change only the lists are made again that can differ.
//!
//! The lists depend only on the tickets, not on the order in which they came (a test compares them).

use serde::{Deserialize, Serialize};

use super::{
    Item, Texts,
    documents::fill,
    join::{
        FormerTicket, JoinedTickets, Neighbour, RelatedTicket, TicketChange, TicketLists, compare, stale,
    },
    site_texts::{origins, settled_stamp},
};
use crate::{
    index::{CollectedTerms, DocumentOrigin, ForwardIndex, StoredForwardIndex},
    repo::{CacheSlot, checksum, sealed_value, unsealed},
    store::Store,
};

/// The version of the format. Increase it when the content or its meaning changes, such as the weights of terms.
const FORMAT: u32 = 2;

/// All lists are made again if more tickets than this are new, and more than a twentieth of all.
const MOST_NEW: usize = 256;

/// The lists are stored again if more tickets than this differ. Fewer are compared again in less time than it takes to write
/// the lists.
const MOST_COMPARED_AGAIN: usize = 16;

/// A file that changed within this time can change again within the same tick of the file system's clock.
const TICK_NS: i64 = 20_000_000;

/// The tickets that are near to every ticket, in the order of the store's threads.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Neighbours {
    /// For each ticket its nearest tickets, whether or not they are similar enough to be shown, the nearest first.
    nearest: Vec<Vec<Neighbour>>,
    /// For each ticket those that are similar enough to be shown, the most similar first.
    similar: Vec<Vec<RelatedTicket>>,
}

/// The lists as they are stored.
#[derive(Serialize, Deserialize)]
struct StoredLists {
    keys: Vec<String>,
    stamps: Vec<Option<u64>>,
    lists: Neighbours,
}

/// What an update needs beside the lists, in a second file.
#[derive(Serialize, Deserialize)]
struct StoredTerms<'a> {
    /// A hash of the lists that belong to the terms.
    lists: u64,
    tickets: Vec<FormerTicket>,
    #[serde(borrow)]
    terms: StoredForwardIndex<'a>,
}

/// The tickets of a store, from which the lists are made.
struct Tickets<'a> {
    store: &'a Store,
    settled_ns: i64,
}

/// The lists with what an update of them needs.
struct NewLists {
    lists: Neighbours,
    tickets: Vec<FormerTicket>,
    terms: ForwardIndex,
}

impl Neighbours {
    /// Compares all tickets of `store`. Reads the lists of the last time from `slot`, and stores them there if many tickets differ.
    pub(crate) fn of(store: &Store, slot: &CacheSlot) -> Self {
        let tickets = Tickets { store, settled_ns: slot.now_ns().saturating_sub(TICK_NS) };
        let bytes = slot.read();
        let last: Option<StoredLists> =
            bytes.as_deref().and_then(|bytes| postcard::from_bytes(unsealed(FORMAT, bytes)?).ok());
        let last = last.filter(StoredLists::is_whole);
        let terms_slot = slot.beside("terms");
        let new = match last.zip(bytes) {
            Some((last, bytes)) => {
                let keys = tickets.items().map(|item| (item, item.key(store)));
                let (origins, new) = origins(store, keys, (&last.keys, &last.stamps), tickets.settled_ns);
                if new.is_empty() && origins.len() == last.lists.len() {
                    return last.lists;
                }
                let is_small = new.len() <= MOST_NEW.max(origins.len() / 20);
                let terms = is_small.then(|| terms_slot.read()).flatten();
                let updated =
                    terms.and_then(|terms| tickets.updated(&last, checksum(&bytes), &terms, &origins, &new));
                // The former versions of changed tickets and the tickets that are gone, or the new ones.
                let gone = last.lists.len() + new.len() - origins.len();
                match updated {
                    Some(made) if new.len().max(gone) <= MOST_COMPARED_AGAIN => return made.lists,
                    made => made.unwrap_or_else(|| tickets.whole()),
                }
            }
            None => tickets.whole(),
        };
        tickets.store_in(slot, &terms_slot, &new);
        new.lists
    }

    /// Returns the nearest tickets of the ticket at `place`, whether or not they are similar enough to be shown, the nearest
    /// first.
    pub(crate) fn nearest_to(&self, place: usize) -> &[Neighbour] {
        self.nearest.get(place).map_or(&[], Vec::as_slice)
    }

    /// Returns the tickets that are similar enough to the ticket at `place` to be shown, the most similar first.
    pub(crate) fn similar_to(&self, place: usize) -> &[RelatedTicket] {
        self.similar.get(place).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn len(&self) -> usize {
        self.nearest.len()
    }

    /// Returns the lists of the ticket at `place`, in which `moved` gives the current place of each ticket.
    fn lists_at(
        &self,
        place: usize,
        moved: impl Fn(u32) -> Option<u32>,
    ) -> (Vec<Neighbour>, Vec<RelatedTicket>) {
        let near = self.nearest_to(place).iter();
        let similar = self.similar_to(place).iter();
        (
            near.filter_map(|(other, similarity)| Some((moved(*other)?, *similarity))).collect(),
            similar
                .filter_map(|one| Some(RelatedTicket { ticket: moved(one.ticket)?, ..one.clone() }))
                .collect(),
        )
    }
}

impl StoredLists {
    fn is_whole(&self) -> bool {
        let Neighbours { nearest, similar } = &self.lists;
        [self.stamps.len(), nearest.len(), similar.len()].iter().all(|len| *len == self.keys.len())
    }
}

impl NewLists {
    fn with_capacity(count: usize, terms: ForwardIndex) -> Self {
        let lists = Neighbours { nearest: Vec::with_capacity(count), similar: Vec::with_capacity(count) };
        Self { lists, tickets: Vec::with_capacity(count), terms }
    }

    fn push(&mut self, (nearest, similar): (Vec<Neighbour>, Vec<RelatedTicket>), ticket: FormerTicket) {
        self.lists.nearest.push(nearest);
        self.lists.similar.push(similar);
        self.tickets.push(ticket);
    }
}

impl Tickets<'_> {
    fn items(&self) -> impl ExactSizeIterator<Item = Item> {
        (0..self.store.threads.len()).map(Item::Ticket)
    }

    /// Reads the terms of the tickets at `places`.
    fn terms(&self, places: &[usize]) -> ForwardIndex {
        let collected = CollectedTerms::of(places.len(), |number, page| {
            fill(page, &Texts::of_ticket(self.store, &self.store.threads[places[number]]));
        });
        collected.each_term_with_forward(|_, _, _| {})
    }

    /// Makes all lists.
    fn whole(&self) -> NewLists {
        let places: Vec<usize> = (0..self.store.threads.len()).collect();
        let terms = self.terms(&places);
        let made = compare(JoinedTickets { store: self.store, terms: &terms }, &places);
        let mut new = NewLists::with_capacity(places.len(), terms);
        for (place, TicketLists { nearest, similar, reach }) in made.into_iter().enumerate() {
            new.push((nearest, similar), FormerTicket::of(self.store, place, reach));
        }
        new
    }

    /// Makes the lists that can differ from those of the last time. Returns `None` if nearly all can, or if `terms` do not
    /// belong to the lists.
    fn updated(
        &self,
        last: &StoredLists,
        last_hash: u64,
        terms: &[u8],
        origins: &[DocumentOrigin],
        new: &[usize],
    ) -> Option<NewLists> {
        let stored: StoredTerms<'_> = postcard::from_bytes(unsealed(FORMAT, terms)?).ok()?;
        let former_terms = ForwardIndex::read(stored.terms)?;
        let mut former = stored.tickets;
        let is_whole = former.len() == last.lists.len() && former_terms.len() == last.lists.len();
        if stored.lists != last_hash || !is_whole {
            return None;
        }
        let (terms, change) = former_terms.updated(origins, &self.terms(new));
        let tickets = JoinedTickets { store: self.store, terms: &terms };
        let change = TicketChange { former: &former, origins, terms: &change };
        let stale = stale(tickets, &change)?;
        let made = compare(tickets, &stale);
        let mut places: Vec<Option<u32>> = vec![None; former.len()];
        for (place, origin) in (0..).zip(origins) {
            if let DocumentOrigin::Former(number) = origin {
                places[*number] = Some(place);
            }
        }
        let moved = |other: u32| places.get(other as usize).copied().flatten();
        let mut all = NewLists::with_capacity(origins.len(), ForwardIndex::default());
        let mut made = stale.into_iter().zip(made).peekable();
        for (place, origin) in origins.iter().enumerate() {
            let (lists, reach) = match (made.next_if(|(stale, _)| *stale == place), origin) {
                (Some((_, TicketLists { nearest, similar, reach })), _) => ((nearest, similar), reach),
                (None, DocumentOrigin::Former(number)) => {
                    (last.lists.lists_at(*number, moved), std::mem::take(&mut former[*number].reach))
                }
                // A new ticket is always stale.
                (None, DocumentOrigin::New(_)) => return None,
            };
            all.push(lists, FormerTicket::of(self.store, place, reach));
        }
        Some(NewLists { terms, ..all })
    }

    fn store_in(&self, slot: &CacheSlot, terms_slot: &CacheSlot, new: &NewLists) {
        let stored = StoredListsRef {
            keys: self.items().map(|item| item.key(self.store).into_owned()).collect(),
            stamps: self.items().map(|item| settled_stamp(self.store, item, self.settled_ns)).collect(),
            lists: &new.lists,
        };
        let Some(lists) = sealed_value(FORMAT, &stored) else { return };
        let terms =
            StoredTermsRef { lists: checksum(&lists), tickets: &new.tickets, terms: new.terms.stored() };
        if let Some(terms) = sealed_value(FORMAT, &terms) {
            terms_slot.write(&terms);
            slot.write(&lists);
        }
    }
}

/// [`StoredLists`] as they are written.
#[derive(Serialize)]
struct StoredListsRef<'a> {
    keys: Vec<String>,
    stamps: Vec<Option<u64>>,
    lists: &'a Neighbours,
}

/// [`StoredTerms`] as they are written.
#[derive(Serialize)]
struct StoredTermsRef<'a> {
    lists: u64,
    tickets: &'a [FormerTicket],
    terms: StoredForwardIndex<'a>,
}
