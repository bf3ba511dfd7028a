//! One partition: consecutive documents that have separate files.

use std::{cmp::Reverse, collections::BTreeMap};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    CHUNK,
    columns::{Columns, sign},
    files::{FileGroup, PublishedFiles, path_in_group},
    shard_reader::ReadPosting,
    shard_update::{self, PartitionChange},
    shards::{PublishedShardWriter, Shard, separators},
};
use crate::{
    index::{Bytes, CollectedTerms, ForwardIndex, put, read_posting},
    query::Vocabulary,
    search::{Filter, Item, Texts, documents::fill, similar::days_open, texts::has_name_with_space},
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
/// zigzag-coded; then for each document one more than the days that it was open, or 0 if it is not resolved; and then the
/// number of documents that were opened before it on the same day.
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
    for place in places_in_days(store, items) {
        write(place);
    }
    bytes
}

/// Returns for each document the number of documents that come before it among those that were opened on the same day: those
/// that were opened before it, or at the same time and have a greater key.
fn places_in_days(store: &Store, items: &[Item]) -> Vec<i64> {
    let mut by_day: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (at, item) in items.iter().enumerate() {
        by_day.entry(item.created(store).day()).or_default().push(at);
    }
    let mut places = vec![0; items.len()];
    for mut of_day in by_day.into_values() {
        of_day.sort_by_cached_key(|at| {
            (items[*at].created(store), Reverse(items[*at].key(store).into_owned()))
        });
        (0..).zip(of_day).for_each(|(place, at)| places[at] = place);
    }
    places
}

/// The number of documents whose results are in files that share a name.
const GROUP: usize = CHUNK * FileGroup::SIZE;

/// The parts of a partition that later builds can keep.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct PartitionParts {
    pub documents: usize,
    pub shards: Vec<Shard>,
    /// The names of the groups of chunks.
    pub chunks: Vec<String>,
}

impl PartitionParts {
    /// Returns the paths of the chunks.
    pub(super) fn chunk_files(&self) -> impl Iterator<Item = String> + '_ {
        let count = |at: usize| (self.documents - at * GROUP).min(GROUP).div_ceil(CHUNK);
        let of_group = move |(at, name): (usize, &'_ String)| {
            let name = name.clone();
            (0..count(at)).map(move |place| path_in_group(&name, place))
        };
        self.chunks.iter().enumerate().flat_map(of_group)
    }
}

/// The texts and the shown data of a partition, from which its files are written.
pub(super) struct PartitionWriter<'a, 's, F> {
    pub store: &'s Store,
    pub filter: &'a Filter<'s>,
    pub vocabulary: &'a Vocabulary,
    pub items: &'a [Item],
    pub shown: &'a F,
}

impl<S: Serialize, F: Fn(Item) -> S + Sync> PartitionWriter<'_, '_, F> {
    /// Collects the terms of the documents at `places` of the partition.
    pub(super) fn collect(&self, places: &[usize]) -> CollectedTerms {
        CollectedTerms::of(places.len(), |number, page| {
            fill(page, &Texts::of_item(self.store, self.items[places[number]]));
        })
    }

    /// Writes all parts. Returns the forward index of the documents as well.
    pub(super) fn write(&self, files: &mut PublishedFiles<'_>) -> (PartitionParts, ForwardIndex) {
        let places: Vec<usize> = (0..self.items.len()).collect();
        let collected = self.collect(&places);
        let mut shards = PublishedShardWriter::default();
        let forward = collected.each_term_with_forward(|term, postings, positions| {
            if is_published(term) {
                shards.add(term, postings, positions);
            }
        });
        drop(collected);
        let shards = shards.finish(files);
        let groups: Vec<FileGroup> = self.items.par_chunks(GROUP).map(|items| self.group(items)).collect();
        let chunks = groups.into_iter().map(|group| files.add_group(group)).collect();
        (PartitionParts { documents: self.items.len(), shards, chunks }, forward)
    }

    /// Writes the parts after the documents at `places` changed or were added at the end. `gone` has their former terms, and
    /// `is_shown_anew` tells whether the data that results show of a document changed. Returns `None` if a former file
    /// cannot be read.
    pub(super) fn update(
        &self,
        former: &PartitionParts,
        places: &[usize],
        gone: &[&str],
        is_shown_anew: impl Fn(Item) -> bool,
        read: &(dyn Fn(&str) -> Option<Vec<u8>> + Sync),
        files: &mut PublishedFiles<'_>,
    ) -> Option<PartitionParts> {
        let number = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        let mut change = PartitionChange {
            documents: places.iter().map(|place| number(*place)).collect(),
            terms: gone.iter().map(|term| ((*term).to_owned(), Vec::new())).collect(),
        };
        self.collect(places).each_term(|term, postings, positions| {
            let (mut postings, mut positions) = (Bytes(postings), Bytes(positions));
            let mut documents = Vec::new();
            let mut place = 0;
            // Data that was just built can always be read.
            while let Ok((step, weight)) = read_posting(&mut postings) {
                place += step as usize;
                let own = positions.number().and_then(|length| positions.take(length as usize));
                let (document, positions) = (number(places[place]), own.unwrap_or_default().to_vec());
                documents.push(ReadPosting { document, weight, positions });
            }
            change.terms.insert(term.to_owned(), documents);
        });
        change.terms.retain(|term, _| is_published(term));
        let mut shards = PublishedShardWriter::default();
        shard_update::update(&former.shards, change, &mut shards, read)?;
        let shards = shards.finish(files);
        let group = |(at, items): (usize, &[Item])| {
            let was_whole = former.documents.min((at + 1) * GROUP) == at * GROUP + items.len();
            let kept =
                former.chunks.get(at).filter(|_| was_whole && !items.iter().any(|item| is_shown_anew(*item)));
            kept.cloned().unwrap_or_else(|| files.add_group(self.group(items)))
        };
        let chunks = self.items.chunks(GROUP).enumerate().map(group).collect();
        Some(PartitionParts { documents: self.items.len(), shards, chunks })
    }

    /// Writes the chunks of the results of `items`, which share a name.
    pub(super) fn group(&self, items: &[Item]) -> FileGroup {
        let chunk = |chunk: &[Item]| chunk.iter().map(|item| (self.shown)(*item)).collect();
        let chunks: Vec<Vec<S>> = items.chunks(CHUNK).map(chunk).collect();
        FileGroup::of_json(&chunks)
    }

    /// Writes the columns. Returns the manifest's entry for the partition of `parts`.
    pub(super) fn entry(&self, parts: &PartitionParts, files: &mut PublishedFiles<'_>) -> Partition {
        let columns = Columns { filter: self.filter, items: self.items };
        let (facets, columns) = columns.write(self.vocabulary, &days(self.store, self.items), files);
        Partition {
            documents: parts.documents,
            spaced: self.items.par_iter().any(|item| has_name_with_space(self.store, *item)),
            terms: FirstTerms::of(&separators(&parts.shards)),
            shards: parts.shards.iter().map(|shard| shard.name.as_str()).collect(),
            chunks: parts.chunks.concat(),
            facets,
            columns,
        }
    }
}

/// Returns whether the terms of this kind are published: not those of services, tags and fields, which are columns.
pub(super) fn is_published(term: &str) -> bool {
    !term.starts_with('=')
}
