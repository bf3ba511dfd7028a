//! Which lists of similar tickets a change can alter.
//!
//! The list of a ticket depends on the terms that it is compared by, on the first documents of its ranking, and on the
//! documents that are shown. So a changed document alters the list only if the use of one of its terms changes, or if the
//! document gets, or had, a score at which it would be among these documents. The score is not computed exactly: the
//! title bonus is assumed to be the greatest.
//!
//! A ticket has two lists: the similar tickets that a page shows, and the nearest tickets whether or not they are similar
//! enough to be shown.

use std::collections::HashMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::JoinedTickets;
use super::statistics::Statistics;
use crate::index::{DocumentOrigin, IndexChange, TermWeight};
use crate::search::{
    Item,
    relevance::{Scores, greatest_relevance},
    similar::{LookupTerm, ScoredDocument, Similarity, Threshold, Unprompted},
};
use crate::store::Store;
use crate::text::Time;

/// What a ticket needs to alter the lists of another one.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct TicketReach {
    /// The terms by which the ticket is compared.
    terms: Vec<ReachedTerm>,
    /// The greatest score of a ticket that has all terms, and the worth of the terms of the title, without bonuses.
    possible: f32,
    of_title: f32,
    /// The lowest score of the tickets on which the shown list depends.
    shown_score: f32,
    /// The greatest relevance without time of those tickets.
    shown_base: f32,
    /// The least relevance without time of a ticket in the list of the nearest.
    near_base: f32,
    /// The least similarity of a ticket in the list of the nearest, if the list is full, and else 0.
    near_similarity: f32,
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

/// A ticket before or after a change.
struct ChangedTicket {
    terms: HashMap<u32, TermWeight>,
    opened: Time,
    resolved: Option<Time>,
}

impl TicketReach {
    /// `near` is the least relevance without time of the nearest tickets, and the similarity of the last one of a full list, or 0.
    pub(super) fn of(
        terms: Vec<ReachedTerm>,
        scores: &Scores,
        (near_base, near_similarity): (f64, f32),
        unprompted: &Unprompted,
        ranking: &[ScoredDocument],
    ) -> Self {
        let shown = ranking.iter().filter(|one| unprompted.accepts(one)).map(|one| one.score);
        let shown_score = shown.fold(unprompted.last_score(), f64::min);
        let (possible, of_title) = scores.possible();
        Self {
            terms,
            possible: possible as f32,
            of_title: of_title as f32,
            shown_score: shown_score as f32,
            shown_base: unprompted.best_base() as f32,
            near_base: near_base as f32,
            near_similarity,
        }
    }

    /// Returns whether the lists can depend on `document`. `written` is the time of the ticket that has the lists.
    fn may_depend_on(&self, document: &ChangedTicket, written: Option<Time>) -> bool {
        let Some((base, one)) = self.greatest(document, written) else { return false };
        let threshold = Threshold::of(self.terms.len());
        let may_be_near =
            || base >= f64::from(self.near_base) && one.similarity >= f64::from(self.near_similarity);
        let may_alter_shown = || {
            threshold.may_matter(one.similarity)
                && (one.score >= f64::from(self.shown_score)
                    || base >= f64::from(self.shown_base)
                    || threshold.is_nearly_equal(one.similarity))
        };
        may_be_near() || may_alter_shown()
    }

    /// Returns the greatest similarity that `document` can have; `None` if it has none of the terms.
    fn greatest(&self, document: &ChangedTicket, written: Option<Time>) -> Option<(f64, ScoredDocument)> {
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

/// A ticket that was compared before.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct FormerTicket {
    pub opened: Time,
    pub resolved: Option<Time>,
    /// What its lists depend on.
    pub reach: TicketReach,
}

impl FormerTicket {
    pub(crate) fn of(store: &Store, place: usize, reach: TicketReach) -> Self {
        let (opened, resolved) = (Item::Ticket(place).created(store), store.threads[place].resolved());
        Self { opened, resolved, reach }
    }
}

/// A change of the tickets.
pub(crate) struct TicketChange<'a> {
    pub former: &'a [FormerTicket],
    pub origins: &'a [DocumentOrigin],
    pub terms: &'a IndexChange,
}

/// Returns the places of the tickets whose lists a change can alter. Returns `None` if that can be all of them.
pub(crate) fn stale(tickets: JoinedTickets<'_>, change: &TicketChange<'_>) -> Option<Vec<usize>> {
    let dictionary = tickets.terms.terms();
    let (before, now) = (Statistics::of(change.former.len()), Statistics::of(tickets.terms.len()));
    if before != now {
        return None;
    }
    let mut is_moved = vec![false; dictionary.len() as usize];
    for (number, count) in &change.terms.terms {
        is_moved[*number as usize] = before.use_of(*count) != now.use_of(dictionary.count(*number));
    }
    let any_moved = is_moved.contains(&true);
    let changed = changed_tickets(tickets, change);
    let is_stale = |(place, origin): (usize, &DocumentOrigin)| -> bool {
        let DocumentOrigin::Former(former) = origin else { return true };
        let Some(FormerTicket { reach, .. }) = change.former.get(*former) else { return true };
        let written = tickets.store.threads[place].ticket.created;
        any_moved && tickets.terms.terms_of(place).any(|(number, _)| is_moved[number as usize])
            || changed.iter().any(|ticket| reach.may_depend_on(ticket, written))
    };
    let places = change.origins.par_iter().enumerate().filter(|one| is_stale((one.0, one.1)));
    Some(places.map(|(place, _)| place).collect())
}

/// Returns all changed tickets as they were and as they are.
fn changed_tickets(tickets: JoinedTickets<'_>, change: &TicketChange<'_>) -> Vec<ChangedTicket> {
    let gone = change.terms.gone.iter().filter_map(|(number, terms)| {
        let FormerTicket { opened, resolved, .. } = *change.former.get(*number)?;
        Some(ChangedTicket { terms: terms.iter().copied().collect(), opened, resolved })
    });
    let is_new = |place: &usize| matches!(change.origins[*place], DocumentOrigin::New(_));
    let new = (0..change.origins.len()).filter(is_new).map(|place| ChangedTicket {
        terms: tickets.terms.terms_of(place).collect(),
        opened: Item::Ticket(place).created(tickets.store),
        resolved: tickets.store.threads[place].resolved(),
    });
    gone.chain(new).collect()
}
