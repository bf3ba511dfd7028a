//! One partition: documents that follow one another, with files of their own.

use indexmap::IndexMap;
use rayon::prelude::*;
use serde::Serialize;

use super::{
    CHUNK, columns,
    files::{Files, Group},
    shards::ShardWriter,
    words::Words,
};
use crate::{
    search::{Filter, Item, Texts, index::Collected, query::Known},
    store::Store,
};

/// What the manifest says of a partition.
#[derive(Serialize)]
pub(super) struct Partition {
    documents: usize,
    /// The numbers of those documents that are articles.
    articles: Vec<usize>,
    /// With what the terms of each shard begin at the earliest.
    terms: Vec<String>,
    /// The names of the shards, one after another, like those of the chunks.
    shards: String,
    chunks: String,
    /// The name of the file with the columns that results are counted by.
    facets: String,
    /// The names of the other columns' files.
    columns: IndexMap<String, String>,
}

/// Writes the partition of `items` and adds its words to `words`. Returns what the manifest says of it.
pub(super) fn write<S: Serialize + Send>(
    store: &Store,
    filter: &Filter<'_>,
    known: &Known,
    items: &[Item],
    shown: &(impl Fn(Item) -> S + Sync),
    words: &mut Words,
    files: &mut Files,
) -> Partition {
    let collected = Collected::of(items.len(), |number, page| {
        for (field, text) in Texts::of_item(store, items[number]).iter() {
            page.add(field, text);
        }
    });
    let mut shards = ShardWriter::default();
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
    let chunks: Vec<Group> =
        items.par_chunks(CHUNK * Group::SIZE).map(|items| Group::of_json(&group(items))).collect();
    let chunks: String = chunks.into_iter().map(|chunks| files.add_group(chunks)).collect();
    let articles: Vec<usize> =
        (0..).zip(items).filter(|(_, item)| item.article(store).is_some()).map(|(local, _)| local).collect();
    let (facets, columns) = columns::write(store, filter, known, items, files);
    Partition {
        documents: items.len(),
        articles,
        terms: shards.first,
        shards: shards.names,
        chunks,
        facets,
        columns,
    }
}
