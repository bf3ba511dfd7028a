//! One partition: documents that follow one another, with files of their own.

use rayon::prelude::*;
use serde_json::{Value as Json, json};

use super::{
    CHUNK, columns,
    files::{Files, Group},
    shards::ShardWriter,
    words::Words,
};
use crate::{
    index::Collected,
    query::Vocabulary,
    search::{Filter, Item, Texts},
    store::Store,
};

/// Writes the partition of `items` and adds its words to `words`. Returns what the manifest says of it.
pub(super) fn write(
    store: &Store,
    filter: &Filter<'_>,
    known: &Vocabulary,
    items: &[Item],
    shown: &(impl Fn(Item) -> Json + Sync),
    words: &mut Words,
    files: &mut Files,
) -> Json {
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

    let group = |items: &[Item]| -> Vec<Json> {
        items.chunks(CHUNK).map(|chunk| chunk.iter().map(|item| shown(*item)).collect()).collect()
    };
    let chunks: Vec<Group> =
        items.par_chunks(CHUNK * Group::SIZE).map(|items| Group::of_json(&group(items))).collect();
    let chunks: String = chunks.into_iter().map(|chunks| files.add_group(chunks)).collect();
    let articles: Vec<usize> =
        (0..).zip(items).filter(|(_, item)| item.article(store).is_some()).map(|(local, _)| local).collect();
    let (facets, columns) = columns::write(store, filter, known, items, files);
    json!({
        "documents": items.len(),
        "articles": articles,
        "terms": shards.first,
        "shards": shards.names,
        "chunks": chunks,
        "facets": facets,
        "columns": columns,
    })
}
