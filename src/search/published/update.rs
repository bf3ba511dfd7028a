//! Updates an index after some documents changed, so that only the files that differ are written.

use std::ops::Range;

use rayon::prelude::*;
use serde::Serialize;

use super::{
    IndexWriter, PARTITION, PublishedDocuments, PublishedIndex, PublishedParts,
    files::{self, PublishedFiles},
    word_counts::{BaseTerms, WordChange, WordCounts},
    words,
};
use crate::{
    index::{DocumentOrigin, ForwardIndex, IndexChange},
    query::Vocabulary,
    search::Item,
    store::Store,
};

/// A former index, and how the documents changed since.
pub(crate) struct FormerIndex<'a> {
    pub parts: &'a PublishedParts,
    /// The keys of the documents of the former index.
    pub keys: &'a [String],
    /// Where the documents come from.
    pub origins: &'a [DocumentOrigin],
    /// The current terms of the documents, and how they changed.
    pub terms: &'a ForwardIndex,
    pub change: &'a IndexChange,
    /// Returns the contents of a file of the former index.
    pub read: &'a (dyn Fn(&str) -> Option<Vec<u8>> + Sync),
}

/// Does the same as [`publish`](super::publish), but writes only the files that differ from those of a former index. `is_shown_anew` tells
/// whether the data that results show for an item changed. Returns `None` if the whole index has to be written.
pub(crate) fn republish<S: Serialize>(
    store: &Store,
    documents: &PublishedDocuments,
    shown: impl Fn(Item) -> S + Sync,
    is_shown_anew: impl Fn(Item) -> bool,
    former: &FormerIndex<'_>,
) -> Option<PublishedIndex> {
    republish_in(store, &store.known_in_queries(None), documents, shown, is_shown_anew, former, &PARTITION)
}

pub(super) fn republish_in<S: Serialize>(
    store: &Store,
    vocabulary: &Vocabulary,
    documents: &PublishedDocuments,
    shown: impl Fn(Item) -> S + Sync,
    is_shown_anew: impl Fn(Item) -> bool,
    former: &FormerIndex<'_>,
    partition: &(Range<usize>, u32),
) -> Option<PublishedIndex> {
    let ranges = documents.partitions(partition);
    if !former.has_same_places(documents, &ranges) {
        return None;
    }
    let writer = IndexWriter::of(store, vocabulary, documents, &shown);
    let read = |name: &str| (former.read)(&files::path(name));
    let changed = former.changed_in_base(store, documents);
    let mut files = PublishedFiles::since(&former.parts.json);
    let (mut partitions, mut parts) = (Vec::new(), PublishedParts::default());
    let mut change = WordChange::default();
    for (range, before) in ranges.into_iter().zip(&former.parts.partitions) {
        let start = range.start;
        let places: Vec<usize> = changed.iter().copied().filter(|place| range.contains(place)).collect();
        let gone: Vec<BaseTerms> =
            places.iter().filter_map(|place| former.terms_in_base(documents, *place)).collect();
        let gone_terms: Vec<&str> =
            gone.iter().flat_map(|document| &document.terms).map(String::as_str).collect();
        let versions = documents.versions(store, &range);
        let partition = writer.partition(&versions, range);
        let local: Vec<usize> = places.iter().map(|place| place - start).collect();
        let (own, forward) =
            partition.update(before, &local, &gone_terms, &is_shown_anew, &read, &mut files)?;
        partitions.push(partition.entry(&own, &mut files));
        parts.partitions.push(own);
        for (number, place) in places.iter().enumerate() {
            let terms = BaseTerms::of(&forward, number);
            if documents.base.is_replaced(*place) {
                parts.replaced.insert(*place, terms.clone());
            }
            change.add(terms, 1);
        }
        gone.into_iter().for_each(|terms| change.add(terms, -1));
    }
    for place in &documents.base.replaced {
        if !parts.replaced.contains_key(place) {
            parts.replaced.insert(*place, former.terms_in_base(documents, *place)?);
        }
    }
    let in_layer = writer.layer();
    let layer_terms = in_layer.terms();
    let counts = WordCounts::of(former.terms, &layer_terms.forward, &parts.replaced);
    let words = words::update(&counts, &change, &former.parts.words, &read, &mut files)?;
    let changed_words = words::write_changed(&counts, &mut files);
    let (layer, layer_parts) = in_layer.write(layer_terms, changed_words, &mut files);
    (parts.words, parts.base, parts.layer) = (words.shards, documents.base.clone(), layer_parts);
    let (files, json) = writer.finish(partitions, layer, words.list, files);
    parts.json = json;
    let kept = parts.files().filter(|name| !files.contains_key(name)).collect();
    Some(PublishedIndex { files, kept, parts, terms: ForwardIndex::default() })
}

impl FormerIndex<'_> {
    /// Returns whether the documents of the base have the same places as in this index, and the same partitions, so that it can be
    /// updated.
    fn has_same_places(&self, documents: &PublishedDocuments, ranges: &[Range<usize>]) -> bool {
        let count = self.parts.base.count;
        let mut end = 0;
        let former_ranges = self.parts.partitions.iter().map(|partition| {
            let start = end;
            end += partition.texts.len();
            start..end
        });
        let former_ranges: Vec<Range<usize>> = former_ranges.collect();
        let base = &documents.base;
        base.count >= count
            && documents.keys.iter().zip(self.keys).take(count).all(|(a, b)| a == b)
            && ranges.len() == former_ranges.len()
            && ranges.iter().zip(&former_ranges).all(|(now, before)| {
                now.start == before.start && (now.end == before.end || before.end == count)
            })
    }

    /// Returns the places of the documents that are new in the base or have other texts there, in order.
    fn changed_in_base(&self, store: &Store, documents: &PublishedDocuments) -> Vec<usize> {
        let (before, now) = (&self.parts.base, &documents.base);
        let former_texts: Vec<u64> =
            self.parts.partitions.iter().flat_map(|partition| partition.texts.iter().copied()).collect();
        let may_differ = |place: &usize| {
            let moved = before.end != now.end && (before.is_replaced(*place) || now.is_replaced(*place));
            *place >= before.count || moved || matches!(self.origins[*place], DocumentOrigin::New(_))
        };
        let differs = |place: &usize| {
            former_texts.get(*place) != Some(&documents.in_base(store, *place).texts(store).hash())
        };
        (0..now.count).into_par_iter().filter(may_differ).filter(differs).collect()
    }

    /// Returns the terms that the document at `place` had in the base; `None` if it was not there.
    fn terms_in_base(&self, documents: &PublishedDocuments, place: usize) -> Option<BaseTerms> {
        if place >= self.parts.base.count {
            return None;
        }
        if let Some(terms) = self.parts.replaced.get(&place) {
            return Some(terms.clone());
        }
        // The version of the base was the one of the last build.
        let gone = self.change.gone.iter().zip(&self.change.gone_words);
        match gone.into_iter().find(|((number, _), _)| *number == place) {
            Some(((_, terms), words)) => {
                let terms = terms.iter().map(|(number, _)| *number);
                Some(BaseTerms::of_numbers(self.terms, terms, words.iter().copied()))
            }
            None => (place < documents.items.len()).then(|| BaseTerms::of(self.terms, place)),
        }
    }
}
