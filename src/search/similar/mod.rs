//! Finds documents that are similar to a draft.
//!
//! The search looks up the most significant terms of the draft and its exact terms: service, tags, fields and the
//! signature of its error. The relevance of the documents is multiplied with a bonus for how close they are in time,
//! because a problem is reported again more often within weeks than after years.
//!
//! These changes gave no improvement: more than 24 terms, pairs of neighbouring words, expansion by the titles of the
//! first answers, more weight for common fields.

mod draft;
mod exact;
mod likeness;
mod reasons;
mod signature;
mod unprompted;

use std::{borrow::Cow, cmp::Ordering, collections::BTreeMap, ops::ControlFlow};

pub(crate) use draft::ComparedDraft;
pub(crate) use exact::{ExactTerm, PropertyKind, exact};
pub(crate) use reasons::{Reason, is_empty as is_empty_word};

pub(super) use self::draft::{DraftTerm, WORD_WEIGHT};
pub(super) use self::likeness::{MOST_NEAR, ScoredDocument, Similarity, closeness, days_open, ranked};
pub(super) use self::reasons::SharedProperties;
pub(super) use self::signature::error_terms;
pub(super) use self::unprompted::{Threshold, Unprompted, greatest};
use super::relevance::{ONE, PartHit, PartWeight, Scores};
use crate::index::{Correction, IndexError, Posting, TermWeight, rarity};
use crate::text::Time;

/// The number of a draft's terms that are looked up.
const MOST_LOOKUPS: usize = 24;

/// Terms that are in a larger share of the documents are ignored, because they do not distinguish documents.
const COMMON: f64 = 0.25;

/// With fewer documents than this, no term counts as common.
const FEW: u32 = 20;

/// The documents that a draft is compared with, in an index or at a time in the past.
pub(crate) trait DocumentSet: Sync {
    /// Returns the number of documents.
    fn count(&self) -> u32;
    /// Returns the upper bound of document numbers: one more than the greatest number.
    fn numbers(&self) -> usize;
    /// Returns whether the document exists.
    fn contains(&self, document: u32) -> bool;
    /// Returns the documents that have `term`, ordered by number.
    fn postings(&self, term: &str) -> Result<Cow<'_, [Posting]>, IndexError>;
    /// Returns the documents in which the terms occur within one text at the given distances, with the weights of the
    /// terms.
    fn sequences(&self, terms: &[(String, u32)]) -> Result<Vec<(u32, Vec<TermWeight>)>, IndexError>;
    /// Returns the terms of words that begin with `prefix`.
    fn expansions(&self, prefix: &str) -> Result<Vec<String>, IndexError>;
    /// Returns the corrections of a word that no document has.
    fn corrections(&self, word: &str) -> Result<Vec<Correction>, IndexError>;
    /// Compares two equally similar documents: the newer comes first, then by key.
    fn order(&self, a: u32, b: u32) -> Ordering;
    /// Returns when the document was opened.
    fn created(&self, document: u32) -> Time;
    /// Returns when a ticket was resolved, unless it was reopened, or when an article was last reviewed.
    fn resolved(&self, document: u32) -> Option<Time>;
}

/// A document that is similar to the draft.
pub(crate) struct SimilarDocument<'a> {
    /// The document's number in the index.
    pub document: u32,
    /// The score for the order, in millionths: the weighted share of the draft's terms, with bonuses for title and
    /// time.
    pub score: u32,
    /// Whether the score is too low to show the document unprompted, regardless of the shared properties.
    pub has_low_score: bool,
    /// Returns the reasons of a document and whether it shares a single property.
    why: &'a dyn Fn(u32) -> (Vec<Reason>, bool),
}

impl SimilarDocument<'_> {
    /// Returns the reasons to show (see [`SharedProperties::reasons`]) and whether the match is weak. Call it only for
    /// documents that are shown, because it costs more than the ranking.
    pub(crate) fn reasons(&self) -> (Vec<Reason>, bool) {
        let (why, is_single) = (self.why)(self.document);
        (why, self.has_low_score || is_single)
    }
}

/// A term to look up, with its weight and its documents, ordered by number.
pub(super) struct LookupTerm<'a> {
    pub weight: f64,
    pub rarity: u32,
    pub postings: Cow<'a, [Posting]>,
    pub property: DraftProperty<'a>,
}

/// A shared property, as the draft writes it.
#[derive(Clone, Copy)]
pub(super) enum DraftProperty<'a> {
    /// A term of the draft.
    Word(&'a DraftTerm),
    /// A service, a tag, a field or an error.
    Exact(&'a ExactTerm),
}

/// The terms to look up.
struct LookupTerms<'a> {
    terms: Vec<LookupTerm<'a>>,
    /// The weight of the terms of the title that no document has.
    missing: f64,
    /// Common terms, and terms beyond the limit. They only explain titles.
    unscored: Vec<LookupTerm<'a>>,
}

/// Finds documents that are similar to `draft` and that `allowed` accepts, and passes them to `take`, the most similar
/// first, as long as `take` continues. Returns all documents with at least one of the terms, in no particular order.
pub(crate) fn similar(
    collection: &impl DocumentSet,
    draft: &ComparedDraft<'_>,
    allowed: impl Fn(u32) -> bool,
    mut take: impl FnMut(&SimilarDocument<'_>) -> ControlFlow<()>,
) -> Result<Vec<u32>, IndexError> {
    let terms = draft.terms();
    let mut is_candidate = vec![false; collection.numbers()];
    for (document, may) in (0..).zip(&mut is_candidate) {
        *may = collection.contains(document) && allowed(document);
    }
    let mut lookups = LookupTerms::of(collection, draft, &terms, &is_candidate)?;
    let mut scores = Scores::new(collection.numbers());
    scores.add_missing(lookups.missing);
    for lookup in &lookups.terms {
        scores.add(lookup.part(), lookup.hits());
    }
    for lookup in lookups.unscored.iter().filter(|lookup| lookup.part().in_prose) {
        scores.explain(lookup.hits());
    }
    let weigh = |document: &u32| {
        let likeness = Similarity {
            base: scores.of(*document),
            written: draft.created,
            opened: collection.created(*document),
            resolved: collection.resolved(*document),
        };
        likeness.weigh(*document)
    };
    let weighed = ranked(scores.touched().iter().map(weigh).collect(), |a, b| collection.order(a, b));
    lookups.terms.sort_by(|a, b| b.worth().total_cmp(&a.worth()));
    let unprompted = Threshold::of(lookups.terms.len()).among(&weighed);
    let count = collection.count();
    let rarest = if count > FEW { rarity(count, 1) } else { 0 };
    let why = |document: u32| {
        let shared = lookups.shared(document);
        (shared.reasons(rarest), shared.is_single())
    };
    for one in &weighed {
        let alike = SimilarDocument {
            document: one.document,
            score: (one.score * ONE) as u32,
            has_low_score: !unprompted.accepts(one),
            why: &why,
        };
        if take(&alike).is_break() {
            break;
        }
    }
    Ok(scores.touched().to_vec())
}

impl<'a> LookupTerms<'a> {
    fn of(
        collection: &'a impl DocumentSet,
        draft: &ComparedDraft<'a>,
        terms: &'a BTreeMap<String, DraftTerm>,
        is_candidate: &[bool],
    ) -> Result<Self, IndexError> {
        let count = collection.count();
        let mut missing = 0.0;
        let mut words: Vec<LookupTerm<'a>> = Vec::new();
        let mut unscored: Vec<LookupTerm<'a>> = Vec::new();
        let mut exact: Vec<LookupTerm<'a>> = Vec::new();
        let lookup =
            |term: &str, weight: f64, property: DraftProperty<'a>| -> Result<LookupTerm<'a>, IndexError> {
                let postings = collection.postings(term)?;
                let frequency = u32::try_from(postings.len()).unwrap_or(u32::MAX);
                Ok(LookupTerm { weight, rarity: rarity(count, frequency), postings, property })
            };
        // A term that only the draft's own ticket has does not help.
        let may = |posting: &Posting| is_candidate[posting.document as usize];
        for (text, term) in terms {
            let lookup = lookup(text, term.weight, DraftProperty::Word(term))?;
            if !lookup.postings.iter().any(may) {
                // A term of the title that no document has makes all documents less similar.
                missing += if term.in_title { lookup.worth() } else { 0.0 };
            } else if count <= FEW || lookup.postings.len() as f64 <= COMMON * f64::from(count) {
                words.push(lookup);
            } else {
                unscored.push(lookup);
            }
        }
        for one in draft.exact {
            let lookup = lookup(&one.term, one.kind.weight(), DraftProperty::Exact(one))?;
            if lookup.postings.iter().any(may) {
                exact.push(lookup);
            }
        }
        words.sort_by(|a, b| b.worth().total_cmp(&a.worth()));
        unscored.extend(words.split_off(MOST_LOOKUPS.min(words.len())));
        words.append(&mut exact);
        for lookup in &mut words {
            lookup.postings.to_mut().retain(may);
        }
        Ok(Self { terms: words, missing, unscored })
    }

    /// Returns the properties that `document` shares with the draft.
    fn shared(&self, document: u32) -> SharedProperties<'a> {
        let shared = self.terms.iter().filter(|lookup| lookup.is_in(document));
        SharedProperties::of(shared.map(|lookup| (lookup.property, lookup.rarity)))
    }
}

impl LookupTerm<'_> {
    /// Returns the weight of the term, including its rarity.
    pub(super) fn worth(&self) -> f64 {
        self.weight * f64::from(self.rarity)
    }

    pub(super) fn is_in(&self, document: u32) -> bool {
        self.postings.binary_search_by_key(&document, |posting| posting.document).is_ok()
    }

    pub(super) fn part(&self) -> PartWeight {
        let (in_title, in_prose) = match self.property {
            DraftProperty::Word(term) => (term.in_title, term.in_prose),
            DraftProperty::Exact(_) => (false, false),
        };
        PartWeight { weight: self.weight, rarity: self.rarity, in_title, in_prose }
    }

    pub(super) fn hits(&self) -> impl Iterator<Item = PartHit> + '_ {
        self.postings.iter().map(|Posting { document, weight }| PartHit {
            document: *document,
            score: self.rarity * u32::from(weight.impact),
            title: (weight.title_terms.min(1), weight.title_terms),
        })
    }
}

#[cfg(test)]
mod tests;
