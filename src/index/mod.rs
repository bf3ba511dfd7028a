//! The full-text index: built from texts, stored as bytes, read in small parts.
//!
//! A document is one ticket with its replies, or one article. A posting is a document and an 8-bit *impact*: the
//! weight of the term in the document, which depends on the fields that contain the term. The impact is computed
//! when the document is indexed and does not depend on other documents. The rarity of a term depends on all
//! documents; it is computed with integers at query time. Therefore an index with a layer of newer documents gives
//! the same scores as a new index, and an implementation in another language can compute the same order by adding
//! integers.
//!
//! The file consists of a head, a manifest, the table of documents, and shards of about 8 kB: terms with their
//! postings, words that differ from their stem, and, in separate shards, positions. A query reads only the shards
//! that it needs. Each of these parts has a checksum. If data is damaged, the reader returns an error and the
//! caller rebuilds the index.
//!
//! `cargo bench --bench search` compares the index with tantivy; see `docs/benchmarks.md`.

mod build;
mod bytes;
mod dictionary;
mod expand;
mod format;
mod forward;
mod layer;
mod needle;
mod postings;
pub(crate) mod tokens;
mod weight;

use std::{borrow::Cow, io};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::text::Time;

pub(crate) use build::CollectedTerms;
pub(crate) use build::{DocumentBuilder, build, term_weights};
pub(crate) use bytes::{Bytes, put};
pub(crate) use dictionary::Dictionary;
pub(crate) use expand::Correction;
pub(crate) use format::VERSION;
pub(crate) use forward::{DocumentOrigin, ForwardIndex, IndexChange, StoredForwardIndex};
pub use needle::TextPattern;
pub(crate) use needle::{Needle, needles};
pub(crate) use postings::{TermWeight, put_posting, read_posting};
pub use weight::IndexField;
pub(crate) use weight::{Fields, rarity};

use layer::{Layer, Occurrence};

/// Bytes with random access: a file, a blob, memory.
pub(crate) trait ReadAt: Send + Sync {
    /// Reads exactly `len` bytes from `offset`. The result is borrowed only if the bytes are in memory and never
    /// change.
    fn read_at(&self, offset: u64, len: usize) -> io::Result<Cow<'_, [u8]>>;
}

impl ReadAt for Vec<u8> {
    fn read_at(&self, offset: u64, len: usize) -> io::Result<Cow<'_, [u8]>> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let range = start..start.saturating_add(len);
        self.get(range).map(Cow::Borrowed).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

/// The reason why an index cannot be used. Except for [`IndexError::Read`], the fix is always to rebuild the index.
#[derive(Debug, Error)]
pub enum IndexError {
    /// Another version wrote the index.
    #[error("the search index has format {found} instead of {VERSION}; run the command again to rebuild it")]
    Version {
        /// The version in the file.
        found: u32,
    },
    /// The bytes differ from those that were written.
    #[error("the search index is damaged ({0}); run the command again to rebuild it")]
    Damaged(&'static str),
    /// The file could not be read.
    #[error("the search index cannot be read: {0}")]
    Read(#[source] io::Error),
}

impl From<io::Error> for IndexError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Damaged("the file is truncated"),
            _ => Self::Read(error),
        }
    }
}

/// The data that is stored about a document in addition to its terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IndexHead {
    /// The document's name, unique in the index.
    pub key: String,
    /// When it was opened. Newer documents come first if scores are equal.
    pub created: Time,
    /// When it was resolved, unless it was reopened.
    pub resolved: Option<Time>,
    /// A value from the caller that changes when the document's text changes.
    pub stamp: u64,
}

/// A document that contains a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Posting {
    pub document: u32,
    pub weight: TermWeight,
}

/// An index with layers of newer documents.
pub(crate) struct Index {
    layers: Vec<Layer>,
    /// The documents of all layers, indexed by their numbers.
    heads: Vec<IndexHead>,
    /// The rank of each document: newest first, then by key.
    ranks: Vec<u32>,
    /// True for each document that is valid: not replaced and not removed.
    alive: Vec<bool>,
    count: u32,
}

impl Index {
    pub(crate) fn empty() -> Self {
        Self { layers: Vec::new(), heads: Vec::new(), ranks: Vec::new(), alive: Vec::new(), count: 0 }
    }

    /// Opens the index in `bytes`, written by [`build`].
    pub(crate) fn open(bytes: impl ReadAt + 'static) -> Result<Self, IndexError> {
        let mut index = Self::empty();
        index.add_layer(Box::new(bytes))?;
        Ok(index)
    }

    /// Adds a layer of newer documents. A document replaces an older one with the same key.
    pub(crate) fn with_newer(mut self, bytes: impl ReadAt + 'static) -> Result<Self, IndexError> {
        self.add_layer(Box::new(bytes))?;
        Ok(self)
    }

    /// Returns the value that the caller of [`build`] gave: what the documents' texts depend on beside the documents. It
    /// is the same for all layers.
    pub(crate) fn context(&self) -> Option<u64> {
        self.layers.first().map(Layer::context)
    }

    /// Removes the documents that `passes` rejects.
    pub(crate) fn retain(&mut self, mut passes: impl FnMut(&IndexHead) -> bool) {
        for (head, alive) in self.heads.iter().zip(&mut self.alive) {
            *alive = *alive && passes(head);
        }
        self.recount();
    }

    fn add_layer(&mut self, bytes: Box<dyn ReadAt>) -> Result<(), IndexError> {
        let (layer, heads) = Layer::open(bytes, u32::try_from(self.heads.len()).unwrap_or(u32::MAX))?;
        if !self.layers.is_empty() {
            let newer: std::collections::HashSet<&str> = heads.iter().map(|head| head.key.as_str()).collect();
            for (head, alive) in self.heads.iter().zip(&mut self.alive) {
                *alive = *alive && !newer.contains(head.key.as_str());
            }
        }
        self.alive.resize(self.heads.len() + heads.len(), true);
        self.heads.extend(heads);
        self.layers.push(layer);
        self.rank_all();
        self.recount();
        Ok(())
    }

    fn rank_all(&mut self) {
        let head = |number: u32| &self.heads[number as usize];
        // Each layer is sorted by time, so the documents are nearly in order already.
        let mut order: Vec<u32> = (0..u32::try_from(self.heads.len()).unwrap_or(u32::MAX)).rev().collect();
        order.sort_by(|a, b| {
            let (a, b) = (head(*a), head(*b));
            b.created.cmp(&a.created).then_with(|| a.key.cmp(&b.key))
        });
        let mut ranks = vec![0; order.len()];
        (0..).zip(order).for_each(|(rank, number)| ranks[number as usize] = rank);
        self.ranks = ranks;
    }

    /// Returns the rank of a document among documents with equal scores: newest first, then by key.
    pub(crate) fn rank(&self, document: u32) -> u32 {
        self.ranks.get(document as usize).copied().unwrap_or(u32::MAX)
    }

    fn recount(&mut self) {
        self.count = u32::try_from(self.alive.iter().filter(|alive| **alive).count()).unwrap_or(u32::MAX);
    }

    /// Returns the number of valid documents.
    pub(crate) fn len(&self) -> usize {
        self.count as usize
    }

    /// Returns the greatest document number plus one.
    pub(crate) fn numbers(&self) -> usize {
        self.heads.len()
    }

    /// Returns the document with this number.
    pub(crate) fn head(&self, document: u32) -> Option<&IndexHead> {
        self.heads.get(document as usize)
    }

    /// Returns all documents by number, including replaced and removed ones.
    pub(crate) fn heads(&self) -> &[IndexHead] {
        &self.heads
    }

    /// Returns the numbers and heads of all valid documents, in order of number.
    pub(crate) fn documents(&self) -> impl Iterator<Item = (u32, &IndexHead)> {
        (0..).zip(&self.heads).filter(|(number, _)| self.is_alive(*number))
    }

    /// Returns true if the document is valid: not replaced and not removed.
    pub(crate) fn is_alive(&self, document: u32) -> bool {
        self.alive.get(document as usize).copied().unwrap_or(false)
    }

    /// Returns the rarity of a term that `count` documents have, for scores.
    pub(crate) fn rarity(&self, count: usize) -> u32 {
        rarity(self.count, u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Returns the documents with `term` in one of `fields`, in order of number.
    pub(crate) fn postings(&self, term: &str, fields: Fields) -> Result<Vec<Posting>, IndexError> {
        if fields != Fields::ALL {
            return Ok(self.occurrences(term, fields)?.into_iter().map(|found| found.posting).collect());
        }
        let mut found = Vec::new();
        for layer in &self.layers {
            layer.postings(term, &mut found)?;
        }
        if self.len() < self.heads.len() {
            found.retain(|posting| self.is_alive(posting.document));
        }
        Ok(found)
    }

    /// Returns the same documents as [`Index::postings`], with the positions of the term in each.
    fn occurrences(&self, term: &str, fields: Fields) -> Result<Vec<Occurrence>, IndexError> {
        let mut found = Vec::new();
        for layer in &self.layers {
            layer.occurrences(term, fields, &mut found)?;
        }
        found.retain(|found| self.is_alive(found.posting.document));
        Ok(found)
    }

    /// Returns the documents in which `terms` occur within one field at the given distances, with the weights of the
    /// terms in the same order.
    pub(crate) fn sequences(
        &self,
        terms: &[(String, u32)],
        fields: Fields,
    ) -> Result<Vec<(u32, Vec<TermWeight>)>, IndexError> {
        // Collect the documents with all terms, then keep those in which the terms occur at the right distances.
        let mut all: Vec<(u32, Vec<Occurrence>)> = Vec::new();
        for (index, (term, _)) in terms.iter().enumerate() {
            let found = self.occurrences(term, fields)?;
            if index == 0 {
                all = found.into_iter().map(|one| (one.posting.document, vec![one])).collect();
                continue;
            }
            let mut found = found.into_iter().peekable();
            all.retain_mut(|(document, sofar)| {
                while found.next_if(|one| one.posting.document < *document).is_some() {}
                match found.next_if(|one| one.posting.document == *document) {
                    Some(one) => {
                        sofar.push(one);
                        true
                    }
                    None => false,
                }
            });
        }
        let offsets: Vec<u32> = terms.iter().map(|(_, offset)| *offset).collect();
        all.retain(|(_, places)| layer::occur_at_offsets(places, &offsets));
        Ok(all
            .into_iter()
            .map(|(document, places)| (document, places.iter().map(|one| one.posting.weight).collect()))
            .collect())
    }
}
