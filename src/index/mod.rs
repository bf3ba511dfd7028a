//! The full-text index: built from texts, kept as bytes, read a little at a time.
//!
//! One document is one ticket with its replies, or one article. A posting is a document and an 8-bit *impact*, the
//! field-weighted weight of the term in the document, fixed when the document is indexed: no posting of an unchanged
//! document changes because another one did. What depends on the whole, how rare a term is, is computed in integers when
//! a query is asked. So an index plus a layer of newer documents over it scores exactly as an index made anew, and a
//! twin in another language can give the same order by adding integers.
//!
//! The file is a head, a manifest, the table of documents, and shards of some 8 kB: terms with their postings, words
//! that are not their own stem, and, in shards of their own, positions. A query reads the shards that it needs. Each
//! piece carries a checksum; whatever is damaged is an error that says "build it again".
//!
//! `cargo bench --bench search` compares the index with tantivy; see `docs/benchmarks.md`.

mod build;
mod bytes;
mod expand;
mod format;
mod layer;
mod needle;
pub(crate) mod tokens;
mod weight;

use std::{borrow::Cow, io};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::text::Time;

pub(crate) use build::Collected;
pub(crate) use build::{Page, build, weighed};
pub(crate) use bytes::{Bytes, put};
pub(crate) use expand::StandIn;
pub(crate) use format::VERSION;
pub use needle::TextPattern;
pub(crate) use needle::{Needle, needles};
pub use weight::Field;
pub(crate) use weight::{Fields, rarity};

use layer::{Layer, Occurrence};

/// Bytes that can be read at any place: a file, a blob, memory.
pub(crate) trait ReadAt: Send + Sync {
    /// Exactly `len` bytes from `offset`; borrowed where they are in memory, and so stay as they are.
    fn read_at(&self, offset: u64, len: usize) -> io::Result<Cow<'_, [u8]>>;
}

impl ReadAt for Vec<u8> {
    fn read_at(&self, offset: u64, len: usize) -> io::Result<Cow<'_, [u8]>> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let range = start..start.saturating_add(len);
        self.get(range).map(Cow::Borrowed).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

/// Why an index cannot be used. Except for [`IndexError::Read`], the way out is always to build it again.
#[derive(Debug, Error)]
pub enum IndexError {
    /// It was written by another version.
    #[error("the search index has format {found}, this is format {VERSION}; it must be built again")]
    Version {
        /// The version that it says.
        found: u32,
    },
    /// Its bytes are not what was written.
    #[error("the search index is damaged ({0}); it must be built again")]
    Damaged(&'static str),
    /// It could not be read.
    #[error("the search index cannot be read: {0}")]
    Read(#[source] io::Error),
}

impl From<io::Error> for IndexError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Damaged("it is cut off"),
            _ => Self::Read(error),
        }
    }
}

/// What is kept of a document beside its terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    /// Its name, unique in the index.
    pub key: String,
    /// When it was opened; newer ones go first where scores are equal.
    pub created: Time,
    /// Whatever tells its owner that its text has changed.
    pub stamp: u64,
}

/// A document that a term occurs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Posting {
    /// The document's number.
    pub document: u32,
    /// What the term weighs in it, from 1 to 255.
    pub impact: u8,
}

/// An index, with layers of newer documents over it.
pub(crate) struct Index {
    layers: Vec<Layer>,
    /// All documents of all layers, by number.
    heads: Vec<Head>,
    /// The place of each document by time, the newest first, then by key.
    ranks: Vec<u32>,
    /// Whether a document still counts.
    alive: Vec<bool>,
    count: u32,
}

impl Index {
    /// An index without documents.
    pub(crate) fn empty() -> Self {
        Self { layers: Vec::new(), heads: Vec::new(), ranks: Vec::new(), alive: Vec::new(), count: 0 }
    }

    /// Opens the index in `bytes`, as [`build`] made it.
    pub(crate) fn open(bytes: impl ReadAt + 'static) -> Result<Self, IndexError> {
        let mut index = Self::empty();
        index.add_layer(Box::new(bytes))?;
        Ok(index)
    }

    /// Puts newer documents over those that are here; one with a key that is known replaces it.
    pub(crate) fn with_newer(mut self, bytes: impl ReadAt + 'static) -> Result<Self, IndexError> {
        self.add_layer(Box::new(bytes))?;
        Ok(self)
    }

    /// Leaves out the documents whose head does not pass.
    pub(crate) fn retain(&mut self, mut passes: impl FnMut(&Head) -> bool) {
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
        // Each layer is by time, so this is nearly in order.
        let mut order: Vec<u32> = (0..u32::try_from(self.heads.len()).unwrap_or(u32::MAX)).rev().collect();
        order.sort_by(|a, b| {
            let (a, b) = (head(*a), head(*b));
            b.created.cmp(&a.created).then_with(|| a.key.cmp(&b.key))
        });
        let mut ranks = vec![0; order.len()];
        (0..).zip(order).for_each(|(rank, number)| ranks[number as usize] = rank);
        self.ranks = ranks;
    }

    /// The place of a document by time, the newest first, then by key: the order of what scores the same.
    pub(crate) fn rank(&self, document: u32) -> u32 {
        self.ranks.get(document as usize).copied().unwrap_or(u32::MAX)
    }

    fn recount(&mut self) {
        self.count = u32::try_from(self.alive.iter().filter(|alive| **alive).count()).unwrap_or(u32::MAX);
    }

    /// How many documents there are.
    pub(crate) fn len(&self) -> usize {
        self.count as usize
    }

    /// One more than the greatest number of a document.
    pub(crate) fn numbers(&self) -> usize {
        self.heads.len()
    }

    /// The document with number `document`.
    pub(crate) fn head(&self, document: u32) -> Option<&Head> {
        self.heads.get(document as usize)
    }

    /// All documents by number, with those that no longer count.
    pub(crate) fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// The numbers and heads of all documents, in order of number.
    pub(crate) fn documents(&self) -> impl Iterator<Item = (u32, &Head)> {
        (0..).zip(&self.heads).filter(|(number, _)| self.is_alive(*number))
    }

    /// Whether a document still counts.
    pub(crate) fn is_alive(&self, document: u32) -> bool {
        self.alive.get(document as usize).copied().unwrap_or(false)
    }

    /// How much `count` documents out of all say, for scores.
    pub(crate) fn rarity(&self, count: usize) -> u32 {
        rarity(self.count, u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// The documents that `term` occurs in (in one of `fields`), in order of number.
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

    /// As [`Index::postings`], with the places in each document.
    fn occurrences(&self, term: &str, fields: Fields) -> Result<Vec<Occurrence>, IndexError> {
        let mut found = Vec::new();
        for layer in &self.layers {
            layer.occurrences(term, fields, &mut found)?;
        }
        found.retain(|found| self.is_alive(found.posting.document));
        Ok(found)
    }

    /// The documents in which `terms` stand at their distances from one another within one field, each with the
    /// impacts of the terms, in their order.
    pub(crate) fn sequences(
        &self,
        terms: &[(String, u32)],
        fields: Fields,
    ) -> Result<Vec<(u32, Vec<u8>)>, IndexError> {
        // Documents that have all terms, then those in which they stand as they should.
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
        all.retain(|(_, places)| layer::stand_in_order(places, &offsets));
        Ok(all
            .into_iter()
            .map(|(document, places)| (document, places.iter().map(|one| one.posting.impact).collect()))
            .collect())
    }
}
