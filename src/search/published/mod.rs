//! The index in its published form: small files that the search page of a static site reads as it needs them.
//!
//! It is made of the same texts, tokens and impacts as the [index](super::index) of the terminal and the server, and asked
//! in the same way by `site/assets/search`, so that both find the same tickets in the same order.
//!
//! * `index.json` names the manifest, and that all others. They are named by their content: `i/<name>.bin`, packed by DEFLATE,
//!   a version in front.
//! * Documents stand by time of opening, in *partitions* of some 24,000 whose ends depend on the documents alone: what
//!   changes in one leaves the files of the others as they are. A document has its number within the partition; of equally
//!   good ones the greater goes first.
//! * Within a partition terms stand in order in shards of some 9 kB, which begin where the terms say so. A shard tells the
//!   documents of its terms, and names the files of their places, which only phrases need.
//! * What results show stands in chunks of sixteen documents; eight chunks share a name, with a digit after it, since names
//!   in the manifest do not pack. What is tested or sorted by stands in columns.
//! * Words and terms with how frequent they are, for prefixes and slips of the keyboard, stand in shards of all partitions.
//!
//! `cargo bench --bench static_search` says that a first query of two words fetches 55 kB in 7 requests of 10,000 tickets, and
//! 373 kB in 24 of 100,000, in the median.

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
    files::Files,
    language::{Language, ServiceRow},
    partition::Partition,
    words::Words,
};
use super::{Filter, Item};
use crate::{query::Vocabulary, store::Store};

/// Of all files. `site/assets/search/files.js` has it too.
const VERSION: u8 = 3;

/// How many documents' results stand in one file. `site/assets/search/engine.js` has it too.
const CHUNK: usize = 16;

/// How many documents a partition has at least, at most, and on the average beyond the least.
pub(super) const PARTITION: (Range<usize>, u32) = (20_000..28_000, 4_096);

/// The file that names the manifest, which names the others.
pub(crate) const ENTRANCE: &str = "index.json";

/// What [`ENTRANCE`] says.
#[derive(Serialize)]
struct Entrance {
    version: u8,
    /// The name of the file of the manifest.
    manifest: String,
}

/// What the browser reads first.
#[derive(Serialize)]
struct Manifest<'a> {
    documents: usize,
    partitions: Vec<Partition>,
    /// The name of the file that names the shards of words.
    words: String,
    services: BTreeMap<&'a str, ServiceRow<'a>>,
    /// The name of the file with the rules of the clocks.
    zone: String,
    language: Language<'a>,
}

/// The files of the index of everything in `store`, by name. `shown` tells what results show of a ticket or article.
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
    // The newest last, so that the greater number goes first; of one moment, the first key last.
    items.sort_by_cached_key(|(item, key)| (item.created(store), Reverse(key.clone())));
    let (items, keys): (Vec<Item>, Vec<String>) = items.into_iter().unzip();
    // Nothing that is published depends on the time.
    let filter = Filter::new(store, None, crate::text::Time::from(jiff::Timestamp::UNIX_EPOCH));
    let mut files = Files::default();
    let mut words = Words::default();
    let partitions: Vec<Partition> = cut(&keys, partition)
        .into_iter()
        .map(|range| {
            partition::write(store, &filter, vocabulary, &items[range], &shown, &mut words, &mut files)
        })
        .collect();
    let manifest = Manifest {
        documents: items.len(),
        partitions,
        words: words.write(&mut files),
        services: language::services(store),
        zone: files.add_json(&language::zone(&store.settings.zone())),
        language: Language::of(vocabulary),
    };
    let entrance = Entrance { version: VERSION, manifest: files.add_json(&manifest) };
    files.finish(ENTRANCE, &entrance)
}

/// The partitions of documents with these keys. A key ends one when its own hash says so, so that a new document moves
/// the ends up to the next one that both have.
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
