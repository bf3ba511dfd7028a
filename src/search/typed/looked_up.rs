//! The scores of the documents for a question whose words were looked up.

use std::cmp::Reverse;

use crate::{
    index::{Posting, TextPattern},
    search::{
        find::Corrections,
        relevance::{ONE, PartHit, PartWeight, Scores},
        similar::WORD_WEIGHT,
    },
};

/// The number of documents that are found if none has enough of the question.
const MOST_WEAK: usize = 10;

/// Returns the share of the question's rarity that is enough, as a fraction: 2 of 5 for one or two words, as much as an
/// average word for more, and an eighth from eight words on. See `docs/decisions/enough-of-a-question.md`.
fn enough(words: usize) -> (u64, u64) {
    if words < 3 { (2, 5) } else { (1, words.min(8) as u64) }
}

/// The score of a document whose id, former id or source was typed.
const NAMED: u32 = u32::MAX;

/// A word with the documents that have it.
#[derive(Debug)]
pub(super) struct FoundWord {
    /// The word as it was typed. Parts of a joined word follow each other with the same text.
    pub text: String,
    /// The pattern of the word's places in texts.
    pub mark: TextPattern,
    /// The rarity of the word, in halves: a correction counts half.
    pub carries: u64,
    pub documents: Vec<u32>,
}

/// A question whose words were looked up.
pub(in crate::search) struct LookedUp {
    pub(super) words: Vec<FoundWord>,
    /// The parts to score, in the order in which they are added.
    pub(super) parts: Vec<(PartWeight, Vec<PartHit>)>,
    /// The weight of the terms that no document has.
    pub(super) missing: f64,
    /// The documents that are found even without enough words: those with an error of the question.
    pub(super) sure: Vec<u32>,
    pub(super) named: Vec<u32>,
    pub corrected: Corrections,
    /// The number of documents, and the upper bound of their numbers.
    pub(super) numbers: usize,
}

/// A document that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::search) struct TypedHit {
    pub document: u32,
    pub score: u32,
    /// Whether the document has every word.
    pub is_complete: bool,
}

impl LookedUp {
    pub(super) fn add(
        &mut self,
        weight: f64,
        in_title: bool,
        in_prose: bool,
        rarity: u32,
        postings: &[Posting],
    ) {
        let hit = |posting: &Posting| PartHit {
            document: posting.document,
            score: rarity * u32::from(posting.weight.impact),
            title: (posting.weight.title_terms.min(1), posting.weight.title_terms),
        };
        let part = PartWeight { weight, rarity, in_title, in_prose };
        self.parts.push((part, postings.iter().map(hit).collect()));
    }

    /// Returns the documents with at least one word or error of the question, ordered by number.
    pub(in crate::search) fn touched(&self) -> Vec<u32> {
        let mut is_touched = vec![false; self.numbers];
        let words = self.words.iter().flat_map(|word| &word.documents);
        let others = self.sure.iter().chain(&self.named);
        words.chain(others).for_each(|document| is_touched[*document as usize] = true);
        (0..).zip(&is_touched).filter(|(_, is_touched)| **is_touched).map(|(document, _)| document).collect()
    }

    /// Returns whether a document has every word.
    pub(in crate::search) fn is_complete(&self, document: u32) -> bool {
        self.words.iter().all(|word| word.documents.binary_search(&document).is_ok())
    }

    /// Returns the typed words that a document lacks. A part of a name counts as the name if the document lacks both.
    pub(in crate::search) fn missing(&self, document: u32) -> Vec<&str> {
        let lacking = self.lacking(document);
        let is_part = |text: &&str| lacking.iter().any(|name| is_part_of(text, name));
        lacking.iter().filter(|text| !is_part(text)).copied().collect()
    }

    /// Returns the words that a document lacks.
    fn lacking(&self, document: u32) -> Vec<&str> {
        let lacks = |word: &&FoundWord| word.documents.binary_search(&document).is_err();
        let mut missing: Vec<&str> = self.words.iter().filter(lacks).map(|word| word.text.as_str()).collect();
        missing.dedup();
        missing
    }

    /// Returns the patterns of the typed words that a document has.
    pub(in crate::search) fn had(&self, document: u32) -> Vec<&TextPattern> {
        let lacking = self.lacking(document);
        let has = |word: &&FoundWord| !lacking.contains(&word.text.as_str());
        let mut had: Vec<&TextPattern> = self.words.iter().filter(has).map(|word| &word.mark).collect();
        had.dedup();
        had
    }

    /// Finds the documents with enough of the question among `candidates`, which are ordered by number and come with the
    /// scores of the query's conditions. The best come first; for equal scores in the order of `rank`. `closeness`
    /// returns the bonus for closeness in time. Returns whether the result is weak, too.
    pub(in crate::search) fn find(
        &self,
        candidates: &[(u32, u32)],
        rank: impl Fn(u32) -> u32,
        closeness: impl Fn(u32) -> f64,
    ) -> (Vec<TypedHit>, bool) {
        let mut scores = Scores::new(self.numbers);
        scores.add_missing(self.missing);
        for (part, hits) in &self.parts {
            scores.add(*part, hits.iter().copied());
        }
        let conditions = PartWeight { weight: WORD_WEIGHT, rarity: 0, in_title: false, in_prose: false };
        let scored = candidates.iter().filter(|(_, score)| *score > 0);
        let hit =
            |(document, score): &(u32, u32)| PartHit { document: *document, score: *score, title: (0, 0) };
        scores.add(conditions, scored.map(hit));
        let mut carried = vec![0_u64; self.numbers];
        let mut had = vec![0_usize; self.numbers];
        for word in &self.words {
            for document in &word.documents {
                carried[*document as usize] += word.carries;
                had[*document as usize] += 1;
            }
        }
        let total: u64 = self.words.iter().map(|word| word.carries).sum();
        let mut sure = vec![false; self.numbers];
        self.sure.iter().chain(&self.named).for_each(|document| sure[*document as usize] = true);
        let enough = enough(self.words.len());
        let is_enough = |document: u32| {
            let document = document as usize;
            sure[document] || carried[document] * enough.1 >= total * enough.0
        };
        let found = |document: u32| TypedHit {
            document,
            score: match self.named.contains(&document) {
                true => NAMED,
                false => (scores.of(document) * closeness(document) * ONE) as u32,
            },
            is_complete: had[document as usize] == self.words.len(),
        };
        let documents = || candidates.iter().map(|(document, _)| *document);
        let mut hits: Vec<TypedHit> =
            documents().filter(|document| is_enough(*document)).map(found).collect();
        let is_weak = hits.is_empty();
        if is_weak {
            hits = documents().map(found).collect();
        }
        hits.sort_unstable_by_key(|hit| (Reverse(hit.score), rank(hit.document)));
        if is_weak {
            hits.truncate(MOST_WEAK);
        }
        (hits, is_weak)
    }
}

/// Returns whether `part` is a whole part of a longer name: `acme` and `Job` of `com.acme.ExportJob`, but not `port`.
fn is_part_of(part: &str, name: &str) -> bool {
    let begins = |start: usize| {
        let after = name[start..].chars().next();
        !name[..start].ends_with(char::is_alphanumeric) || after.is_some_and(char::is_uppercase)
    };
    let ends = |end: usize| {
        let after = name[end..].chars().next();
        after.is_none_or(|c| !c.is_alphanumeric() || c.is_uppercase())
    };
    // Parts are folded, and the name is as it was typed. Folding ASCII letters keeps the offsets.
    let (small, folded) = (part.to_ascii_lowercase(), name.to_ascii_lowercase());
    !part.is_empty()
        && part.len() < name.len()
        && folded.match_indices(&small).any(|(at, _)| begins(at) && ends(at + small.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_name_ends_where_the_name_has_a_sign_or_a_capital() {
        for part in ["acme", "com", "exportjob", "Export", "job", "com.acme"] {
            assert!(is_part_of(part, "com.acme.ExportJob"), "{part}");
        }
        for part in ["port", "com.acme.ExportJob", "acm", "zebra"] {
            assert!(!is_part_of(part, "com.acme.ExportJob"), "{part}");
        }
        assert!(!is_part_of("time", "timeout") && is_part_of("250", "batch?limit=250"));
    }
}
