//! Terms that stand for what is not a whole word: the beginning of one, or one with a slip of the keyboard.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

use super::{Fields, Index, IndexError, Posting};

/// How many terms stand for the beginning of a word: the most frequent ones.
const MOST_EXPANSIONS: usize = 16;

/// How many words stand for one that nobody wrote.
const MOST_STAND_INS: usize = 4;

/// The shortest word that is corrected, in characters: what is shorter is near to too many.
pub(super) const SHORTEST_CORRECTED: usize = 4;

/// From this many characters on, two slips are corrected.
const TWO_SLIPS_FROM: usize = 8;

/// How many characters at the beginning of a word are taken to be right.
const RIGHT: usize = 2;

/// A word that stands for one that nobody wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandIn {
    /// As documents write it: of several with one stem, the first in order.
    pub word: String,
    /// The term that the index has it by.
    pub term: String,
}

/// A term, with the words that led to it and how many documents have it.
struct Entry {
    term: String,
    words: Vec<String>,
    documents: u32,
}

/// How frequent a term is, in powers of two: 0 for one that no document has.
fn bucket(documents: u32) -> u32 {
    u32::BITS - documents.leading_zeros()
}

impl Index {
    /// How many documents have `term`.
    pub(crate) fn frequency(&self, term: &str) -> Result<u32, IndexError> {
        let mut count = 0;
        for layer in &self.layers {
            layer.each_posting(term, |posting| count += u32::from(self.is_alive(posting.document)))?;
        }
        Ok(count)
    }

    /// The terms that stand for the beginning `prefix` of a word: those that begin so and the stems of words that do, the
    /// most frequent (in powers of two) first, then in order; at most 16.
    pub(crate) fn expansions(&self, prefix: &str) -> Result<Vec<String>, IndexError> {
        // A word whose stem begins so is known by its stem.
        let terms = self.dictionary(prefix, |word, term| word == term || !term.starts_with(prefix))?;
        let terms = terms.into_iter().map(|entry| (Reverse(bucket(entry.documents)), entry.term));
        let mut terms: Vec<(Reverse<u32>, String)> = terms.collect();
        terms.sort_unstable();
        terms.truncate(MOST_EXPANSIONS);
        Ok(terms.into_iter().map(|(_, term)| term).collect())
    }

    /// The words that stand for `word`, which no document has: those with the same first two characters at the smallest
    /// distance (characters left out, put in, changed, or two of them turned round), which is at most 1, or 2 from eight
    /// characters; the four whose terms are the most frequent (in powers of two), then in order of the terms.
    pub(crate) fn stand_ins(&self, word: &str) -> Result<Vec<StandIn>, IndexError> {
        let length = word.chars().count();
        let Some((right, _)) = word.char_indices().nth(RIGHT).filter(|_| length >= SHORTEST_CORRECTED) else {
            return Ok(Vec::new());
        };
        let most = if length >= TWO_SLIPS_FROM { 2 } else { 1 };
        let distance = |other: &str| {
            let apart = other.chars().count().abs_diff(length);
            if apart > most { usize::MAX } else { strsim::osa_distance(word, other) }
        };
        let mut entries = self.dictionary(&word[..right], |other, _| distance(other) <= most)?;
        entries.iter_mut().for_each(|entry| {
            entry.words.sort_unstable_by_key(|word| (distance(word), word.clone()));
        });
        let nearest = |entry: &Entry| entry.words.first().map_or(usize::MAX, |word| distance(word));
        let smallest = entries.iter().map(nearest).min().unwrap_or_default();
        entries.retain(|entry| nearest(entry) == smallest);
        entries.sort_unstable_by(|a, b| {
            (Reverse(bucket(a.documents)), &a.term).cmp(&(Reverse(bucket(b.documents)), &b.term))
        });
        entries.truncate(MOST_STAND_INS);
        let stand_in =
            |entry: Entry| Some(StandIn { word: entry.words.into_iter().next()?, term: entry.term });
        Ok(entries.into_iter().filter_map(stand_in).collect())
    }

    /// The terms of words (and terms themselves) that begin with `prefix` and pass, each with its term: those that a
    /// document has.
    fn dictionary(
        &self,
        prefix: &str,
        passes: impl Fn(&str, &str) -> bool,
    ) -> Result<Vec<Entry>, IndexError> {
        let mut words: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut counts: HashMap<String, u32> = HashMap::new();
        for layer in &self.layers {
            layer.each_term(prefix, |term, postings| {
                if passes(term, term) {
                    let count = counts.entry(term.to_owned()).or_default();
                    layer.decode(postings, |posting| *count += u32::from(self.is_alive(posting.document)))?;
                    words.entry(term.to_owned()).or_default().push(term.to_owned());
                }
                Ok(())
            })?;
            layer.each_word(prefix, |word, term| {
                if passes(word, term) {
                    words.entry(term.to_owned()).or_default().push(word.to_owned());
                }
            })?;
        }
        let mut entries = Vec::with_capacity(words.len());
        for (term, words) in words {
            let documents = match counts.get(&term) {
                Some(count) => *count,
                None => self.frequency(&term)?,
            };
            if documents > 0 {
                entries.push(Entry { term, words, documents });
            }
        }
        Ok(entries)
    }

    /// The documents with any of `terms`, in order of number; the impact is the greatest of those of the terms.
    pub(crate) fn any_of<'a>(
        &self,
        terms: impl IntoIterator<Item = &'a str>,
        fields: Fields,
    ) -> Result<Vec<Posting>, IndexError> {
        let mut found: Vec<Posting> = Vec::new();
        for term in terms {
            found.append(&mut self.postings(term, fields)?);
        }
        found.sort_unstable_by_key(|posting| (posting.document, Reverse(posting.impact)));
        found.dedup_by_key(|posting| posting.document);
        Ok(found)
    }
}
