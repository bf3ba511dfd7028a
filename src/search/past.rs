//! The documents as they were at a moment of the past, moved forward through time.
//!
//! What a moment knew is every ticket that was opened strictly before it with the replies that were written strictly before
//! it, and the state that those fold into. The index of that is kept up to date from one moment to the next: documents
//! that changed in between are weighed anew by the code that builds the index, nothing else is touched. So each answer is
//! exactly that of an index made of [`Store::before`] the moment (a test compares them), at the price of one pass.

use std::{
    borrow::Cow,
    cmp::Ordering,
    collections::{HashMap, HashSet},
};

use rayon::prelude::*;

use super::{Item, Texts, documents::fill, similar::Collection};
use crate::{
    index::{IndexError, Posting, weighed},
    store::Store,
    text::Time,
};

/// Documents of a store as they were.
pub(super) struct Past<'a> {
    store: &'a Store,
    /// By time, then key; those without a time are not known to have been there.
    items: Vec<Item>,
    /// When a document is there, or says something new.
    changes: Vec<(Time, u32)>,
    /// How many of the changes have been.
    next: usize,
    documents: Vec<Document>,
    count: u32,
    terms: HashMap<Box<str>, u32>,
    postings: Vec<Vec<Posting>>,
}

/// A document as it was.
#[derive(Default)]
struct Document {
    /// Its terms; `None` before it was there.
    terms: Option<Vec<u32>>,
    /// Whether it had ever been resolved.
    was_resolved: bool,
    /// When, if it was not open again.
    resolved: Option<Time>,
}

impl<'a> Past<'a> {
    /// Before anything was there.
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
        let documents = items.iter().map(|_| Document::default()).collect();
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

    /// Goes forward to `moment`: what was there strictly before it. There is no way back.
    pub(super) fn advance(&mut self, moment: Time) {
        let from = self.next;
        self.next += self.changes[from..].partition_point(|(time, _)| *time < moment);
        let mut changed: Vec<u32> = self.changes[from..self.next].iter().map(|(_, number)| *number).collect();
        changed.sort_unstable();
        changed.dedup();
        let weigh = |number: &u32| {
            let item = self.items[*number as usize];
            let (texts, was_resolved, resolved) = match item.ticket(self.store) {
                Some(thread) => {
                    // One that was opened later may have replies with an earlier time.
                    let then = thread.before(moment, self.store.settings.visibility)?;
                    (Texts::of(self.store, &then), then.state.resolved.is_some(), then.resolved())
                }
                None => (Texts::of_item(self.store, item), true, item.resolved(self.store)),
            };
            let terms = weighed(|page| fill(page, &texts));
            Some((*number, terms, was_resolved, resolved))
        };
        let weighed: Vec<_> = changed.par_iter().filter_map(weigh).collect();
        for (number, terms, was_resolved, resolved) in weighed {
            self.put(number, terms);
            let document = &mut self.documents[number as usize];
            (document.was_resolved, document.resolved) = (was_resolved, resolved);
        }
    }

    fn put(&mut self, number: u32, weighed: Vec<(Box<str>, u8)>) {
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
        let mut terms = Vec::with_capacity(weighed.len());
        for (text, impact) in weighed {
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

    /// What document `number` is of.
    pub(super) fn item(&self, number: u32) -> Item {
        self.items[number as usize]
    }

    /// The places of the tickets that had ever been resolved then.
    pub(super) fn ever_resolved(&self) -> HashSet<usize> {
        let resolved = self.items.iter().zip(&self.documents).filter(|(_, document)| document.was_resolved);
        resolved.filter_map(|(item, _)| item.place()).collect()
    }
}

impl Collection for Past<'_> {
    fn count(&self) -> u32 {
        self.count
    }

    fn numbers(&self) -> usize {
        self.items.len()
    }

    fn is_there(&self, document: u32) -> bool {
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
