//! The published index: small files that the search page of a static site reads on demand.
//!
//! The published index has the same texts, tokens and impacts as the [index](super::index) of the terminal and the
//! server. `site/assets/search` evaluates queries in the same way, so both find the same tickets in the same order.
//!
//! - `index.json` names the manifest, and the manifest names all other files. Their names depend on their content:
//!   `i/<name>.bin`, compressed with DEFLATE, with a version in front.
//! - Documents are ordered by the time at which they came on the site, and divided into *partitions* of about 24,000 documents. The boundaries
//!   depend only on the documents, so a change in one partition does not change the files of the others. A document has a
//!   number within its partition. For equal scores, the ticket that was opened later comes first.
//! - The terms of a partition are ordered and divided into shards of about 9 kB, whose boundaries depend only on the
//!   terms. A shard has the documents of its terms and names the files with their positions, which are needed only for
//!   phrases.
//! - The data that results show is in chunks of ten documents. Four chunks share a name, with a digit after it,
//!   because names in the manifest do not compress. The data for tests and sorting is in columns.
//! - Words and terms with their frequencies are in shards across all partitions, for prefixes and for the correction of
//!   typos.
//!
//! `cargo bench --bench static_search` measures how much a first query downloads; see `docs/benchmarks.md`.

mod columns;
mod files;
mod language;
mod partition;
#[cfg(test)]
pub(crate) mod reading;
mod shard_reader;
mod shard_update;
mod shards;
mod words;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use serde::{Deserialize, Serialize};

use self::{
    files::{JsonNames, PublishedFiles},
    language::{Language, ServiceRow},
    partition::{Partition, PartitionParts, PartitionWriter},
    words::WordShard,
};
use super::{Filter, Item, Texts, documents::fill};
use crate::{
    index::{CollectedTerms, DocumentOrigin, ForwardIndex, IndexChange},
    query::Vocabulary,
    settings::Publish,
    store::Store,
};

/// The version of the file format. `site/assets/search/files.js` has the same value.
const VERSION: u8 = 8;

/// The number of documents whose results are in one file. `site/assets/search/engine.js` has the same value.
const CHUNK: usize = 10;

/// The minimum and maximum number of documents in a partition, and the average number of documents beyond the minimum.
pub(super) const PARTITION: (Range<usize>, u32) = (20_000..28_000, 4_096);

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
    partitions: Vec<Partition>,
    /// The name of the file that lists the shards of words.
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
    partitions: Vec<PartitionParts>,
    words: Vec<WordShard>,
    json: JsonNames,
}

impl PublishedParts {
    /// Returns the names of the files of these parts.
    fn files(&self) -> impl Iterator<Item = String> + '_ {
        self.files_of_terms().chain(self.partitions.iter().flat_map(PartitionParts::chunk_files))
    }

    /// Returns the names of the files of these parts that have only terms and values, but no excerpts.
    pub(crate) fn files_of_terms(&self) -> impl Iterator<Item = String> + '_ {
        let shards = self.partitions.iter().flat_map(|partition| &partition.shards);
        let of_shards = shards.flat_map(|shard| std::iter::once(&shard.name).chain(&shard.pieces));
        let names = of_shards.chain(self.words.iter().map(|shard| &shard.name));
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
    let filter = filter(store);
    let mut files = PublishedFiles::default();
    let (mut partitions, mut parts, mut terms) = (Vec::new(), PublishedParts::default(), Vec::new());
    for range in cut(&documents.keys, partition) {
        let items = &documents.items[range];
        let writer = PartitionWriter { store, filter: &filter, vocabulary, items, shown: &shown };
        let (own, forward) = writer.write(&mut files);
        partitions.push(writer.entry(&own, &mut files));
        parts.partitions.push(own);
        terms.push(forward);
    }
    let terms = ForwardIndex::joined(terms);
    let words = words::write(&terms, &mut files);
    parts.words = words.shards;
    let (files, json) = finish(store, vocabulary, documents, partitions, words.list, files);
    parts.json = json;
    PublishedIndex { files, kept: BTreeSet::new(), parts, terms }
}

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

/// Does the same as [`publish`], but writes only the files that differ from those of a former index. `is_shown_anew` tells
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
    let ranges = cut(&documents.keys, partition);
    let mut end = 0;
    let former_ranges = former.parts.partitions.iter().map(|partition| {
        let start = end;
        end += partition.documents;
        start..end
    });
    let former_ranges: Vec<Range<usize>> = former_ranges.collect();
    let has_same_places = documents.keys.len() >= former.keys.len()
        && documents.keys.iter().zip(former.keys).all(|(a, b)| a == b);
    let has_same_ranges = ranges.len() == former_ranges.len()
        && ranges.iter().zip(&former_ranges).all(|(now, before)| {
            now.start == before.start && (now.end == before.end || before.end == former.keys.len())
        });
    if !has_same_places || !has_same_ranges {
        return None;
    }
    let read = |name: &str| (former.read)(&files::path(name));
    let filter = filter(store);
    let mut files = PublishedFiles::since(&former.parts.json);
    let (mut partitions, mut parts) = (Vec::new(), PublishedParts::default());
    for (range, before) in ranges.into_iter().zip(&former.parts.partitions) {
        let start = range.start;
        let items = &documents.items[range.clone()];
        let writer = PartitionWriter { store, filter: &filter, vocabulary, items, shown: &shown };
        let is_new = |place: &usize| matches!(former.origins[*place], DocumentOrigin::New(_));
        let places: Vec<usize> = range.clone().filter(is_new).map(|place| place - start).collect();
        let gone = former.change.gone.iter().filter(|(number, _)| range.contains(number));
        let gone: Vec<&str> =
            gone.flat_map(|(_, terms)| terms).map(|(term, _)| former.terms.terms().text(*term)).collect();
        let own = writer.update(before, &places, &gone, &is_shown_anew, &read, &mut files)?;
        partitions.push(writer.entry(&own, &mut files));
        parts.partitions.push(own);
    }
    let words = words::update(former.terms, former.change, &former.parts.words, &read, &mut files)?;
    parts.words = words.shards;
    let (files, json) = finish(store, vocabulary, documents, partitions, words.list, files);
    parts.json = json;
    let kept = parts.files().filter(|name| !files.contains_key(name)).collect();
    Some(PublishedIndex { files, kept, parts, terms: ForwardIndex::default() })
}

/// Returns the filter for the columns. It does not depend on the current time.
fn filter(store: &Store) -> Filter<'_> {
    Filter::new(store, None, crate::text::Time::from(jiff::Timestamp::UNIX_EPOCH))
}

/// Adds the manifest and the file that names it, and returns all files.
fn finish(
    store: &Store,
    vocabulary: &Vocabulary,
    documents: &PublishedDocuments,
    partitions: Vec<Partition>,
    words: String,
    mut files: PublishedFiles<'_>,
) -> (BTreeMap<String, Vec<u8>>, JsonNames) {
    let manifest = PublishedManifest {
        documents: documents.items.len(),
        partitions,
        words,
        services: language::services(store),
        zone: files.add_json(&language::zone(&store.settings.zone())),
        language: Language::of(vocabulary),
    };
    let entrance = PublishedIndexFile { version: VERSION, manifest: files.add_json(&manifest) };
    files.finish(INDEX_FILE, &entrance)
}

/// All tickets and articles in the order of their numbers, with their keys.
pub struct PublishedDocuments {
    pub(crate) items: Vec<Item>,
    pub(crate) keys: Vec<String>,
}

impl PublishedDocuments {
    /// Lists the documents of `store`, whose tickets are those that a site publishes. The last one on the site is the last
    /// one in the list, so that a ticket that was just opened or answered for the first time changes no other number.
    pub fn of(store: &Store, publish: Publish) -> Self {
        let mut all: Vec<(Item, String)> =
            Item::all(store).map(|item| (item, item.key(store).into_owned())).collect();
        all.sort_by_cached_key(|(item, key)| {
            (item.published(store, publish), item.created(store), Reverse(key.clone()))
        });
        let (items, keys) = all.into_iter().unzip();
        Self { items, keys }
    }

    /// Collects the terms of the documents at `places`.
    pub(crate) fn terms(&self, store: &Store, places: &[usize]) -> ForwardIndex {
        let collected = CollectedTerms::of(places.len(), |number, page| {
            fill(page, &Texts::of_item(store, self.items[places[number]]));
        });
        collected.each_term_with_forward(|_, _, _| {})
    }
}

/// Divides documents with these keys into partitions. The hash of a key decides whether the key ends a partition, so a
/// new document moves only the boundaries up to the next such key.
fn cut(keys: &[String], (size, beyond): &(Range<usize>, u32)) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    for (place, key) in keys.iter().enumerate() {
        let length = place + 1 - start;
        let ends = || files::hash(key.as_bytes()).is_multiple_of(u64::from(*beyond));
        if length >= size.end || (length >= size.start && ends()) {
            ranges.push(start..place + 1);
            start = place + 1;
        }
    }
    if start < keys.len() {
        ranges.push(start..keys.len());
    }
    ranges
}

#[cfg(test)]
mod tests;
