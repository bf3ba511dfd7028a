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
    index::{Correction, IndexError, Posting, TermWeight, term_weights, tokens},
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
    /// The current time; `None` before the first.
    moment: Option<Time>,
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
            moment: None,
            documents,
            count: 0,
            terms: HashMap::new(),
            postings: Vec::new(),
        }
    }

    /// Moves forward to `moment`, so that everything from strictly before it is included. It cannot move back.
    pub(super) fn advance(&mut self, moment: Time) {
        self.moment = Some(moment);
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
            let terms = term_weights(|page| fill(page, &texts));
            Some((*number, terms, was_resolved, resolved))
        };
        let updates: Vec<_> = changed.par_iter().filter_map(update).collect();
        for (number, terms, was_resolved, resolved) in updates {
            self.put(number, terms);
            let document = &mut self.documents[number as usize];
            (document.was_resolved, document.resolved) = (was_resolved, resolved);
        }
    }

    fn put(&mut self, number: u32, new_terms: Vec<(Box<str>, TermWeight)>) {
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
        for (text, weight) in new_terms {
            let next = u32::try_from(self.postings.len()).unwrap_or(u32::MAX);
            let term = *self.terms.entry(text).or_insert(next);
            if term == next {
                self.postings.push(Vec::new());
            }
            let postings = &mut self.postings[term as usize];
            let place = postings.partition_point(|posting| posting.document < number);
            postings.insert(place, Posting { document: number, weight });
            terms.push(term);
        }
        document.terms = Some(terms);
    }

    /// Returns the texts of document `number` at the current time.
    fn texts(&self, number: u32) -> Option<Texts> {
        let item = self.items[number as usize];
        match item.ticket(self.store) {
            Some(thread) => {
                let then = thread.before(self.moment?, self.store.settings.visibility)?;
                Some(Texts::of(self.store, &then))
            }
            None => Some(Texts::of_item(self.store, item)),
        }
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

/// Returns whether `terms` occur in `text` at the given distances.
fn has_sequence(text: &str, terms: &[(String, u32)]) -> bool {
    let mut places: HashMap<&str, HashSet<u32>> = HashMap::new();
    tokens::scan(text, |token| {
        let term = token.term();
        if let Some((known, _)) = terms.iter().find(|(known, _)| *known == *term) {
            places.entry(known).or_default().insert(token.position);
        }
    });
    let Some((first, base)) = terms.first() else { return false };
    places.get(first.as_str()).into_iter().flatten().any(|start| {
        terms.iter().all(|(term, offset)| {
            places.get(term.as_str()).is_some_and(|places| places.contains(&(start + offset - base)))
        })
    })
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

    fn sequences(&self, terms: &[(String, u32)]) -> Result<Vec<(u32, Vec<TermWeight>)>, IndexError> {
        let mut all: Vec<(u32, Vec<TermWeight>)> = Vec::new();
        for (nth, (term, _)) in terms.iter().enumerate() {
            let postings = self.postings(term)?;
            if nth == 0 {
                all = postings.iter().map(|posting| (posting.document, vec![posting.weight])).collect();
                continue;
            }
            all.retain_mut(|(document, weights)| {
                let place = postings.binary_search_by_key(document, |posting| posting.document);
                place.map(|place| weights.push(postings[place].weight)).is_ok()
            });
        }
        // Positions are not kept, so the texts of the few documents with all terms are read again.
        all.retain(|(document, _)| {
            let texts = self.texts(*document);
            texts.is_some_and(|texts| texts.iter().any(|(_, text)| has_sequence(text, terms)))
        });
        Ok(all)
    }

    /// Returns nothing, because the queries of an evaluation have no prefix.
    fn expansions(&self, _: &str) -> Result<Vec<String>, IndexError> {
        Ok(Vec::new())
    }

    /// Returns nothing: an evaluation corrects no words.
    fn corrections(&self, _: &str) -> Result<Vec<Correction>, IndexError> {
        Ok(Vec::new())
    }

    fn order(&self, a: u32, b: u32) -> Ordering {
        let created = |number: u32| self.items[number as usize].created(self.store);
        created(b).cmp(&created(a)).then(a.cmp(&b))
    }

    fn created(&self, document: u32) -> Time {
        self.items[document as usize].created(self.store)
    }

    fn resolved(&self, document: u32) -> Option<Time> {
        self.documents[document as usize].resolved
    }
}
