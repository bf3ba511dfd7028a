//! One partition: consecutive documents that have separate files.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    CHUNK,
    base::Version,
    columns::{Columns, sign},
    days::Days,
    files::{Chunk, PublishedFiles, path_of_chunk},
    shard_reader::ReadPosting,
    shard_update::{self, PartitionChange},
    shards::{PublishedShardWriter, Shard, separators},
};
use crate::{
    index::{Bytes, CollectedTerms, ForwardIndex, read_posting},
    query::Vocabulary,
    search::{Filter, Item, documents::fill},
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
    /// The hashes of the chunks, concatenated.
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
pub(super) struct FirstTerms {
    /// The length of this beginning in UTF-16 units, one character for each text.
    shared: String,
    rest: Vec<String>,
}

impl FirstTerms {
    pub(super) fn of(texts: &[String]) -> Self {
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

/// The parts of a partition that later builds can keep.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct PartitionParts {
    /// The hash of each document's texts.
    pub texts: Vec<u64>,
    pub shards: Vec<Shard>,
    /// The hashes of the chunks.
    pub chunks: Vec<String>,
}

impl PartitionParts {
    /// Returns the paths of the chunks.
    pub(super) fn chunk_files(&self) -> impl Iterator<Item = String> + '_ {
        self.chunks.iter().enumerate().map(|(place, hash)| path_of_chunk(hash, place))
    }
}

/// The texts and the shown data of a partition, from which its files are written.
pub(super) struct PartitionWriter<'a, 's, F> {
    pub store: &'s Store,
    pub filter: &'a Filter<'s>,
    pub vocabulary: &'a Vocabulary,
    pub documents: &'a [Version],
    /// The places of the documents among those of their days; see [`Days`](super::days::Days).
    pub places_in_days: &'a [u32],
    pub shown: &'a F,
}

impl<S: Serialize, F: Fn(Item) -> S + Sync> PartitionWriter<'_, '_, F> {
    /// Collects the terms of the documents at `places` of the partition. Also returns the hashes of their texts.
    fn collect(&self, places: &[usize]) -> (CollectedTerms, Vec<u64>) {
        let hashes: Vec<AtomicU64> = places.iter().map(|_| AtomicU64::default()).collect();
        let collected = CollectedTerms::of(places.len(), |number, page| {
            let texts = self.documents[places[number]].texts(self.store);
            hashes[number].store(texts.hash(), Ordering::Relaxed);
            fill(page, &texts);
        });
        (collected, hashes.into_iter().map(AtomicU64::into_inner).collect())
    }

    /// Writes all parts. Returns the forward index of the documents as well.
    pub(super) fn write(&self, files: &mut PublishedFiles<'_>) -> (PartitionParts, ForwardIndex) {
        let places: Vec<usize> = (0..self.documents.len()).collect();
        let (collected, texts) = self.collect(&places);
        let mut shards = PublishedShardWriter::default();
        let forward = collected.each_term_with_forward(|term, postings, positions| {
            if is_published(term) {
                shards.add(term, postings, positions);
            }
        });
        drop(collected);
        let shards = shards.finish(files);
        let chunks = chunks(self.documents, self.shown, files);
        (PartitionParts { texts, shards, chunks }, forward)
    }

    /// Writes the parts after the documents at `places` changed or were added at the end. `gone` has their former terms, and
    /// `is_shown_anew` tells whether the data that results show of a document changed. Also returns the forward index of
    /// these documents. Returns `None` if a former file cannot be read.
    pub(super) fn update(
        &self,
        former: &PartitionParts,
        places: &[usize],
        gone: &[&str],
        is_shown_anew: impl Fn(Item) -> bool,
        read: &(dyn Fn(&str) -> Option<Vec<u8>> + Sync),
        files: &mut PublishedFiles<'_>,
    ) -> Option<(PartitionParts, ForwardIndex)> {
        let number = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        let mut change = PartitionChange {
            documents: places.iter().map(|place| number(*place)).collect(),
            terms: gone.iter().map(|term| ((*term).to_owned(), Vec::new())).collect(),
        };
        let (collected, hashes) = self.collect(places);
        let forward = collected.each_term_with_forward(|term, postings, positions| {
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
        let mut texts = former.texts.clone();
        texts.resize(self.documents.len(), 0);
        places.iter().zip(hashes).for_each(|(place, hash)| texts[*place] = hash);
        let mut shards = PublishedShardWriter::default();
        shard_update::update(&former.shards, change, &mut shards, read)?;
        let shards = shards.finish(files);
        let kept_or_new = |(at, documents): (usize, &[Version])| {
            let was_whole = former.texts.len().min((at + 1) * CHUNK) == at * CHUNK + documents.len();
            let is_same =
                |_: &&String| was_whole && !documents.iter().any(|document| is_shown_anew(document.item));
            let kept = former.chunks.get(at).filter(is_same);
            kept.cloned().unwrap_or_else(|| files.add_chunk(chunk(documents, self.shown), at))
        };
        let chunks = self.documents.chunks(CHUNK).enumerate().map(kept_or_new).collect();
        Some((PartitionParts { texts, shards, chunks }, forward))
    }

    /// Writes the columns. Returns the manifest's entry for the partition of `parts`.
    pub(super) fn entry(&self, parts: &PartitionParts, files: &mut PublishedFiles<'_>) -> Partition {
        let columns = Columns { filter: self.filter, documents: self.documents };
        let days = Days { store: self.store, documents: self.documents, places: self.places_in_days };
        let (facets, columns) = columns.write(self.vocabulary, &days.bytes(), files);
        Partition {
            documents: self.documents.len(),
            spaced: self.documents.par_iter().any(|document| document.has_name_with_space(self.store)),
            terms: FirstTerms::of(&separators(&parts.shards)),
            shards: parts.shards.iter().map(|shard| shard.name.as_str()).collect(),
            chunks: parts.chunks.concat(),
            facets,
            columns,
        }
    }
}

/// Writes the chunks of the results of `documents`. Returns their hashes.
pub(super) fn chunks<S: Serialize>(
    documents: &[Version],
    shown: &(impl Fn(Item) -> S + Sync),
    files: &mut PublishedFiles<'_>,
) -> Vec<String> {
    let all: Vec<Chunk> = documents.par_chunks(CHUNK).map(|documents| chunk(documents, shown)).collect();
    all.into_iter().enumerate().map(|(place, chunk)| files.add_chunk(chunk, place)).collect()
}

fn chunk<S: Serialize>(documents: &[Version], shown: &impl Fn(Item) -> S) -> Chunk {
    Chunk::of(&documents.iter().map(|document| shown(document.item)).collect::<Vec<S>>())
}

/// Returns whether the terms of this kind are published: not those of services, tags and fields, which are columns.
pub(super) fn is_published(term: &str) -> bool {
    !term.starts_with('=')
}
