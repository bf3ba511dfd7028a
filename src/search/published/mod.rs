//! The published index: small files that the search page of a static site reads on demand.
//!
//! The published index has the same texts, tokens and impacts as the [index](super::index) of the terminal and the
//! server. `site/assets/search` evaluates queries in the same way, so both find the same tickets in the same order.
//!
//! - `index.json` names the manifest, and the manifest names all other files. Their names depend on their content:
//!   `i/<name>.bin`, compressed with DEFLATE, with a version in front.
//! - Documents are ordered by opening time and divided into *partitions* of about 24,000 documents. The boundaries
//!   depend only on the documents, so a change in one partition does not change the files of the others. A document has a
//!   number within its partition; for equal scores the greater number comes first.
//! - The terms of a partition are ordered and divided into shards of about 9 kB, whose boundaries depend only on the
//!   terms. A shard has the documents of its terms and names the files with their positions, which are needed only for
//!   phrases.
//! - The data that results show is in chunks of sixteen documents. Eight chunks share a name, with a digit after it,
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
mod shards;
mod words;

use std::{cmp::Reverse, collections::BTreeMap, ops::Range};

use serde::Serialize;

use self::{
    files::PublishedFiles,
    language::{Language, ServiceRow},
    partition::Partition,
    words::PublishedWords,
};
use super::{Filter, Item};
use crate::{query::Vocabulary, store::Store};

/// The version of the file format. `site/assets/search/files.js` has the same value.
const VERSION: u8 = 7;

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

/// Returns the files of the index of all items in `store`, by name. `shown` returns the data that results show for an
/// item.
pub fn publish<S: Serialize>(store: &Store, shown: impl Fn(Item) -> S + Sync) -> BTreeMap<String, Vec<u8>> {
    publish_in(store, &store.known_in_queries(None), shown, &PARTITION)
}

pub(super) fn publish_in<S: Serialize>(
    store: &Store,
    vocabulary: &Vocabulary,
    shown: impl Fn(Item) -> S + Sync,
    partition: &(Range<usize>, u32),
) -> BTreeMap<String, Vec<u8>> {
    let mut items: Vec<(Item, String)> =
        Item::all(store).map(|item| (item, item.key(store).into_owned())).collect();
    // For equal scores, a search ranks the greater document number first. So the newest document is last, and documents
    // with the same time are in descending order of their keys.
    items.sort_by_cached_key(|(item, key)| (item.created(store), Reverse(key.clone())));
    let (items, keys): (Vec<Item>, Vec<String>) = items.into_iter().unzip();
    // The published files do not depend on the current time.
    let filter = Filter::new(store, None, crate::text::Time::from(jiff::Timestamp::UNIX_EPOCH));
    let mut files = PublishedFiles::default();
    let mut words = PublishedWords::default();
    let partitions: Vec<Partition> = cut(&keys, partition)
        .into_iter()
        .map(|range| {
            partition::write(store, &filter, vocabulary, &items[range], &shown, &mut words, &mut files)
        })
        .collect();
    let manifest = PublishedManifest {
        documents: items.len(),
        partitions,
        words: words.write(&mut files),
        services: language::services(store),
        zone: files.add_json(&language::zone(&store.settings.zone())),
        language: Language::of(vocabulary),
    };
    let entrance = PublishedIndexFile { version: VERSION, manifest: files.add_json(&manifest) };
    files.finish(INDEX_FILE, &entrance)
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
