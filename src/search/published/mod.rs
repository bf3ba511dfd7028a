//! The published index: small files that the search page of a static site reads on demand.
//!
//! The published index has the same texts, tokens and impacts as the [index](super::index) of the terminal and the
//! server. `site/assets/search` evaluates queries in the same way, so both find the same tickets in the same order.
//!
//! - `index.json` names the manifest, and the manifest names all other files. Their names depend on their content:
//!   `i/<name>.bin`, compressed with DEFLATE, with a version in front.
//! - The *base* has the documents as they were some time ago, and the *layer* has the current versions of those that changed
//!   since ([`base`]). What the base says of a document that the layer has does not count. So a change writes the few files of the
//!   layer, and not those of all its terms.
//! - Documents are ordered by the time at which they came on the site. Those of the base are divided into *partitions* of about 24,000
//!   documents. The boundaries depend only on the documents, so a change in one partition does not change the files of the others. A
//!   document has a number within its partition. For equal scores, the ticket that was opened later comes first.
//! - The terms of a partition are ordered and divided into shards of about 9 kB, whose boundaries depend only on the
//!   terms. A shard has the documents of its terms and names the files with their positions, which are needed only for
//!   phrases.
//! - The data that results show is in chunks of ten documents, which are always current. The data for tests and sorting is in
//!   columns.
//! - Words and terms with their frequencies are in shards across all partitions, for prefixes and for the correction of
//!   typos.
//!
//! `cargo bench --bench static_search` measures how much a first query downloads; see `docs/benchmarks.md`.

mod base;
mod columns;
mod days;
mod files;
mod language;
mod layer;
mod partition;
#[cfg(test)]
pub(crate) mod reading;
mod shard_reader;
mod shard_update;
mod shards;
mod update;
mod word_counts;
mod words;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use serde::{Deserialize, Serialize};

#[cfg(test)]
use self::update::republish_in;
pub(crate) use self::update::{FormerIndex, republish};
use self::{
    base::{Base, Version},
    days::places_in_days,
    files::{JsonNames, PublishedFiles},
    language::{Language, ServiceRow},
    layer::{Layer, LayerParts, LayerWriter},
    partition::{Partition, PartitionParts, PartitionWriter},
    word_counts::{BaseTerms, ReplacedTerms, WordCounts},
    words::WordShard,
};
use super::{Filter, Item, Texts, documents::fill};
use crate::{
    index::{CollectedTerms, DocumentOrigin, ForwardIndex},
    query::Vocabulary,
    settings::Publish,
    store::Store,
};

/// The version of the file format. `site/assets/search/files.js` has the same value.
const VERSION: u8 = 9;

/// The number of documents whose results are in one file. `site/assets/search/engine.js` has the same value.
const CHUNK: usize = 10;

/// The minimum and maximum number of documents in a partition, and the average number of documents beyond the minimum.
pub(super) const PARTITION: (Range<usize>, u32) = (20_000..28_000, 4_096);

/// The minimum and maximum number of events in a run, and the average number of events beyond the minimum; see [`Base`].
const RUN: (Range<usize>, u32) = (128..384, 128);

/// The file that names the manifest.
pub(crate) const INDEX_FILE: &str = "index.json";

/// The content of [`INDEX_FILE`].
#[derive(Serialize)]
struct PublishedIndexFile {
    version: u8,
    /// The name of the manifest's file.
    manifest: String,
}

/// The manifest, which the browser reads first.
#[derive(Serialize)]
struct PublishedManifest<'a> {
    documents: usize,
    /// The partitions of the base.
    partitions: Vec<Partition>,
    layer: Layer<'a>,
    /// The name of the file that lists the shards of the base's words.
    words: String,
    services: BTreeMap<&'a str, ServiceRow<'a>>,
    /// The name of the file with the time zone rules.
    zone: String,
    language: Language<'a>,
}

/// The index of a store.
pub struct PublishedIndex {
    /// The new files by name.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The names of the files of the former index that stay.
    pub kept: BTreeSet<String>,
    /// What a later build needs to update the index.
    pub(crate) parts: PublishedParts,
    /// The terms of the documents, if the whole index was built.
    pub(crate) terms: ForwardIndex,
}

/// The parts of an index that later builds can keep.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct PublishedParts {
    base: Base,
    /// The terms of the documents of the base that the layer replaces.
    replaced: ReplacedTerms,
    partitions: Vec<PartitionParts>,
    layer: LayerParts,
    words: Vec<WordShard>,
    json: JsonNames,
}

impl PublishedParts {
    /// Returns the names of the files of these parts.
    fn files(&self) -> impl Iterator<Item = String> + '_ {
        self.files_of_terms().chain(self.partitions.iter().flat_map(PartitionParts::chunk_files))
    }

    /// Returns whether the documents that the layer replaced in `former` and still replaces have all their words of the base.
    pub(crate) fn keeps_words_of_base(&self, former: &Self) -> bool {
        former.replaced.iter().all(|(place, before)| {
            let now = self.replaced.get(place);
            now.is_none_or(|now| before.terms.iter().all(|term| now.terms.binary_search(term).is_ok()))
        })
    }

    /// Returns the names of the files of these parts that have only terms and values, but no excerpts.
    pub(crate) fn files_of_terms(&self) -> impl Iterator<Item = String> + '_ {
        let shards = self.partitions.iter().flat_map(|partition| &partition.shards);
        let of_shards = shards.flat_map(|shard| std::iter::once(&shard.name).chain(&shard.pieces));
        let names = of_shards.chain(self.words.iter().map(|shard| &shard.name)).chain(&self.layer.files);
        names.chain(self.json.values()).map(|name| files::path(name))
    }
}

/// Builds the index of `documents`, which are all tickets and articles of `store`. `shown` returns the data that results show
/// for an item.
pub fn publish<S: Serialize>(
    store: &Store,
    documents: &PublishedDocuments,
    shown: impl Fn(Item) -> S + Sync,
) -> PublishedIndex {
    publish_in(store, &store.known_in_queries(None), documents, shown, &PARTITION)
}

pub(super) fn publish_in<S: Serialize>(
    store: &Store,
    vocabulary: &Vocabulary,
    documents: &PublishedDocuments,
    shown: impl Fn(Item) -> S + Sync,
    partition: &(Range<usize>, u32),
) -> PublishedIndex {
    let writer = IndexWriter::of(store, vocabulary, documents, &shown);
    let base = &documents.base;
    let mut files = PublishedFiles::default();
    let (mut partitions, mut parts, mut terms) = (Vec::new(), PublishedParts::default(), Vec::new());
    for range in documents.partitions(partition) {
        let versions = documents.versions(store, &range);
        let partition = writer.partition(&versions, range);
        let (own, forward) = partition.write(&mut files);
        partitions.push(partition.entry(&own, &mut files));
        parts.partitions.push(own);
        terms.push(forward);
    }
    let base_terms = ForwardIndex::joined(terms);
    let words = words::write(&base_terms, &mut files);
    parts.words = words.shards;
    parts.replaced = base.replaced.iter().map(|place| (*place, BaseTerms::of(&base_terms, *place))).collect();
    let in_layer = writer.layer();
    let layer_terms = in_layer.terms();
    let mut origins: Vec<DocumentOrigin> = (0..base.count).map(DocumentOrigin::Former).collect();
    let new = (0..).map(DocumentOrigin::New);
    base.replaced.iter().zip(new.clone()).for_each(|(place, new)| origins[*place] = new);
    origins.extend(new.skip(base.replaced.len()).take(documents.items.len() - base.count));
    let (terms, _) = base_terms.updated(&origins, &layer_terms.forward);
    let counts = WordCounts::of(&terms, &layer_terms.forward, &parts.replaced);
    let changed_words = words::write_changed(&counts, &mut files);
    let (layer, layer_parts) = in_layer.write(layer_terms, changed_words, &mut files);
    (parts.base, parts.layer) = (base.clone(), layer_parts);
    let (files, json) = writer.finish(partitions, layer, words.list, files);
    parts.json = json;
    PublishedIndex { files, kept: BTreeSet::new(), parts, terms }
}

/// What all parts of an index are written from.
struct IndexWriter<'a, F> {
    store: &'a Store,
    filter: Filter<'a>,
    vocabulary: &'a Vocabulary,
    documents: &'a PublishedDocuments,
    in_layer: Vec<Version>,
    /// The places of the documents of the base and of the layer in their days.
    places_in_days: (Vec<u32>, Vec<u32>),
    shown: &'a F,
}

impl<'a, S: Serialize, F: Fn(Item) -> S + Sync> IndexWriter<'a, F> {
    fn of(
        store: &'a Store,
        vocabulary: &'a Vocabulary,
        documents: &'a PublishedDocuments,
        shown: &'a F,
    ) -> Self {
        let places = documents.places_in_layer();
        Self {
            store,
            // The columns do not depend on the current time.
            filter: Filter::new(store, None, crate::text::Time::from(jiff::Timestamp::UNIX_EPOCH)),
            vocabulary,
            documents,
            in_layer: places.iter().map(|place| documents.current(*place)).collect(),
            places_in_days: places_in_days(store, documents, &places),
            shown,
        }
    }

    /// Returns the writer of the partition with the documents of `range`.
    fn partition<'b>(&'b self, documents: &'b [Version], range: Range<usize>) -> PartitionWriter<'b, 'a, F> {
        PartitionWriter {
            store: self.store,
            filter: &self.filter,
            vocabulary: self.vocabulary,
            documents,
            places_in_days: &self.places_in_days.0[range],
            shown: self.shown,
        }
    }

    fn layer(&self) -> LayerWriter<'_, 'a, F> {
        LayerWriter {
            store: self.store,
            filter: &self.filter,
            vocabulary: self.vocabulary,
            documents: &self.in_layer,
            replaced: &self.documents.base.replaced,
            places_in_days: &self.places_in_days.1,
            shown: self.shown,
        }
    }

    /// Adds the manifest and the file that names it, and returns all files.
    fn finish(
        &self,
        partitions: Vec<Partition>,
        layer: Layer<'_>,
        words: String,
        mut files: PublishedFiles<'_>,
    ) -> (BTreeMap<String, Vec<u8>>, JsonNames) {
        let manifest = PublishedManifest {
            documents: self.documents.items.len(),
            partitions,
            layer,
            words,
            services: language::services(self.store),
            zone: files.add_json(&language::zone(&self.store.settings.zone())),
            language: Language::of(self.vocabulary),
        };
        let entrance = PublishedIndexFile { version: VERSION, manifest: files.add_json(&manifest) };
        files.finish(INDEX_FILE, &entrance)
    }
}

/// All tickets and articles in the order of their numbers, with their keys.
pub struct PublishedDocuments {
    pub(crate) items: Vec<Item>,
    pub(crate) keys: Vec<String>,
    base: Base,
}

impl PublishedDocuments {
    /// Lists the documents of `store`, whose tickets are those that a site publishes. The last one on the site is the last
    /// one in the list, so that a ticket that was just opened or answered for the first time changes no other number.
    pub fn of(store: &Store, publish: Publish) -> Self {
        Self::with_runs(store, publish, &RUN)
    }

    pub(super) fn with_runs(store: &Store, publish: Publish, run: &(Range<usize>, u32)) -> Self {
        let mut all: Vec<(Item, String)> =
            Item::all(store).map(|item| (item, item.key(store).into_owned())).collect();
        all.sort_by_cached_key(|(item, key)| {
            (item.published(store, publish), item.created(store), Reverse(key.clone()))
        });
        let (items, keys): (Vec<Item>, Vec<String>) = all.into_iter().unzip();
        let base = Base::of(store, (&items, &keys), publish, run);
        Self { items, keys, base }
    }

    /// Collects the terms of the documents at `places`.
    pub(crate) fn terms(&self, store: &Store, places: &[usize]) -> ForwardIndex {
        let collected = CollectedTerms::of(places.len(), |number, page| {
            fill(page, &Texts::of_item(store, self.items[places[number]]));
        });
        collected.each_term_with_forward(|_, _, _| {})
    }

    /// Divides the documents of the base into partitions. The hash of a key decides whether it ends a partition.
    fn partitions(&self, (size, beyond): &(Range<usize>, u32)) -> Vec<Range<usize>> {
        let ends = |place: usize| files::hash(self.keys[place].as_bytes()).is_multiple_of(u64::from(*beyond));
        sections(self.base.count, size, ends)
    }

    /// Returns the documents at the places `range` as they were at the end of the base.
    fn versions(&self, store: &Store, range: &Range<usize>) -> Vec<Version> {
        range.clone().map(|place| self.in_base(store, place)).collect()
    }
}

/// Divides `count` things into sections of these sizes. `ends` tells whether a thing ends a section that has reached the smallest size; the
/// section after an inserted thing is then the same as before, from the next such thing on.
fn sections(count: usize, size: &Range<usize>, ends: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    for place in 0..count {
        let length = place + 1 - start;
        if length >= size.end || (length >= size.start && ends(place)) {
            ranges.push(start..place + 1);
            start = place + 1;
        }
    }
    if start < count {
        ranges.push(start..count);
    }
    ranges
}

#[cfg(test)]
mod tests;
