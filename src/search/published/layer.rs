//! The layer of the published index: the current versions of the documents that changed since the end of the base.
//!
//! A change of one document changes most files of the layer, so these are few. The terms are in about five shards. The
//! positions are arranged by document, so that they are in one file for each few documents. All columns other than facets share a file.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    base::Version,
    columns::Columns,
    days::Days,
    files::{PackedFile, PublishedFiles},
    partition::{FirstTerms, chunks, is_published},
    shards::{PublishedShardWriter, ShardEnds, separators, shared, small},
};
use crate::{
    index::{Bytes, CollectedTerms, ForwardIndex, put, read_posting},
    query::Vocabulary,
    search::{Filter, Item, documents::fill},
    store::Store,
};

/// The number of shards that the terms are divided into, if each has at least the smallest size in bytes.
const SHARDS: usize = 5;
const SMALLEST: usize = 4 * 1024;

/// On average, one of this many terms ends a shard that is large enough.
const ENDS: u64 = 16;

/// The number of documents whose positions are in one file. `site/assets/search/index.js` has the same value.
const PLACES: usize = 16;

/// The manifest's entry for the layer.
#[derive(Serialize)]
pub(super) struct Layer<'a> {
    /// The numbers of the documents of the base that the first documents of the layer replace. The other documents of the
    /// layer are new.
    replaced: &'a [usize],
    terms: FirstTerms,
    shards: String,
    /// The names of the files of positions, concatenated.
    places: String,
    /// The hashes of the chunks of the new documents, concatenated.
    chunks: String,
    spaced: bool,
    facets: String,
    /// The name of the file with the other columns.
    columns: String,
    /// The name of the file with the words whose frequency differs from that in the base.
    words: String,
}

/// The files of the layer, for a later build.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct LayerParts {
    /// The names of the files that have only terms, but no excerpts.
    pub files: Vec<String>,
}

/// The documents of the layer, from which its files are written.
pub(super) struct LayerWriter<'a, 's, F> {
    pub store: &'s Store,
    pub filter: &'a Filter<'s>,
    pub vocabulary: &'a Vocabulary,
    /// The documents that replace one of the base come first.
    pub documents: &'a [Version],
    pub replaced: &'a [usize],
    /// The places of the documents among those of their days; see [`Days`].
    pub places_in_days: &'a [u32],
    pub shown: &'a F,
}

/// The terms of the layer with their postings, and the positions of each document's terms.
pub(super) struct LayerTerms {
    terms: Vec<(String, Vec<u8>)>,
    /// For each document its terms with the positions in it.
    places: Vec<Vec<u8>>,
    pub forward: ForwardIndex,
}

impl<S: Serialize, F: Fn(Item) -> S + Sync> LayerWriter<'_, '_, F> {
    /// Collects the terms of the documents.
    pub(super) fn terms(&self) -> LayerTerms {
        let count = self.documents.len();
        let collected =
            CollectedTerms::of(count, |number, page| fill(page, &self.documents[number].texts(self.store)));
        let mut terms = Vec::new();
        let mut places: Vec<DocumentPlaces> = Vec::new();
        places.resize_with(count, DocumentPlaces::default);
        let forward = collected.each_term_with_forward(|term, postings, positions| {
            if !is_published(term) {
                return;
            }
            let (mut rest, mut positions, mut document) = (Bytes(postings), Bytes(positions), 0);
            while let Ok((step, _)) = read_posting(&mut rest) {
                document += step as usize;
                let own = positions.number().and_then(|length| positions.take(length as usize));
                places[document].add(term, own.unwrap_or_default());
            }
            terms.push((term.to_owned(), postings.to_vec()));
        });
        LayerTerms { terms, places: places.into_iter().map(|places| places.bytes).collect(), forward }
    }

    /// Writes the files. `words` is the name of the file with the words. Returns the manifest's entry as well.
    pub(super) fn write(
        &self,
        terms: LayerTerms,
        words: String,
        files: &mut PublishedFiles<'_>,
    ) -> (Layer<'_>, LayerParts) {
        let size: usize = terms.terms.iter().map(|(term, postings)| term.len() + postings.len()).sum();
        let least = (size / SHARDS).max(SMALLEST);
        let mut shards = PublishedShardWriter::with(ShardEnds { size: (least, 2 * least), terms: ENDS });
        terms.terms.iter().for_each(|(term, postings)| shards.add(term, postings, &[]));
        let shards = shards.finish(files);
        let packed: Vec<PackedFile> =
            terms.places.par_chunks(PLACES).map(|places| PackedFile::new(&joined(places))).collect();
        let places: Vec<String> = packed.into_iter().map(|file| files.add(file)).collect();
        let new = self.documents.get(self.replaced.len()..).unwrap_or_default();
        let chunks = chunks(new, self.shown, files).concat();
        let columns = Columns { filter: self.filter, documents: self.documents };
        let days = Days { store: self.store, documents: self.documents, places: self.places_in_days };
        let (facets, columns) = columns.write_together(self.vocabulary, &days.bytes(), files);
        let names = shards.iter().map(|shard| &shard.name).chain(&places).chain([&words]);
        let parts = LayerParts { files: names.cloned().collect() };
        let layer = Layer {
            replaced: self.replaced,
            terms: FirstTerms::of(&separators(&shards)),
            shards: shards.iter().map(|shard| shard.name.as_str()).collect(),
            places: places.concat(),
            chunks,
            spaced: self.documents.iter().any(|document| document.has_name_with_space(self.store)),
            facets,
            columns,
            words,
        };
        (layer, parts)
    }
}

/// The terms of a document with their positions: for each term the length of the beginning that it shares with the term
/// before, the length of the rest, the rest, the length of the positions, and the positions.
#[derive(Default)]
struct DocumentPlaces {
    last: String,
    bytes: Vec<u8>,
}

impl DocumentPlaces {
    fn add(&mut self, term: &str, positions: &[u8]) {
        let same = shared(&self.last, term);
        for number in [same, term.len() - same] {
            put(small(number), &mut self.bytes);
        }
        self.bytes.extend_from_slice(&term.as_bytes()[same..]);
        put(small(positions.len()), &mut self.bytes);
        self.bytes.extend_from_slice(positions);
        term.clone_into(&mut self.last);
    }
}

/// Joins the bytes of several documents, each with its length in front.
fn joined(documents: &[Vec<u8>]) -> Vec<u8> {
    let mut all = Vec::new();
    for bytes in documents {
        put(small(bytes.len()), &mut all);
        all.extend_from_slice(bytes);
    }
    all
}
