//! A forward index: for each document its terms with their weights, and its words that differ from their stem.
//!
//! The other indexes list the documents of each term. When a document changes, the forward index tells which terms it
//! had, so that only their documents have to be updated.

use std::ops::Range;

use foldhash::HashMap;
use serde::{Deserialize, Serialize};

use super::bytes::{Bytes, put};
use super::dictionary::{Dictionary, StoredDictionary};
use super::postings::{TermWeight, put_posting, read_posting};

/// The terms and words of several documents.
#[derive(Clone, Debug, Default)]
pub(crate) struct ForwardIndex {
    pub(super) terms: Dictionary,
    pub(super) words: Dictionary,
    /// The bytes of each document in `bytes`.
    documents: Vec<Range<usize>>,
    /// For each document: the length of its terms in bytes; for each term the difference to the number of the term
    /// before and the weight; for each word the difference to the number of the word before.
    bytes: Vec<u8>,
}

/// The terms and words of one document, by their numbers in order.
#[derive(Debug, Default)]
pub(super) struct DocumentTerms {
    pub(super) terms: Vec<(u32, TermWeight)>,
    pub(super) words: Vec<u32>,
}

/// A forward index as it is stored.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredForwardIndex<'a> {
    #[serde(borrow)]
    terms: StoredDictionary<'a>,
    #[serde(borrow)]
    words: StoredDictionary<'a>,
    lengths: Vec<u32>,
    bytes: &'a [u8],
}

impl ForwardIndex {
    /// Returns the number of documents.
    pub(crate) fn len(&self) -> usize {
        self.documents.len()
    }

    /// Returns the terms of all documents with the number of documents that have each.
    pub(crate) fn terms(&self) -> &Dictionary {
        &self.terms
    }

    /// Returns the words that differ from their stem with the number of documents that have each.
    pub(crate) fn words(&self) -> &Dictionary {
        &self.words
    }

    fn parts_of(&self, document: usize) -> (&[u8], &[u8]) {
        let bytes = self.documents.get(document).and_then(|span| self.bytes.get(span.clone()));
        let mut rest = Bytes(bytes.unwrap_or_default());
        let length = rest.number().unwrap_or_default();
        let terms = rest.take(length as usize).unwrap_or_default();
        (terms, rest.0)
    }

    /// Returns the numbers of a document's terms in order, with their weights.
    pub(crate) fn terms_of(&self, document: usize) -> impl Iterator<Item = (u32, TermWeight)> + use<'_> {
        let mut rest = Bytes(self.parts_of(document).0);
        let mut number = 0;
        std::iter::from_fn(move || {
            let (step, weight) = read_posting(&mut rest).ok()?;
            number += step;
            Some((number, weight))
        })
    }

    /// Returns the numbers of a document's words in order.
    pub(crate) fn words_of(&self, document: usize) -> impl Iterator<Item = u32> + use<'_> {
        let mut rest = Bytes(self.parts_of(document).1);
        let mut number = 0;
        std::iter::from_fn(move || {
            number += rest.number().ok()?;
            Some(number)
        })
    }

    /// Adds a document. The counts of its terms and words stay as they are.
    fn append(&mut self, document: &DocumentTerms) {
        let mut terms = Vec::with_capacity(4 * document.terms.len());
        let mut last = 0;
        for (number, weight) in &document.terms {
            put_posting(number - last, *weight, &mut terms);
            last = *number;
        }
        let start = self.bytes.len();
        put(u32::try_from(terms.len()).unwrap_or(u32::MAX), &mut self.bytes);
        self.bytes.append(&mut terms);
        let mut last = 0;
        for number in &document.words {
            put(number - last, &mut self.bytes);
            last = *number;
        }
        self.documents.push(start..self.bytes.len());
    }

    /// Builds the index of documents whose terms have their numbers in `terms` and `words`.
    pub(super) fn of(
        terms: Dictionary,
        words: Dictionary,
        documents: impl Iterator<Item = DocumentTerms>,
    ) -> Self {
        let mut index = Self { terms, words, ..Self::default() };
        documents.for_each(|document| index.append(&document));
        index
    }

    /// Joins the indexes of consecutive documents.
    pub(crate) fn joined(mut parts: Vec<Self>) -> Self {
        if parts.len() < 2 {
            return parts.pop().unwrap_or_default();
        }
        let (terms, term_maps) = merged(parts.iter().map(|part| &part.terms));
        let (words, word_maps) = merged(parts.iter().map(|part| &part.words));
        let mut index = Self { terms, words, ..Self::default() };
        for (at, part) in parts.iter().enumerate() {
            let number = |map: &[Vec<u32>], number: u32| map[at][number as usize];
            for document in 0..part.len() {
                let terms = part.terms_of(document).map(|(term, weight)| (number(&term_maps, term), weight));
                let words = part.words_of(document).map(|word| number(&word_maps, word));
                let document = DocumentTerms { terms: terms.collect(), words: words.collect() };
                index.append(&document);
            }
        }
        index
    }

    /// Returns the index of other documents, which come from this index or from `new`, and what changed.
    pub(crate) fn updated(mut self, origins: &[DocumentOrigin], new: &Self) -> (Self, IndexChange) {
        let former = Self {
            documents: std::mem::take(&mut self.documents),
            bytes: std::mem::take(&mut self.bytes),
            ..Self::default()
        };
        let mut change = IndexChange::default();
        let mut is_kept = vec![false; former.len()];
        self.bytes.reserve(former.bytes.len() + new.bytes.len());
        for origin in origins {
            match origin {
                DocumentOrigin::Former(number) => {
                    is_kept[*number] = true;
                    let start = self.bytes.len();
                    self.bytes.extend_from_slice(&former.bytes[former.documents[*number].clone()]);
                    self.documents.push(start..self.bytes.len());
                }
                DocumentOrigin::New(number) => {
                    let document = self.numbered(new, *number);
                    change.count(&mut self, &document, 1);
                    self.append(&document);
                }
            }
        }
        for number in (0..former.len()).filter(|number| !is_kept[*number]) {
            let (terms, words) = (former.terms_of(number).collect(), former.words_of(number).collect());
            let document = DocumentTerms { terms, words };
            change.count(&mut self, &document, -1);
            change.gone.push((number, document.terms));
            change.gone_words.push(document.words);
        }
        (self, change)
    }

    /// Returns a document of `new` with the numbers that its terms have in this index.
    fn numbered(&mut self, new: &Self, document: usize) -> DocumentTerms {
        let term =
            |(term, weight): (u32, TermWeight)| (self.terms.number_or_add(new.terms.text(term)), weight);
        let mut terms: Vec<(u32, TermWeight)> = new.terms_of(document).map(term).collect();
        let word = |word: u32| self.words.number_or_add(new.words.text(word));
        let mut words: Vec<u32> = new.words_of(document).map(word).collect();
        terms.sort_unstable_by_key(|(number, _)| *number);
        words.sort_unstable();
        DocumentTerms { terms, words }
    }

    pub(crate) fn stored(&self) -> StoredForwardIndex<'_> {
        let length = |span: &Range<usize>| u32::try_from(span.len()).unwrap_or(u32::MAX);
        StoredForwardIndex {
            terms: self.terms.stored(),
            words: self.words.stored(),
            lengths: self.documents.iter().map(length).collect(),
            bytes: &self.bytes,
        }
    }

    /// Returns `None` if the stored index is damaged.
    pub(crate) fn read(stored: StoredForwardIndex<'_>) -> Option<Self> {
        let mut end = 0_usize;
        let mut documents = Vec::with_capacity(stored.lengths.len());
        for length in stored.lengths {
            let start = end;
            end = start.checked_add(length as usize)?;
            documents.push(start..end);
        }
        let (terms, words) = (Dictionary::of(stored.terms)?, Dictionary::of(stored.words)?);
        (end == stored.bytes.len()).then(|| Self { terms, words, documents, bytes: stored.bytes.to_vec() })
    }
}

/// Where a document of an updated index comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DocumentOrigin {
    /// The document has this number in the former index and did not change.
    Former(usize),
    /// The document has this number among the new and changed documents.
    New(usize),
}

/// The difference between two forward indexes.
#[derive(Debug, Default)]
pub(crate) struct IndexChange {
    /// The former documents that changed or are gone, with their terms.
    pub gone: Vec<(usize, Vec<(u32, TermWeight)>)>,
    /// The words of each of these documents.
    pub gone_words: Vec<Vec<u32>>,
    /// The terms of all documents that changed, are gone or are new, with the former number of documents of each.
    pub terms: HashMap<u32, u32>,
    /// The same for words.
    pub words: HashMap<u32, u32>,
}

impl IndexChange {
    fn count(&mut self, index: &mut ForwardIndex, document: &DocumentTerms, by: i32) {
        for (number, _) in &document.terms {
            self.terms.entry(*number).or_insert_with(|| index.terms.count(*number));
            index.terms.change_count(*number, by);
        }
        for number in &document.words {
            self.words.entry(*number).or_insert_with(|| index.words.count(*number));
            index.words.change_count(*number, by);
        }
    }
}

/// Merges dictionaries that are in order. Returns for each the new numbers of its texts.
fn merged<'a>(all: impl Iterator<Item = &'a Dictionary>) -> (Dictionary, Vec<Vec<u32>>) {
    let all: Vec<&Dictionary> = all.collect();
    let mut texts: Vec<(&str, usize, u32)> = Vec::new();
    for (at, dictionary) in all.iter().enumerate() {
        texts.extend((0..dictionary.len()).map(|number| (dictionary.text(number), at, number)));
    }
    // This is a merge sort, so the parts that are in order cost nearly nothing.
    texts.sort();
    let mut maps: Vec<Vec<u32>> = all.iter().map(|dictionary| vec![0; dictionary.len() as usize]).collect();
    let mut joined = Dictionary::default();
    for same in texts.chunk_by(|a, b| a.0 == b.0) {
        let Some((text, ..)) = same.first() else { continue };
        let number = joined.push(text, same.iter().map(|(_, at, number)| all[*at].count(*number)).sum());
        same.iter().for_each(|(_, at, old)| maps[*at][*old as usize] = number);
    }
    (joined, maps)
}
