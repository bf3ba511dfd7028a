//! The similar tickets on each page. They are computed from visible tickets only, so that they reveal nothing about
//! hidden ones.

use std::collections::HashSet;

use super::Site;
use super::context::{Row, Why};
use super::model::TicketNo;
use crate::search::{
    join::{Relative, join},
    similar::Reason,
};

/// The largest number of similar tickets on a page.
const MOST: usize = 5;

/// A ticket that is similar to another one.
pub(super) struct Similar {
    ticket: TicketNo,
    /// The properties that both tickets share.
    why: Vec<Reason>,
}

/// Finds the similar tickets of every ticket.
pub(super) fn all(site: &Site) -> Vec<Vec<Similar>> {
    // The page already links some of the similar tickets, so twice as many are searched for.
    let all = join(site.store(), 2 * MOST).into_iter();
    let similar = |one: Relative| Similar { ticket: one.ticket, why: one.why };
    all.map(|relatives| relatives.into_iter().map(similar).collect()).collect()
}

impl Site {
    /// Returns the tickets similar to `n`, without those that the page already links as related or duplicate.
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
