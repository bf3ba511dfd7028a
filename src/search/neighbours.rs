//! The nearest tickets of every ticket of a store, by what their requesters wrote. They are cached, so that after a
//! change only the lists are made again that can differ.
//!
//! Replies are not compared: two tickets are about the same problem whatever was answered, and so a reply changes no
//! list. The lists depend only on the tickets, not on the order in which they came (a test compares them).

use serde::{Deserialize, Serialize};

use super::{
    Item, Texts,
    documents::fill,
    join::{DocumentChange, FormerDocument, JoinedDocuments, NearestReach, NearestTickets, nearest, stale},
    site_texts::{origins, settled_stamp},
};
use crate::{
    index::{CollectedTerms, DocumentOrigin, ForwardIndex, StoredForwardIndex},
    repo::{CacheSlot, checksum, sealed_value, unsealed},
    store::Store,
};

/// The version of the format. Increase it when the content or its meaning changes, such as the weights of terms.
const FORMAT: u32 = 1;

/// All lists are made again if more tickets than this are new, and more than a twentieth of all.
const MOST_NEW: usize = 256;

/// A file that changed within this time can change again within the same tick of the file system's clock.
const TICK_NS: i64 = 20_000_000;

/// A ticket that is near to another one: its place in the store's threads, and its similarity.
pub(crate) type Neighbour = (u32, f32);

/// The nearest tickets of every ticket.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Neighbours {
    /// For each ticket in the order of the store's threads, its nearest tickets, the nearest first.
    lists: Vec<Vec<Neighbour>>,
}

/// The lists as they are stored. They are read whenever clusters are shown.
#[derive(Serialize, Deserialize)]
struct StoredLists {
    keys: Vec<String>,
    stamps: Vec<Option<u64>>,
    lists: Vec<Vec<Neighbour>>,
}

/// What an update needs beside the lists, in a second file.
#[derive(Serialize, Deserialize)]
struct StoredTerms<'a> {
    /// A hash of the lists that belong to the terms.
    lists: u64,
    documents: Vec<FormerDocument<NearestReach>>,
    #[serde(borrow)]
    terms: StoredForwardIndex<'a>,
}

/// The tickets of a store as documents.
struct TicketDocuments<'a> {
    store: &'a Store,
    items: Vec<Item>,
    settled_ns: i64,
}

/// The lists with what an update of them needs.
struct NewLists {
    lists: Vec<Vec<Neighbour>>,
    documents: Vec<FormerDocument<NearestReach>>,
    terms: ForwardIndex,
}

impl Neighbours {
    /// Returns the nearest tickets of every ticket of `store`. Reads the lists of the last time from `slot`, and stores them
    /// there if they differ.
    pub(crate) fn of(store: &Store, slot: &CacheSlot) -> Self {
        let items = (0..store.threads.len()).map(Item::Ticket).collect();
        let documents = TicketDocuments { store, items, settled_ns: slot.now_ns().saturating_sub(TICK_NS) };
        let bytes = slot.read();
        let last: Option<StoredLists> =
            bytes.as_deref().and_then(|bytes| postcard::from_bytes(unsealed(FORMAT, bytes)?).ok());
        let last = last.filter(StoredLists::is_whole);
        let terms_slot = slot.beside("terms");
        let new = match last.zip(bytes) {
            Some((last, bytes)) => {
                let keys = documents.items.iter().map(|item| (*item, item.key(store)));
                let (origins, new) = origins(store, keys, (&last.keys, &last.stamps), documents.settled_ns);
                if new.is_empty() && origins.len() == last.lists.len() {
                    return Self { lists: last.lists };
                }
                let is_small = new.len() <= MOST_NEW.max(origins.len() / 20);
                let terms = is_small.then(|| terms_slot.read()).flatten();
                let updated = terms
                    .and_then(|terms| documents.updated(&last, checksum(&bytes), &terms, &origins, &new));
                updated.unwrap_or_else(|| documents.whole())
            }
            None => documents.whole(),
        };
        documents.store_in(slot, &terms_slot, &new);
        Self { lists: new.lists }
    }

    /// Returns the nearest tickets of the ticket at `place`, the nearest first.
    pub(crate) fn of_ticket(&self, place: usize) -> &[Neighbour] {
        self.lists.get(place).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn len(&self) -> usize {
        self.lists.len()
    }
}

impl StoredLists {
    fn is_whole(&self) -> bool {
        self.keys.len() == self.lists.len() && self.stamps.len() == self.lists.len()
    }
}

impl TicketDocuments<'_> {
    fn joined<'a>(&'a self, terms: &'a ForwardIndex) -> JoinedDocuments<'a> {
        JoinedDocuments { store: self.store, items: &self.items, terms }
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
        let places: Vec<usize> = (0..self.items.len()).collect();
        let terms = self.terms(&places);
        let (mut lists, mut documents) = (Vec::new(), Vec::new());
        for (place, NearestTickets { tickets, reach }) in
            nearest(self.joined(&terms), &places).into_iter().enumerate()
        {
            lists.push(tickets);
            documents.push(FormerDocument::of(self.store, self.items[place], Some(reach)));
        }
        NewLists { lists, documents, terms }
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
        let mut former = stored.documents;
        let is_whole = former.len() == last.lists.len() && former_terms.len() == last.lists.len();
        if stored.lists != last_hash || !is_whole {
            return None;
        }
        let (terms, change) = former_terms.updated(origins, &self.terms(new));
        let joined = self.joined(&terms);
        let change = DocumentChange { former: &former, origins, terms: &change };
        let stale = stale(joined, &change)?;
        let made = nearest(joined, &stale);
        let mut places: Vec<Option<u32>> = vec![None; former.len()];
        for (place, origin) in (0..).zip(origins) {
            if let DocumentOrigin::Former(number) = origin {
                places[*number] = Some(place);
            }
        }
        let (mut lists, mut documents) = (Vec::new(), Vec::new());
        let mut made = stale.into_iter().zip(made).peekable();
        for (place, origin) in origins.iter().enumerate() {
            let (list, reach) = match (made.next_if(|(stale, _)| *stale == place), origin) {
                (Some((_, found)), _) => (found.tickets, Some(found.reach)),
                (None, DocumentOrigin::Former(number)) => {
                    let here = |(other, similarity): &Neighbour| {
                        Some((places.get(*other as usize).copied().flatten()?, *similarity))
                    };
                    let list = last.lists[*number].iter().filter_map(here).collect();
                    (list, former[*number].reach.take())
                }
                // A new ticket is always stale.
                (None, DocumentOrigin::New(_)) => return None,
            };
            lists.push(list);
            documents.push(FormerDocument::of(self.store, self.items[place], reach));
        }
        Some(NewLists { lists, documents, terms })
    }

    fn store_in(&self, slot: &CacheSlot, terms_slot: &CacheSlot, new: &NewLists) {
        let stored = StoredLists {
            keys: self.items.iter().map(|item| item.key(self.store).into_owned()).collect(),
            stamps: self.items.iter().map(|item| settled_stamp(self.store, *item, self.settled_ns)).collect(),
            lists: new.lists.clone(),
        };
        let Some(lists) = sealed_value(FORMAT, &stored) else { return };
        let terms =
            StoredTermsRef { lists: checksum(&lists), documents: &new.documents, terms: new.terms.stored() };
        if let Some(terms) = sealed_value(FORMAT, &terms) {
            terms_slot.write(&terms);
            slot.write(&lists);
        }
    }
}

/// [`StoredTerms`] as they are written.
#[derive(Serialize)]
struct StoredTermsRef<'a> {
    lists: u64,
    documents: &'a [FormerDocument<NearestReach>],
    terms: StoredForwardIndex<'a>,
}
