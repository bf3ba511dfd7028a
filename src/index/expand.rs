//! Expansion of prefixes and correction of typing errors.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

use super::{Fields, Index, IndexError, Posting};

/// The maximum number of terms for a prefix; the most frequent terms are used.
const MOST_EXPANSIONS: usize = 16;

/// The maximum number of corrections of an unknown word.
const MOST_CORRECTIONS: usize = 4;

/// The minimum length in characters of a word that is corrected. Shorter words are similar to too many others.
pub(super) const SHORTEST_CORRECTED: usize = 4;

/// The minimum length in characters of a word that is corrected even if it contains two typing errors.
const TWO_TYPOS_FROM: usize = 8;

/// The number of characters at the beginning of a word that are assumed to be correct.
const CORRECT_START: usize = 2;

/// A known word that replaces an unknown word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// The word as it occurs in documents; the most similar one if several words have the same stem.
    pub word: String,
    /// The term of the word in the index.
    pub term: String,
}

/// A term, the words that led to it and the number of its documents.
struct CandidateTerm {
    term: String,
    words: Vec<String>,
    documents: u32,
}

/// Returns the frequency class of a term in powers of two; 0 if no document has the term.
fn bucket(documents: u32) -> u32 {
    u32::BITS - documents.leading_zeros()
}

impl Index {
    /// Returns the number of documents with `term`.
    pub(crate) fn frequency(&self, term: &str) -> Result<u32, IndexError> {
        let mut count = 0;
        for layer in &self.layers {
            layer.each_posting(term, |posting| count += u32::from(self.is_alive(posting.document)))?;
        }
        Ok(count)
    }

    /// Returns at most 16 terms for `prefix`: terms that begin with it, and stems of words that begin with it. More
    /// frequent terms come first; terms in the same frequency class are in alphabetical order.
    pub(crate) fn expansions(&self, prefix: &str) -> Result<Vec<String>, IndexError> {
        // A word whose stem begins with the prefix is found by its stem.
        let terms = self.dictionary(prefix, |word, term| word == term || !term.starts_with(prefix))?;
        let terms = terms.into_iter().map(|entry| (Reverse(bucket(entry.documents)), entry.term));
        let mut terms: Vec<(Reverse<u32>, String)> = terms.collect();
        terms.sort_unstable();
        terms.truncate(MOST_EXPANSIONS);
        Ok(terms.into_iter().map(|(_, term)| term).collect())
    }

    /// Returns at most four corrections of `word`, which no document has. A correction has the same first two
    /// characters and the smallest edit distance (deletion, insertion, substitution, transposition) of all such words.
    /// The distance is at most 1, or 2 if `word` has eight or more characters. More frequent corrections come first;
    /// corrections in the same frequency class are in the order of their terms.
    pub(crate) fn corrections(&self, word: &str) -> Result<Vec<Correction>, IndexError> {
        let length = word.chars().count();
        let Some((right, _)) =
            word.char_indices().nth(CORRECT_START).filter(|_| length >= SHORTEST_CORRECTED)
        else {
            return Ok(Vec::new());
        };
        let most = if length >= TWO_TYPOS_FROM { 2 } else { 1 };
        let distance = |other: &str| {
            let apart = other.chars().count().abs_diff(length);
            if apart > most { usize::MAX } else { strsim::osa_distance(word, other) }
        };
        let mut entries = self.dictionary(&word[..right], |other, _| distance(other) <= most)?;
        entries.iter_mut().for_each(|entry| {
            entry.words.sort_unstable_by_key(|word| (distance(word), word.clone()));
        });
        let nearest = |entry: &CandidateTerm| entry.words.first().map_or(usize::MAX, |word| distance(word));
        let smallest = entries.iter().map(nearest).min().unwrap_or_default();
        entries.retain(|entry| nearest(entry) == smallest);
        entries.sort_unstable_by(|a, b| {
            (Reverse(bucket(a.documents)), &a.term).cmp(&(Reverse(bucket(b.documents)), &b.term))
        });
        entries.truncate(MOST_CORRECTIONS);
        let correction = |entry: CandidateTerm| {
            Some(Correction { word: entry.words.into_iter().next()?, term: entry.term })
        };
        Ok(entries.into_iter().filter_map(correction).collect())
    }

    /// Returns the words and terms that begin with `prefix`, pass the filter and occur in a document, grouped by
    /// term.
    fn dictionary(
        &self,
        prefix: &str,
        passes: impl Fn(&str, &str) -> bool,
    ) -> Result<Vec<CandidateTerm>, IndexError> {
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
                entries.push(CandidateTerm { term, words, documents });
            }
        }
        Ok(entries)
    }

    /// Returns the documents with any of `terms`, in order of number. The impact is the greatest impact of these
    /// terms.
    pub(crate) fn any_of<'a>(
        &self,
        terms: impl IntoIterator<Item = &'a str>,
        fields: Fields,
    ) -> Result<Vec<Posting>, IndexError> {
        let mut found: Vec<Posting> = Vec::new();
        for term in terms {
            found.append(&mut self.postings(term, fields)?);
        }
        found.sort_unstable_by_key(|posting| (posting.document, Reverse(posting.weight.impact)));
        found.dedup_by_key(|posting| posting.document);
        Ok(found)
    }
}
