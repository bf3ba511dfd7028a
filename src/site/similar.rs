//! The similar tickets of each page: of what the site shows alone, so that nothing else shows through them.

use std::collections::HashSet;

use super::Site;
use super::context::{Row, Why};
use super::model::TicketNo;
use crate::search::{
    join::{Relative, join},
    similar::Reason,
};

/// The most similar tickets of a page.
const MOST: usize = 5;

/// A ticket that is much like another one.
pub(super) struct Similar {
    ticket: TicketNo,
    /// What both have.
    why: Vec<Reason>,
}

/// For each ticket those that are much like it.
pub(super) fn all(site: &Site) -> Vec<Vec<Similar>> {
    // Some stand on the page already.
    let all = join(site.store(), 2 * MOST).into_iter();
    let similar = |one: Relative| Similar { ticket: one.ticket, why: one.why };
    all.map(|relatives| relatives.into_iter().map(similar).collect()).collect()
}

impl Site {
    /// Tickets that are much like `n`, but for those that its page links for a better reason.
    pub(super) fn similar_to(&self, n: TicketNo) -> Vec<Row> {
        let shown = &self.model.tickets[n];
        let state = &self.model.thread(n).state;
        let named = state.answered_by.iter().chain(&state.duplicate_of).filter_map(|id| self.model.find(id));
        let mut linked: HashSet<TicketNo> = named.collect();
        linked.extend(shown.related.iter().chain(&shown.duplicates).chain(&shown.answers));
        let new = self.similar()[n].iter().filter(|similar| !linked.contains(&similar.ticket));
        let rows = new.take(MOST).map(|similar| Row {
            why: similar.why.iter().map(Why::from).collect(),
            ..self.row(similar.ticket)
        });
        rows.collect()
    }
}
