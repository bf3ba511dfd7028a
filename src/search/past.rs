//! The documents at a time in the past, which can be moved forward.
//!
//! At a given time, the documents contain the tickets that were opened strictly before it, with the replies from
//! strictly before it and the resulting state. They are updated from one time to the next: only documents that changed
//! in between are indexed again, with the same code as the index. The answers are therefore equal to those of an index
//! of [`Store::before`] (a test compares them), but all times together need only one pass over the store.

use std::{
    borrow::Cow,
    cmp::Ordering,
    collections::{HashMap, HashSet},
};

use rayon::prelude::*;

use super::{Item, Texts, documents::fill, similar::DocumentSet};
use crate::{
    index::{IndexError, Posting, term_impacts},
    store::Store,
    text::Time,
};

/// The documents of a store at a time in the past.
pub(super) struct PastDocuments<'a> {
    store: &'a Store,
    /// The items ordered by time, then key. Items without a time are left out, because it is unknown when they existed.
    items: Vec<Item>,
    /// The times at which a document is added or changed.
    changes: Vec<(Time, u32)>,
    /// The number of changes that have been applied.
    next: usize,
    documents: Vec<PastDocument>,
    count: u32,
    terms: HashMap<Box<str>, u32>,
    postings: Vec<Vec<Posting>>,
}

/// A document at a time in the past.
#[derive(Default)]
struct PastDocument {
    /// The document's terms; `None` before it was opened.
    terms: Option<Vec<u32>>,
    /// Whether the ticket had been resolved before.
    was_resolved: bool,
    /// When the ticket was resolved, unless it was reopened.
    resolved: Option<Time>,
}

impl<'a> PastDocuments<'a> {
    /// Starts at a time before all documents.
    pub(super) fn of(store: &'a Store) -> Self {
        let has_time = |item: &Item| match (item.ticket(store), item.article(store)) {
            (Some(thread), _) => thread.ticket.created.is_some(),
            (_, article) => article.is_some_and(|article| article.confirmed.is_some()),
        };
        let mut items: Vec<Item> = Item::all(store).filter(has_time).collect();
        items.sort_by_cached_key(|item| (item.created(store), item.key(store)));
        let mut changes = Vec::new();
        for (number, item) in (0..).zip(&items) {
            changes.push((item.created(store), number));
            let replies = item.ticket(store).into_iter().flat_map(|thread| &thread.replies);
            changes.extend(replies.filter_map(|reply| Some((reply.created?, number))));
        }
        changes.sort_unstable();
        let documents = items.iter().map(|_| PastDocument::default()).collect();
        Self {
            store,
            items,
            changes,
            next: 0,
            documents,
            count: 0,
            terms: HashMap::new(),
            postings: Vec::new(),
        }
    }

    /// Moves forward to `moment`, so that everything from strictly before it is included. It cannot move back.
    pub(super) fn advance(&mut self, moment: Time) {
        let from = self.next;
        self.next += self.changes[from..].partition_point(|(time, _)| *time < moment);
        let mut changed: Vec<u32> = self.changes[from..self.next].iter().map(|(_, number)| *number).collect();
        changed.sort_unstable();
        changed.dedup();
        let update = |number: &u32| {
            let item = self.items[*number as usize];
            let (texts, was_resolved, resolved) = match item.ticket(self.store) {
                Some(thread) => {
                    // A ticket can have replies with an earlier time than its own.
                    let then = thread.before(moment, self.store.settings.visibility)?;
                    (Texts::of(self.store, &then), then.state.resolved.is_some(), then.resolved())
                }
                None => (Texts::of_item(self.store, item), true, item.resolved(self.store)),
            };
            let terms = term_impacts(|page| fill(page, &texts));
            Some((*number, terms, was_resolved, resolved))
        };
        let updates: Vec<_> = changed.par_iter().filter_map(update).collect();
        for (number, terms, was_resolved, resolved) in updates {
            self.put(number, terms);
            let document = &mut self.documents[number as usize];
            (document.was_resolved, document.resolved) = (was_resolved, resolved);
        }
    }

    fn put(&mut self, number: u32, new_terms: Vec<(Box<str>, u8)>) {
        let document = &mut self.documents[number as usize];
        match document.terms.take() {
            None => self.count += 1,
            Some(old) => {
                for term in old {
                    let postings = &mut self.postings[term as usize];
                    if let Ok(place) = postings.binary_search_by_key(&number, |posting| posting.document) {
                        postings.remove(place);
                    }
                }
            }
        }
        let mut terms = Vec::with_capacity(new_terms.len());
        for (text, impact) in new_terms {
            let next = u32::try_from(self.postings.len()).unwrap_or(u32::MAX);
            let term = *self.terms.entry(text).or_insert(next);
            if term == next {
                self.postings.push(Vec::new());
            }
            let postings = &mut self.postings[term as usize];
            let place = postings.partition_point(|posting| posting.document < number);
            postings.insert(place, Posting { document: number, impact });
            terms.push(term);
        }
        document.terms = Some(terms);
    }

    /// Returns the ticket or article of document `number`.
    pub(super) fn item(&self, number: u32) -> Item {
        self.items[number as usize]
    }

    /// Returns the indices of the tickets that had been resolved at least once.
    pub(super) fn ever_resolved(&self) -> HashSet<usize> {
        let resolved = self.items.iter().zip(&self.documents).filter(|(_, document)| document.was_resolved);
        resolved.filter_map(|(item, _)| item.place()).collect()
    }
}

impl DocumentSet for PastDocuments<'_> {
    fn count(&self) -> u32 {
        self.count
    }

    fn numbers(&self) -> usize {
        self.items.len()
    }

    fn contains(&self, document: u32) -> bool {
        self.documents[document as usize].terms.is_some()
    }

    fn postings(&self, term: &str) -> Result<Cow<'_, [Posting]>, IndexError> {
        let term = self.terms.get(term);
        Ok(term.map_or(Cow::Borrowed(&[]), |term| Cow::Borrowed(&self.postings[*term as usize])))
    }

    fn order(&self, a: u32, b: u32) -> Ordering {
        let created = |number: u32| self.items[number as usize].created(self.store);
        created(b).cmp(&created(a)).then(a.cmp(&b))
    }

    fn title(&self, document: u32) -> &str {
        self.items[document as usize].title(self.store)
    }

    fn created(&self, document: u32) -> Time {
        self.items[document as usize].created(self.store)
    }

    fn resolved(&self, document: u32) -> Option<Time> {
        self.documents[document as usize].resolved
    }
}
