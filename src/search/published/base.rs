//! The base of the published index: the documents as they were at a time.
//!
//! A site lists its *events* in order of time: when a ticket or article came on it, and each later reply. These are cut into
//! runs of about 240 events. The base has all documents as they were before the last run, which is incomplete. The layer has the
//! current versions of the documents with an event in that run. So the base depends only on the files, and a new reply or
//! ticket does not change it until the run is complete.
//!
//! The hash of an event decides whether it ends a run. So an event in the past, like a reply that is merged late, moves only
//! the boundaries up to the next such event.

use std::ops::Range;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{PublishedDocuments, files::hash, sections};
use crate::{
    search::{Item, Texts, texts::has_name_with_space},
    settings::Publish,
    store::Store,
    text::Time,
    ticket::{Article, Thread},
};

/// The documents of the base.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Base {
    /// The time of the first event of the layer; `None` if the layer has no document.
    pub(super) end: Option<Time>,
    /// The number of documents in the base. They come first.
    pub(super) count: usize,
    /// The places of those documents of which the layer has another version, in order.
    pub(super) replaced: Vec<usize>,
}

impl Base {
    /// Finds the base of documents that are in the order in which they came on the site. `run` is the range of the length of
    /// a run, and the average number of events beyond the minimum.
    pub(super) fn of(
        store: &Store,
        documents: (&[Item], &[String]),
        publish: Publish,
        run: &(Range<usize>, u32),
    ) -> Self {
        let (items, keys) = documents;
        let published: Vec<Time> = items.par_iter().map(|item| item.published(store, publish)).collect();
        let later = |place: usize| later_replies(store, items[place], published[place]);
        let mut events: Vec<(Time, usize)> = published.iter().copied().zip(0..).collect();
        events.par_extend(
            (0..items.len())
                .into_par_iter()
                .flat_map_iter(|place| later(place).map(move |time| (time, place))),
        );
        events.par_sort_unstable();
        let end = end(&events, keys, run);
        let is_in_layer = |time: Time| end.is_some_and(|end| time >= end);
        let count = published.partition_point(|time| !is_in_layer(*time));
        let replaced = (0..count).into_par_iter().filter(|place| later(*place).any(is_in_layer)).collect();
        Self { end, count, replaced }
    }
}

impl Base {
    /// Returns whether the layer has another version of the document at `place`.
    pub(super) fn is_replaced(&self, place: usize) -> bool {
        self.replaced.binary_search(&place).is_ok()
    }
}

/// Returns the times of the replies to `item` after `published`.
fn later_replies(store: &Store, item: Item, published: Time) -> impl Iterator<Item = Time> {
    let replies = item.ticket(store).into_iter().flat_map(|thread| &thread.replies);
    replies.filter_map(|reply| reply.created).filter(move |time| *time > published)
}

/// Returns the time of the first event after the last complete run. `events` are in order, with the places of their
/// documents.
fn end(events: &[(Time, usize)], keys: &[String], (size, beyond): &(Range<usize>, u32)) -> Option<Time> {
    let ends = |event: usize| {
        let (time, place) = events[event];
        hash(format!("{time} {}", keys[place]).as_bytes()).is_multiple_of(u64::from(*beyond))
    };
    let last = sections(events.len(), size, ends).pop()?;
    if last.len() >= size.end || (last.len() >= size.start && ends(last.end - 1)) {
        return None;
    }
    let (end, _) = *events.get(last.start)?;
    let same =
        events.partition_point(|(time, _)| *time < end)..events.partition_point(|(time, _)| *time <= end);
    // Many events can have the same time, for example those of an import. The layer has to stay small.
    if same.len() <= size.end { Some(end) } else { events.get(same.end).map(|(time, _)| *time) }
}

/// A document as it is, or as it was at the end of the base.
pub(super) struct Version {
    pub item: Item,
    /// The ticket at that time, if it changed since.
    then: Option<Thread>,
}

impl Version {
    pub(super) fn ticket<'a>(&'a self, store: &'a Store) -> Option<&'a Thread> {
        self.then.as_ref().or_else(|| self.item.ticket(store))
    }

    pub(super) fn article<'a>(&'a self, store: &'a Store) -> Option<&'a Article> {
        self.item.article(store)
    }

    pub(super) fn created(&self, store: &Store) -> Time {
        self.item.created(store)
    }

    pub(super) fn resolved(&self, store: &Store) -> Option<Time> {
        self.ticket(store).map_or_else(|| self.item.resolved(store), Thread::resolved)
    }

    pub(super) fn has_name_with_space(&self, store: &Store) -> bool {
        has_name_with_space(self.ticket(store), self.article(store))
    }

    pub(super) fn texts(&self, store: &Store) -> Texts {
        self.then.as_ref().map_or_else(|| Texts::of_item(store, self.item), |then| Texts::of(store, then))
    }
}

impl PublishedDocuments {
    /// Returns the document at `place` of the base as it was at its end.
    pub(super) fn in_base(&self, store: &Store, place: usize) -> Version {
        let item = self.items[place];
        let thread = item.ticket(store).filter(|_| self.base.is_replaced(place)).zip(self.base.end);
        Version {
            item,
            then: thread.map(|(thread, end)| thread.without_replies_from(end, store.settings.visibility)),
        }
    }

    /// Returns the places of the documents of the layer: first those that replace one of the base.
    pub(super) fn places_in_layer(&self) -> Vec<usize> {
        self.base.replaced.iter().copied().chain(self.base.count..self.items.len()).collect()
    }

    /// Returns the document at `place` as it is.
    pub(super) fn current(&self, place: usize) -> Version {
        Version { item: self.items[place], then: None }
    }
}
