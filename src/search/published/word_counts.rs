//! The number of documents with each word, in the base and now.

use std::collections::BTreeMap;

use foldhash::HashMap;
use serde::{Deserialize, Serialize};

use crate::index::{Dictionary, ForwardIndex};

/// The terms and words that documents of the base have which the layer replaces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BaseTerms {
    pub terms: Vec<String>,
    pub words: Vec<String>,
}

impl BaseTerms {
    /// Returns the terms of a document of `index`.
    pub(super) fn of(index: &ForwardIndex, document: usize) -> Self {
        let terms = index.terms_of(document).map(|(number, _)| number);
        Self::of_numbers(index, terms, index.words_of(document))
    }

    /// Returns the terms and words that have these numbers in `index`.
    pub(super) fn of_numbers(
        index: &ForwardIndex,
        terms: impl Iterator<Item = u32>,
        words: impl Iterator<Item = u32>,
    ) -> Self {
        let mut terms: Vec<String> = terms.map(|number| index.terms().text(number).to_owned()).collect();
        let mut words: Vec<String> = words.map(|number| index.words().text(number).to_owned()).collect();
        // The numbers differ between a whole and an updated index.
        terms.sort_unstable();
        words.sort_unstable();
        Self { terms, words }
    }
}

/// The terms of the replaced documents, by their places.
pub(super) type ReplacedTerms = BTreeMap<usize, BaseTerms>;

/// The number of documents with each term and word, in the base and now.
pub(super) struct WordCounts<'a> {
    pub now: &'a ForwardIndex,
    pub layer: &'a ForwardIndex,
    /// How many of the replaced documents of the base have each term and word.
    pub terms: HashMap<&'a str, u32>,
    pub words: HashMap<&'a str, u32>,
}

impl<'a> WordCounts<'a> {
    /// Counts the words of the documents `now`. `layer` has those of the layer, and `replaced` those of the base that the layer
    /// replaces.
    pub(super) fn of(now: &'a ForwardIndex, layer: &'a ForwardIndex, replaced: &'a ReplacedTerms) -> Self {
        let (mut terms, mut words) = (HashMap::default(), HashMap::default());
        for document in replaced.values() {
            document.terms.iter().for_each(|term| *terms.entry(term.as_str()).or_default() += 1);
            document.words.iter().for_each(|word| *words.entry(word.as_str()).or_default() += 1);
        }
        Self { now, layer, terms, words }
    }

    /// Returns the number of documents with `term` in the base and now.
    pub(super) fn term(&self, term: &str) -> (u32, u32) {
        let replaced = self.terms.get(term).copied().unwrap_or_default();
        both(self.now.terms(), self.layer.terms(), replaced, term)
    }

    /// Returns the number of documents with `word` in the base and now.
    pub(super) fn word(&self, word: &str) -> (u32, u32) {
        let replaced = self.words.get(word).copied().unwrap_or_default();
        both(self.now.words(), self.layer.words(), replaced, word)
    }
}

fn both(now: &Dictionary, layer: &Dictionary, replaced: u32, text: &str) -> (u32, u32) {
    let count = |of: &Dictionary| of.number(text).map_or(0, |number| of.count(number));
    let now = count(now);
    ((now + replaced).saturating_sub(count(layer)), now)
}

/// How many more documents of the base have each term and word than before.
#[derive(Default)]
pub(super) struct WordChange {
    pub terms: HashMap<String, i32>,
    pub words: HashMap<String, i32>,
}

impl WordChange {
    /// Counts a document `by` times.
    pub(super) fn add(&mut self, document: BaseTerms, by: i32) {
        document.terms.into_iter().for_each(|term| *self.terms.entry(term).or_default() += by);
        document.words.into_iter().for_each(|word| *self.words.entry(word).or_default() += by);
    }
}
