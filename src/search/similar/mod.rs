//! Finds documents that are similar to a draft.
//!
//! The search looks up the most significant terms of the draft and its exact terms: service, tags, fields and the
//! signature of its error. The documents with the best scores are scored a second time, by how much of the draft's
//! title is in their title, how much of their title is in the draft, and how close they are in time. Time matters
//! because a problem is reported again more often within weeks than after years.
//!
//! All trackers use the same weights. The weights were tuned on half of the judged queries of two trackers, fluid and
//! titanium-2012. `cargo bench --bench relevance -- FOLDER` measures the other half; see `docs/benchmarks.md`. These
//! changes gave no improvement: more than 24 terms, pairs of neighbouring words, expansion by the titles of the first
//! answers, more weight for common fields.

mod draft;
mod exact;
mod likeness;
mod signature;
mod words;

use std::{
    borrow::Cow,
    cmp::Ordering,
    collections::{BTreeMap, HashSet},
    fmt,
    ops::ControlFlow,
};

use rayon::prelude::*;

pub(crate) use draft::ComparedDraft;
pub(crate) use exact::{ExactTerm, PropertyKind, exact};

pub(super) use self::draft::{DraftTerm, title_terms};
pub(super) use self::likeness::{ScoredDocument, Similarity, ranked, strong};
use crate::index::{IndexError, Posting, rarity};
use crate::text::Time;

/// The number of a draft's terms that are looked up.
const MOST_LOOKUPS: usize = 24;

/// Terms that are in a larger share of the documents are ignored, because they do not distinguish documents.
const COMMON: f64 = 0.25;

/// With fewer documents than this, no term counts as common.
const FEW: u32 = 20;

/// The number of documents that are scored a second time.
const RESCORED: usize = 200;

/// The factor that turns a score of 1 into an integer.
const ONE: f64 = 1_000_000.0;

/// The maximum number of reasons that are listed.
const REASONS: usize = 6;

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
    /// Compares two equally similar documents: the newer comes first, then by key.
    fn order(&self, a: u32, b: u32) -> Ordering;
    fn title(&self, document: u32) -> &str;
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
    /// Whether the match is too weak to show unprompted, regardless of the shared properties.
    pub has_low_score: bool,
    why: &'a dyn Fn(u32) -> Vec<Reason>,
}

impl SimilarDocument<'_> {
    /// Returns the shared properties (errors, then words as the draft writes them, then service and fields; the most
    /// significant first) and whether the match is weak. Call it only for documents that are shown, because it costs
    /// more than the ranking.
    pub(crate) fn reasons(&self) -> (Vec<Reason>, bool) {
        let why = (self.why)(self.document);
        let weak = self.has_low_score || why.len() < 2;
        (why, weak)
    }
}

/// A shared property; formatted as `timeout` or `same service billing`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// A word, as the draft writes it.
    Word(String),
    /// A service, a tag, a field or an error: `service billing`.
    Same(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Same(what) => write!(f, "same {what}"),
        }
    }
}

/// A term to look up, with its weight.
struct LookupTerm<'a> {
    worth: f64,
    postings: Cow<'a, [Posting]>,
    property: DraftProperty<'a>,
}

/// A shared property, as the draft writes it.
#[derive(Clone, Copy)]
pub(super) enum DraftProperty<'a> {
    /// A term of the draft.
    Word(&'a str, &'a DraftTerm),
    /// A service, a tag, a field or an error.
    Exact(&'a ExactTerm),
}

/// The terms to look up, with their total weights.
struct LookupTerms<'a> {
    terms: Vec<LookupTerm<'a>>,
    /// The weight of all terms, including terms of the title that no document has.
    possible: f64,
    /// The weight of the terms of the title that are looked up.
    of_title: f64,
}

/// Finds documents that are similar to `draft` and that `allowed` accepts, the most similar first. Passes at least
/// `most` documents to `take`, and more as long as `take` continues. Returns all documents with at least one of the
/// terms, in no particular order.
pub(crate) fn similar(
    collection: &impl DocumentSet,
    draft: &ComparedDraft<'_>,
    allowed: impl Fn(u32) -> bool,
    most: usize,
    mut take: impl FnMut(&SimilarDocument<'_>) -> ControlFlow<()>,
) -> Result<Vec<u32>, IndexError> {
    let terms = draft.terms();
    let mut is_candidate = vec![false; collection.numbers()];
    for (document, may) in (0..).zip(&mut is_candidate) {
        *may = collection.contains(document) && allowed(document);
    }
    let mut lookups = LookupTerms::of(collection, draft, &terms, &is_candidate)?;
    let mut scores = vec![0.0; collection.numbers()];
    let mut touched = Vec::new();
    for lookup in &lookups.terms {
        for posting in lookup.postings.iter() {
            let score: &mut f64 = &mut scores[posting.document as usize];
            if *score == 0.0 {
                touched.push(posting.document);
            }
            *score += lookup.worth * f64::from(posting.impact);
        }
    }
    let order = |a: &u32, b: &u32| {
        let by_score = scores[*b as usize].total_cmp(&scores[*a as usize]);
        by_score.then_with(|| collection.order(*a, *b))
    };
    if touched.len() > RESCORED {
        touched.select_nth_unstable_by(RESCORED, order);
    }
    let count = touched.len().min(RESCORED);
    let (best, rest) = touched.split_at_mut(count);
    let possible = (255.0 * lookups.possible).max(1.0);
    let draft_terms: HashSet<&str> =
        terms.iter().filter(|(_, term)| term.in_prose).map(|(text, _)| text.as_str()).collect();
    let weigh = |document: u32| {
        let title = title_terms(collection.title(document));
        let found: f64 =
            lookups.terms.iter().filter(|lookup| lookup.is_in(&title)).map(|lookup| lookup.worth).sum();
        let explained = title.iter().filter(|term| draft_terms.contains(term.as_str())).count();
        let likeness = Similarity {
            terms: scores[document as usize] / possible,
            found: found / lookups.of_title.max(1.0),
            explained: explained as f64 / title.len().max(1) as f64,
            written: draft.created,
            opened: collection.created(document),
            resolved: collection.resolved(document),
        };
        likeness.weigh(document)
    };
    let weighed =
        ranked(best.par_iter().with_min_len(16).map(|document| weigh(*document)).collect(), |a, b| {
            collection.order(a, b)
        });
    lookups.terms.sort_by(|a, b| b.worth.total_cmp(&a.worth));
    let enough = strong(lookups.terms.len());
    let why = |document: u32| lookups.why(document);
    let alike = |document: u32, score: f64, similarity: f64| SimilarDocument {
        document,
        score: (score * ONE) as u32,
        has_low_score: similarity < enough,
        why: &why,
    };
    for ScoredDocument { document, score, similarity, .. } in weighed {
        if take(&alike(document, score, similarity)).is_break() {
            return Ok(touched);
        }
    }
    // The second score is never lower than the first, so none of these documents can belong before the others.
    rest.sort_unstable_by(order);
    for document in rest.iter().take(most) {
        let score = scores[*document as usize] / possible;
        if take(&alike(*document, score, score)).is_break() {
            break;
        }
    }
    Ok(touched)
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
        let mut exact: Vec<LookupTerm<'a>> = Vec::new();
        let lookup =
            |term: &str, weight: f64, property: DraftProperty<'a>| -> Result<LookupTerm<'a>, IndexError> {
                let postings = collection.postings(term)?;
                let frequency = u32::try_from(postings.len()).unwrap_or(u32::MAX);
                Ok(LookupTerm { worth: weight * f64::from(rarity(count, frequency)), postings, property })
            };
        // A term that only the draft's own ticket has does not help.
        let may = |posting: &Posting| is_candidate[posting.document as usize];
        for (text, term) in terms {
            let lookup = lookup(text, term.weight, DraftProperty::Word(text, term))?;
            if !lookup.postings.iter().any(may) {
                // A term of the title that no document has makes all documents less similar.
                missing += if term.in_title { lookup.worth } else { 0.0 };
            } else if count <= FEW || lookup.postings.len() as f64 <= COMMON * f64::from(count) {
                words.push(lookup);
            }
        }
        for one in draft.exact {
            let lookup = lookup(&one.term, one.kind.weight(), DraftProperty::Exact(one))?;
            if lookup.postings.iter().any(may) {
                exact.push(lookup);
            }
        }
        words.sort_by(|a, b| b.worth.total_cmp(&a.worth));
        words.truncate(MOST_LOOKUPS);
        let of_title = words.iter().filter(|lookup| lookup.is_of_title()).map(|lookup| lookup.worth).sum();
        words.append(&mut exact);
        for lookup in &mut words {
            lookup.postings.to_mut().retain(may);
        }
        let possible = missing + words.iter().map(|lookup| lookup.worth).sum::<f64>();
        Ok(Self { terms: words, possible, of_title })
    }

    /// Returns the reasons why `document` is similar.
    fn why(&self, document: u32) -> Vec<Reason> {
        let has = |lookup: &&LookupTerm<'_>| {
            lookup.postings.binary_search_by_key(&document, |posting| posting.document).is_ok()
        };
        reasons(self.terms.iter().filter(has).map(|lookup| lookup.property))
    }
}

/// Turns shared properties, the most significant first, into reasons: errors, then words, then service and fields.
pub(super) fn reasons<'a>(properties: impl Iterator<Item = DraftProperty<'a>>) -> Vec<Reason> {
    let (mut errors, mut words, mut facts): (Vec<&str>, Vec<&str>, Vec<&str>) = Default::default();
    for property in properties {
        match property {
            DraftProperty::Word(_, term) => words.push(&term.surface),
            DraftProperty::Exact(ExactTerm { kind: PropertyKind::Error, description, .. }) => {
                errors.push(description)
            }
            DraftProperty::Exact(exact) => facts.push(&exact.description),
        }
    }
    // Words that are part of another word are left out.
    let is_part = |word: &&str| words.iter().any(|other| other.len() > word.len() && other.contains(*word));
    let words = words.iter().filter(|word| !is_part(word)).take(REASONS);
    let same = |exact: &&str| Reason::Same((*exact).to_owned());
    let words = words.map(|word| Reason::Word((*word).to_owned()));
    errors.iter().take(1).map(same).chain(words).chain(facts.iter().take(2).map(same)).collect()
}

impl LookupTerm<'_> {
    fn is_of_title(&self) -> bool {
        matches!(self.property, DraftProperty::Word(_, term) if term.in_title)
    }

    /// Returns whether this is a term of the draft's title that is also in a title's `terms`.
    fn is_in(&self, terms: &HashSet<String>) -> bool {
        matches!(self.property, DraftProperty::Word(text, term) if term.in_title && terms.contains(text))
    }
}

#[cfg(test)]
mod tests;
