//! Which lists of similar tickets a change can alter.
//!
//! The list of a ticket depends on the terms that it is compared by, on the first documents of its ranking, and on the
//! documents that are shown. So a changed document alters the list only if the use of one of its terms changes, or if the
//! document gets, or had, a score at which it would be among these documents. The score is not computed exactly: the
//! title bonus is assumed to be the greatest.
//!
//! There are two lists: [`TicketReach`] is for the similar tickets that a page shows, [`NearestReach`] for the nearest
//! tickets whether or not they are similar enough to be shown.

use std::collections::HashMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::JoinedDocuments;
use super::statistics::Statistics;
use crate::index::{DocumentOrigin, IndexChange, TermWeight};
use crate::search::{
    Item,
    relevance::{Scores, greatest_relevance},
    similar::{LookupTerm, ScoredDocument, Similarity, Threshold, Unprompted},
};
use crate::store::Store;
use crate::text::Time;
use crate::ticket::Thread;

/// What a document needs to alter the list of a ticket.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct TicketReach {
    question: ReachedQuestion,
    /// The lowest score of the documents that matter.
    score: f32,
    /// The greatest relevance without time.
    base: f32,
}

/// A term by which a ticket is compared.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct ReachedTerm {
    number: u32,
    rarity: u32,
    weight: f32,
    in_title: bool,
}

/// Numbers are stored with less precision than they are computed with, so a document counts as reaching a value if it nearly
/// does.
const NEARLY: f64 = 0.999;

impl ReachedTerm {
    pub(super) fn of(number: u32, lookup: &LookupTerm<'_>) -> Self {
        Self { number, rarity: lookup.rarity, weight: lookup.weight as f32, in_title: lookup.part().in_title }
    }

    fn worth(&self) -> f64 {
        f64::from(self.weight) * f64::from(self.rarity)
    }
}

/// What a list of tickets depends on.
pub(crate) trait ListReach: Sync {
    /// Returns whether `document` can be one of those on which the list depends. `written` is the time of the ticket.
    fn may_depend_on(&self, document: &ChangedDocument, written: Option<Time>) -> bool;
}

/// What a document needs to be among the nearest of a ticket.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct NearestReach {
    question: ReachedQuestion,
    /// The least relevance without time of a document in the list.
    base: f32,
    /// The least similarity of a document in the list, if the list is full, and else 0.
    similarity: f32,
}

/// The terms by which a ticket is compared, and its greatest scores.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct ReachedQuestion {
    terms: Vec<ReachedTerm>,
    /// The greatest score of a document that has all terms, and the worth of the terms of the title, without bonuses.
    possible: f32,
    of_title: f32,
}

/// A document before or after a change.
pub(crate) struct ChangedDocument {
    terms: HashMap<u32, TermWeight>,
    opened: Time,
    resolved: Option<Time>,
}

impl TicketReach {
    pub(super) fn of(
        terms: Vec<ReachedTerm>,
        scores: &Scores,
        unprompted: &Unprompted,
        ranked: &[ScoredDocument],
    ) -> Self {
        let shown = ranked.iter().filter(|one| unprompted.accepts(one)).map(|one| one.score);
        let score = shown.fold(unprompted.last_score(), f64::min);
        let [score, base] = [score, unprompted.best_base()].map(|number| number as f32);
        Self { question: ReachedQuestion::of(terms, scores), score, base }
    }
}

impl NearestReach {
    /// `similarity` is that of the last document of a full list, and else 0.
    pub(super) fn of(terms: Vec<ReachedTerm>, scores: &Scores, base: f64, similarity: f32) -> Self {
        Self { question: ReachedQuestion::of(terms, scores), base: base as f32, similarity }
    }
}

impl ReachedQuestion {
    fn of(terms: Vec<ReachedTerm>, scores: &Scores) -> Self {
        let (possible, of_title) = scores.possible();
        Self { terms, possible: possible as f32, of_title: of_title as f32 }
    }

    /// Returns the greatest similarity that `document` can have; `None` if it has none of the terms.
    fn greatest(&self, document: &ChangedDocument, written: Option<Time>) -> Option<(f64, ScoredDocument)> {
        let (mut sum, mut found) = (0.0, 0.0);
        for term in &self.terms {
            if let Some(weight) = document.terms.get(&term.number) {
                sum += term.worth() * f64::from(weight.impact);
                found += if term.in_title && weight.title_terms > 0 { term.worth() } else { 0.0 };
            }
        }
        if sum == 0.0 {
            return None;
        }
        let base =
            greatest_relevance(sum, f64::from(self.possible), found, f64::from(self.of_title)) / NEARLY;
        let (opened, resolved) = (document.opened, document.resolved);
        Some((base, Similarity { base, written, opened, resolved }.weigh(0)))
    }
}

impl ListReach for NearestReach {
    fn may_depend_on(&self, document: &ChangedDocument, written: Option<Time>) -> bool {
        self.question.greatest(document, written).is_some_and(|(base, one)| {
            base >= f64::from(self.base) && one.similarity >= f64::from(self.similarity)
        })
    }
}

impl ListReach for TicketReach {
    fn may_depend_on(&self, document: &ChangedDocument, written: Option<Time>) -> bool {
        let Some((base, one)) = self.question.greatest(document, written) else { return false };
        let threshold = Threshold::of(self.question.terms.len());
        threshold.may_matter(one.similarity)
            && (one.score >= f64::from(self.score)
                || base >= f64::from(self.base)
                || threshold.is_nearly_equal(one.similarity))
    }
}

/// A document of a former build.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct FormerDocument<R = TicketReach> {
    pub opened: Time,
    pub resolved: Option<Time>,
    /// What the list of a ticket depends on; `None` for an article.
    pub reach: Option<R>,
}

impl<R> FormerDocument<R> {
    pub(crate) fn of(store: &Store, item: Item, reach: Option<R>) -> Self {
        let resolved = item.ticket(store).and_then(Thread::resolved);
        Self { opened: item.created(store), resolved, reach }
    }
}

/// A change of the documents.
pub(crate) struct DocumentChange<'a, R = TicketReach> {
    pub former: &'a [FormerDocument<R>],
    pub origins: &'a [DocumentOrigin],
    pub terms: &'a IndexChange,
}

/// Returns the places of the documents whose lists a change can alter, and that are tickets. Returns `None` if that can be
/// all of them.
pub(crate) fn stale<R: ListReach>(
    documents: JoinedDocuments<'_>,
    change: &DocumentChange<'_, R>,
) -> Option<Vec<usize>> {
    let dictionary = documents.terms.terms();
    let (before, now) = (Statistics::of(change.former.len()), Statistics::of(documents.items.len()));
    if before != now {
        return None;
    }
    let mut is_moved = vec![false; dictionary.len() as usize];
    for (number, count) in &change.terms.terms {
        is_moved[*number as usize] = before.use_of(*count) != now.use_of(dictionary.count(*number));
    }
    let any_moved = is_moved.contains(&true);
    let changed = changed_documents(documents, change);
    let is_stale = |(place, origin): (usize, &DocumentOrigin)| -> bool {
        let Some(thread) = documents.items[place].ticket(documents.store) else { return false };
        let DocumentOrigin::Former(former) = origin else { return true };
        let Some(reach) = change.former.get(*former).and_then(|former| former.reach.as_ref()) else {
            return true;
        };
        any_moved && documents.terms.terms_of(place).any(|(number, _)| is_moved[number as usize])
            || changed.iter().any(|document| reach.may_depend_on(document, thread.ticket.created))
    };
    let places = change.origins.par_iter().enumerate().filter(|one| is_stale((one.0, one.1)));
    Some(places.map(|(place, _)| place).collect())
}

/// Returns all changed tickets as they were and as they are.
fn changed_documents<R>(
    documents: JoinedDocuments<'_>,
    change: &DocumentChange<'_, R>,
) -> Vec<ChangedDocument> {
    let gone = change.terms.gone.iter().filter_map(|(number, terms)| {
        let former = change.former.get(*number).filter(|former| former.reach.is_some())?;
        let terms = terms.iter().copied().collect();
        Some(ChangedDocument { terms, opened: former.opened, resolved: former.resolved })
    });
    let new = change.origins.iter().enumerate().filter_map(|(place, origin)| {
        let thread = documents.items[place].ticket(documents.store)?;
        let opened = documents.items[place].created(documents.store);
        matches!(origin, DocumentOrigin::New(_)).then(|| ChangedDocument {
            terms: documents.terms.terms_of(place).collect(),
            opened,
            resolved: thread.resolved(),
        })
    });
    gone.chain(new).collect()
}
