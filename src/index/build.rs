//! Builds an index from texts.

use foldhash::{HashMap, HashSet};
use rayon::prelude::*;

use super::IndexHead;
use super::bytes::{Bytes, put};
use super::dictionary::Dictionary;
use super::format::{IndexWriter, Manifest, ShardWriter, encode};
use super::forward::{DocumentTerms, ForwardIndex};
use super::postings::{TermWeight, put_posting, read_posting};
use super::weight::{IndexField, JOINED, WRITTEN, impact};
use crate::index::tokens::{TokenKind, is_significant, scan_from, stem};

/// The distance in positions between two texts of one field, so that no phrase matches across both.
const GAP: u32 = 100;

const FIELDS: usize = IndexField::ALL.len();

/// Builds the index of `heads`. `read` adds the texts of a document to its page. The bytes depend on the documents
/// only, not on their order or the number of threads. `context` is stored for the caller, see [`Index::context`].
pub(crate) fn build(
    mut heads: Vec<IndexHead>,
    context: u64,
    read: impl Fn(&IndexHead, &mut DocumentBuilder<'_>) + Sync,
) -> Vec<u8> {
    heads.sort_by(|a, b| a.created.cmp(&b.created).then_with(|| a.key.cmp(&b.key)));
    let collected = CollectedTerms::of(heads.len(), |number, page| read(&heads[number], page));
    let mut out = IndexWriter::default();
    let heads = out.piece(&encode(&heads));
    let mut shards = ShardWriter::default();
    collected.each_term(|text, postings, positions| shards.add(text, postings, positions, &mut out));
    let terms = shards.finish(&mut out);
    let mut shards = ShardWriter::default();
    for word in collected.words() {
        shards.add(word, stem(word).as_bytes(), &[], &mut out);
    }
    let words = shards.finish(&mut out);
    out.finish(&Manifest { context, heads, terms, words })
}

/// The terms of several documents with their postings. All index formats are written from this type.
pub(crate) struct CollectedTerms(Vec<PartialIndex>);

impl CollectedTerms {
    /// Collects the terms of `count` documents. `read` adds the texts of a document to its page.
    pub(crate) fn of(count: usize, read: impl Fn(usize, &mut DocumentBuilder<'_>) + Sync) -> Self {
        let parts = (rayon::current_num_threads() * 4).min(count.div_ceil(16)).max(1);
        let size = count.div_ceil(parts).max(1);
        let parts = (0..count.div_ceil(size)).into_par_iter().map(|index| {
            let mut part = PartialIndex::default();
            for number in index * size..count.min((index + 1) * size) {
                let mut page = DocumentBuilder { part: &mut part, lengths: [0; FIELDS], ends: [0; FIELDS] };
                read(number, &mut page);
                let lengths = page.lengths;
                part.finish_document(u32::try_from(number).unwrap_or(u32::MAX), &lengths);
            }
            part
        });
        Self(parts.collect())
    }

    /// Calls `visit` with each term in order, with its postings (step and impact of each document) and its
    /// positions in these documents.
    pub(crate) fn each_term(&self, mut visit: impl FnMut(&str, &[u8], &[u8])) {
        let mut all: Vec<(&str, usize, u32)> = Vec::new();
        for (index, part) in self.0.iter().enumerate() {
            all.extend(part.terms.iter().map(|(text, number)| (&**text, index, *number)));
        }
        all.par_sort_unstable();
        let (mut postings, mut positions) = (Vec::new(), Vec::new());
        for lists in all.chunk_by(|a, b| a.0 == b.0) {
            let Some((text, ..)) = lists.first() else { continue };
            postings.clear();
            positions.clear();
            let mut last = 0;
            for (_, part, number) in lists {
                let list = &self.0[*part].lists[*number as usize];
                let Some(weight) = list.first_weight else { continue };
                put_posting(list.first - last, weight, &mut postings);
                postings.extend_from_slice(&list.postings);
                positions.extend_from_slice(&list.positions);
                last = list.last;
            }
            visit(text, &postings, &positions);
        }
    }

    /// Returns the words that differ from their stem, in order.
    fn words(&self) -> Vec<&str> {
        let mut all: Vec<&str> =
            self.0.iter().flat_map(PartialIndex::changed_words).map(|(text, _)| text).collect();
        all.par_sort_unstable();
        all.dedup();
        all
    }

    /// Does the same as [`CollectedTerms::each_term`], and returns the forward index.
    pub(crate) fn each_term_with_forward(&self, mut visit: impl FnMut(&str, &[u8], &[u8])) -> ForwardIndex {
        let count = self.0.iter().map(|part| part.document_words.len()).sum();
        let mut documents: Vec<DocumentTerms> = Vec::new();
        documents.resize_with(count, DocumentTerms::default);
        let mut terms = Dictionary::default();
        self.each_term(|text, postings, positions| {
            let number = terms.len();
            let (mut rest, mut document, mut count) = (Bytes(postings), 0, 0);
            while let Ok((step, weight)) = read_posting(&mut rest) {
                document += step;
                count += 1;
                if let Some(of) = documents.get_mut(document as usize) {
                    of.terms.push((number, weight));
                }
            }
            terms.push(text, count);
            visit(text, postings, positions);
        });
        let mut words = Dictionary::default();
        self.words().into_iter().for_each(|text| _ = words.push(text, 0));
        let mut document = documents.iter_mut();
        for part in &self.0 {
            let mut numbers = vec![0; part.words.len()];
            for (text, own) in part.changed_words() {
                numbers[own as usize] = words.number(text).unwrap_or_default();
            }
            for (own, of) in part.document_words.iter().zip(document.by_ref()) {
                of.words = own.iter().map(|own| numbers[*own as usize]).collect();
                of.words.sort_unstable();
                of.words.iter().for_each(|number| words.change_count(*number, 1));
            }
        }
        ForwardIndex::of(terms, words, documents.into_iter())
    }
}

/// Returns the terms of one document with their weights, as an index would store them. `read` adds the texts.
pub(crate) fn term_weights(read: impl FnOnce(&mut DocumentBuilder<'_>)) -> Vec<(Box<str>, TermWeight)> {
    let mut part = PartialIndex::default();
    let mut page = DocumentBuilder { part: &mut part, lengths: [0; FIELDS], ends: [0; FIELDS] };
    read(&mut page);
    let lengths = page.lengths;
    part.finish_document(0, &lengths);
    let PartialIndex { terms, lists, .. } = part;
    let weight = |number: u32| lists[number as usize].first_weight;
    terms.into_iter().filter_map(|(term, number)| Some((term, weight(number)?))).collect()
}

/// A document that is being indexed.
pub(crate) struct DocumentBuilder<'a> {
    part: &'a mut PartialIndex,
    lengths: [u32; FIELDS],
    ends: [u32; FIELDS],
}

impl DocumentBuilder<'_> {
    pub(crate) fn add(&mut self, field: IndexField, text: &str) {
        let slot = field as usize;
        let start = if self.ends[slot] == 0 { 0 } else { self.ends[slot] + GAP };
        let part = &mut *self.part;
        let end = scan_from(text, start, |token| {
            let term = match token.kind {
                TokenKind::Word | TokenKind::Part | TokenKind::Joined => part.word(token.surface),
                TokenKind::Char | TokenKind::Pair | TokenKind::Whole => part.term(token.surface),
            };
            let weight = if token.kind == TokenKind::Joined { JOINED } else { WRITTEN };
            part.occurrences.push((term, field as u8, token.position, weight));
            if field == IndexField::Title && is_significant(&token) {
                part.title.push(term);
            }
        });
        self.lengths[slot] += end - start;
        self.ends[slot] = end.max(self.ends[slot]);
    }
}

impl DocumentBuilder<'_> {
    /// Adds a term that is not a token. Its number of occurrences is ignored.
    pub(crate) fn add_exact(&mut self, term: &str) {
        let number = self.part.term(term);
        self.part.exact.insert(number);
        self.part.occurrences.push((number, IndexField::Facts as u8, 0, WRITTEN));
    }
}

/// The terms of a range of documents.
#[derive(Default)]
struct PartialIndex {
    /// Numbers of the exact terms.
    exact: HashSet<u32>,
    /// Words as written.
    words: HashMap<Box<str>, IndexedWord>,
    /// For each document, the words that differ from their stem.
    document_words: Vec<Box<[u32]>>,
    /// The same of the current document, with repetitions.
    written: Vec<u32>,
    terms: HashMap<Box<str>, u32>,
    lists: Vec<PostingList>,
    /// Term, field, position and weight of each token in the current document.
    occurrences: Vec<(u32, u8, u32, u32)>,
    /// The significant terms in the title of the current document.
    title: Vec<u32>,
}

/// A word as written.
#[derive(Clone, Copy)]
struct IndexedWord {
    /// The number of its stem.
    term: u32,
    /// The number of the word among all words.
    number: u32,
    is_stem: bool,
}

/// The postings of a term.
#[derive(Default)]
struct PostingList {
    first: u32,
    last: u32,
    /// The weight in the first document; `None` before there is one.
    first_weight: Option<TermWeight>,
    /// The postings of the further documents.
    postings: Vec<u8>,
    positions: Vec<u8>,
}

impl PartialIndex {
    fn word(&mut self, surface: &str) -> u32 {
        let word = match self.words.get(surface) {
            Some(word) => *word,
            None => {
                let stem = stem(surface);
                let number = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
                let word = IndexedWord { term: self.term(&stem), number, is_stem: stem == surface };
                self.words.insert(surface.into(), word);
                word
            }
        };
        if !word.is_stem {
            self.written.push(word.number);
        }
        word.term
    }

    /// Returns the words that differ from their stem, with their numbers.
    fn changed_words(&self) -> impl Iterator<Item = (&str, u32)> {
        self.words.iter().filter(|(_, word)| !word.is_stem).map(|(text, word)| (&**text, word.number))
    }

    fn term(&mut self, text: &str) -> u32 {
        if let Some(number) = self.terms.get(text) {
            return *number;
        }
        let number = u32::try_from(self.lists.len()).unwrap_or(u32::MAX);
        self.terms.insert(text.into(), number);
        self.lists.push(PostingList::default());
        number
    }

    /// Converts the occurrences of document `number` to postings.
    fn finish_document(&mut self, number: u32, lengths: &[u32; FIELDS]) {
        self.occurrences.sort_unstable();
        self.title.sort_unstable();
        self.title.dedup();
        let title_terms = u8::try_from(self.title.len()).unwrap_or(u8::MAX);
        let mut places = Vec::new();
        for of_term in self.occurrences.chunk_by(|a, b| a.0 == b.0) {
            let Some((term, ..)) = of_term.first() else { continue };
            let mut counts = [0; FIELDS];
            places.clear();
            for of_field in of_term.chunk_by(|a, b| a.1 == b.1) {
                let Some((_, field, ..)) = of_field.first() else { continue };
                let count = u32::try_from(of_field.len()).unwrap_or(u32::MAX >> 3);
                counts[usize::from(*field)] =
                    of_field.iter().fold(0, |sum: u32, (.., weight)| sum.saturating_add(*weight));
                put(count << 3 | u32::from(*field), &mut places);
                let mut before = 0;
                for (_, _, position, _) in of_field {
                    put(position - before, &mut places);
                    before = *position;
                }
            }
            let list = &mut self.lists[*term as usize];
            let is_exact = self.exact.contains(term);
            let weight = TermWeight {
                impact: if is_exact { u8::MAX } else { impact(&counts, lengths) },
                title_terms: if self.title.binary_search(term).is_ok() { title_terms } else { 0 },
            };
            if list.first_weight.is_none() {
                (list.first, list.first_weight) = (number, Some(weight));
            } else {
                put_posting(number - list.last, weight, &mut list.postings);
            }
            list.last = number;
            put(u32::try_from(places.len()).unwrap_or(u32::MAX), &mut list.positions);
            list.positions.append(&mut places);
        }
        self.occurrences.clear();
        self.title.clear();
        self.written.sort_unstable();
        self.written.dedup();
        self.document_words.push(self.written.as_slice().into());
        self.written.clear();
    }
}
