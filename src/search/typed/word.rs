//! The documents that have a typed word.

use std::{cmp::Reverse, collections::HashSet};

use super::{LookedUp, TypedWord, len, looked_up::FoundWord};
use crate::{
    index::{IndexError, Needle, Posting, rarity},
    search::{
        find::Corrections,
        similar::{DocumentSet, WORD_WEIGHT},
    },
};

/// The weight of a correction, compared with a word that is written correctly.
const CORRECTED: f64 = 0.5;

impl TypedWord {
    /// Looks up the word. It is scored by itself only if its terms are not among `scored`.
    pub(super) fn look_up(
        &self,
        documents: &impl DocumentSet,
        scored: &HashSet<&str>,
        found: &mut LookedUp,
    ) -> Result<(), IndexError> {
        let count = documents.count();
        let mut lookup =
            WordLookup { documents, scored, halves: 2, own: Vec::new(), corrected: &mut found.corrected };
        let had = lookup.documents_of(&self.needle)?;
        let WordLookup { halves, own, .. } = lookup;
        let is_corrected = halves == 1;
        if !own.is_empty() {
            let rarity = rarity(count, len(&own));
            let weight = WORD_WEIGHT * if is_corrected { CORRECTED } else { 1.0 };
            found.add(weight, true, true, rarity, &own);
        }
        if had.is_empty()
            && let Some(terms) = self.joined_terms()
        {
            // A joined word that no document has counts by its parts, like a correction.
            for term in terms {
                let postings = documents.postings(term)?;
                let carries = u64::from(rarity(count, len(&postings).max(1)));
                let had = postings.iter().map(|posting| posting.document).collect();
                found.words.push(self.found(carries, had));
            }
            return Ok(());
        }
        let carries = u64::from(rarity(count, len(&had).max(1))) * halves;
        found.words.push(self.found(carries, had));
        Ok(())
    }

    fn found(&self, carries: u64, documents: Vec<u32>) -> FoundWord {
        FoundWord { text: self.text.clone(), mark: self.mark.clone(), carries, documents }
    }
}

/// The lookup of one word.
struct WordLookup<'a, D> {
    documents: &'a D,
    /// The terms that are scored anyway.
    scored: &'a HashSet<&'a str>,
    /// The weight of the word in halves: a correction counts half.
    halves: u64,
    /// The postings that are scored in addition to the terms.
    own: Vec<Posting>,
    corrected: &'a mut Corrections,
}

impl<D: DocumentSet> WordLookup<'_, D> {
    /// Returns the documents that have `needle`, ordered by number.
    fn documents_of(&mut self, needle: &Needle) -> Result<Vec<u32>, IndexError> {
        let postings = match needle {
            Needle::Term(term) => self.of_term(term)?,
            Needle::Word { word, term } => {
                let found = self.of_term(term)?;
                if found.is_empty() {
                    let corrections = self.documents.corrections(word)?;
                    let found = self.any_of(corrections.iter().map(|correction| correction.term.as_str()))?;
                    if !corrections.is_empty() {
                        self.halves = 1;
                        self.corrected.insert(word.clone(), corrections);
                    }
                    self.own = best(std::mem::take(&mut self.own), &found);
                    found
                } else {
                    found
                }
            }
            Needle::Prefix(prefix) => {
                let terms = self.documents.expansions(prefix)?;
                let found = self.any_of(terms.iter().map(String::as_str))?;
                self.own = best(std::mem::take(&mut self.own), &found);
                found
            }
            Needle::Sequence { terms, wholes } => {
                let sequences = self.documents.sequences(terms)?;
                let mut found: Vec<u32> = sequences.into_iter().map(|(document, _)| document).collect();
                for whole in wholes {
                    self.of_term(whole)?;
                }
                found.dedup();
                return Ok(found);
            }
            Needle::AnyOf(spellings) => {
                let mut found: Vec<u32> = Vec::new();
                for spelling in spellings {
                    match spelling {
                        // A word is corrected only if the other spellings find nothing.
                        Needle::Word { term, .. } => {
                            found.extend(self.of_term(term)?.iter().map(|posting| posting.document));
                        }
                        other => found.append(&mut self.documents_of(other)?),
                    }
                }
                if let (true, Some(word)) = (found.is_empty(), spellings.first()) {
                    found = self.documents_of(word)?;
                }
                found.sort_unstable();
                found.dedup();
                return Ok(found);
            }
        };
        Ok(postings.into_iter().map(|posting| posting.document).collect())
    }

    fn of_term(&mut self, term: &str) -> Result<Vec<Posting>, IndexError> {
        let found = self.documents.postings(term)?.into_owned();
        if !self.scored.contains(term) {
            self.own = best(std::mem::take(&mut self.own), &found);
        }
        Ok(found)
    }

    fn any_of<'t>(&self, terms: impl Iterator<Item = &'t str>) -> Result<Vec<Posting>, IndexError> {
        let mut found: Vec<Posting> = Vec::new();
        for term in terms {
            found = best(found, &self.documents.postings(term)?);
        }
        Ok(found)
    }
}

/// Returns the documents in either list, ordered by number, with the greater weight of those in both.
fn best(mut left: Vec<Posting>, right: &[Posting]) -> Vec<Posting> {
    left.extend_from_slice(right);
    left.sort_unstable_by_key(|posting| {
        (posting.document, Reverse((posting.weight.impact, posting.weight.title_terms)))
    });
    left.dedup_by_key(|posting| posting.document);
    left
}
