//! One partition: consecutive documents that have separate files.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
};

use rayon::prelude::*;
use serde::Serialize;

use super::{
    CHUNK,
    columns::{Columns, sign},
    files::{FileGroup, PublishedFiles},
    shards::PublishedShardWriter,
    words::PublishedWords,
};
use crate::{
    index::{CollectedTerms, put},
    query::Vocabulary,
    search::{Filter, Item, Texts, similar::days_open},
    store::Store,
};

/// The manifest's entry for a partition.
#[derive(Serialize)]
pub(super) struct Partition {
    documents: usize,
    /// The beginning of the first term of each shard.
    terms: FirstTerms,
    /// The names of the shards, concatenated.
    shards: String,
    /// The names of the groups of chunks, concatenated.
    chunks: String,
    /// Whether an id, alias or source has a space, so that several words can be a name.
    spaced: bool,
    /// The name of the file with the facet columns and the days.
    facets: String,
    /// The names of the other columns' files, by key.
    columns: BTreeMap<String, String>,
}

/// Texts in order, each without the beginning that it shares with the text before.
#[derive(Serialize)]
struct FirstTerms {
    /// The length of this beginning in UTF-16 units, one character for each text.
    shared: String,
    rest: Vec<String>,
}

impl FirstTerms {
    fn of(texts: &[String]) -> Self {
        let mut last = "";
        let (mut shared, mut rest) = (String::new(), Vec::with_capacity(texts.len()));
        for text in texts {
            let both = last.chars().zip(text.chars()).take_while(|(a, b)| a == b);
            let (bytes, units) =
                both.fold((0, 0), |(bytes, units), (c, _)| (bytes + c.len_utf8(), units + c.len_utf16()));
            shared.push(sign(units));
            rest.push(text[bytes..].to_owned());
            last = text;
        }
        Self { shared, rest }
    }
}

/// Returns the bytes of the days on which the documents were opened, each as the difference to the document before,
/// zigzag-coded; and then for each document one more than the days that it was open, or 0 if it is not resolved.
fn days(store: &Store, items: &[Item]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut write = |number: i64| put(u32::try_from(number).unwrap_or(u32::MAX), &mut bytes);
    let mut last = 0;
    for item in items {
        let opened = item.created(store).day();
        let step = opened - last;
        write((step << 1) ^ (step >> 63));
        last = opened;
    }
    for item in items {
        let open = item.resolved(store).map(|resolved| days_open(item.created(store).day(), resolved.day()));
        write(open.map_or(0, |days| days + 1));
    }
    bytes
}

/// Writes the partition of `items` and adds its words to `words`. Returns the manifest's entry.
pub(super) fn write<S: Serialize>(
    store: &Store,
    filter: &Filter<'_>,
    vocabulary: &Vocabulary,
    items: &[Item],
    shown: &(impl Fn(Item) -> S + Sync),
    words: &mut PublishedWords,
    files: &mut PublishedFiles,
) -> Partition {
    let spaced = AtomicBool::new(false);
    let collected = CollectedTerms::of(items.len(), |number, page| {
        let texts = Texts::of_item(store, items[number]);
        texts.iter().for_each(|(field, text)| page.add(field, text));
        if texts.names().any(|name| name.contains(char::is_whitespace)) {
            spaced.store(true, Ordering::Relaxed);
        }
        texts.names().chain(texts.errors()).for_each(|term| page.add_exact(term));
    });
    let mut shards = PublishedShardWriter::default();
    collected.each_term(|term, postings, places| {
        let documents = shards.add(term, postings, places);
        words.add_term(term, documents);
    });
    words.add_words(collected.words());
    drop(collected);
    let shards = shards.finish(files);

    let group = |items: &[Item]| -> Vec<Vec<S>> {
        items.chunks(CHUNK).map(|chunk| chunk.iter().map(|item| shown(*item)).collect()).collect()
    };
    let chunks: Vec<FileGroup> =
        items.par_chunks(CHUNK * FileGroup::SIZE).map(|items| FileGroup::of_json(&group(items))).collect();
    let chunks: String = chunks.into_iter().map(|chunks| files.add_group(chunks)).collect();
    let (facets, columns) = Columns { filter, items }.write(vocabulary, &days(store, items), files);
    Partition {
        documents: items.len(),
        spaced: spaced.into_inner(),
        terms: FirstTerms::of(&shards.first),
        shards: shards.names,
        chunks,
        facets,
        columns,
    }
}
