//! The similar tickets on each page. They are computed only from tickets on the site, so that they do not reveal
//! anything about hidden tickets.

use std::collections::HashSet;

use super::Site;
use super::context::{MatchReason, TicketRow};
use super::inputs::{Input, note};
use super::model::{InputValue, TicketNo, hash};
use crate::search::{
    join::{RelatedTicket, join},
    similar::Reason,
};

/// The maximum number of similar tickets on a page.
const MAX_SIMILAR: usize = 5;

/// A ticket that is similar to another one.
pub(super) struct Similar {
    ticket: TicketNo,
    /// The properties that both tickets share.
    why: Vec<Reason>,
}

/// Finds the similar tickets of every ticket.
pub(super) fn all(site: &Site) -> Vec<Vec<Similar>> {
    // Searches for twice as many tickets, because the page already links some of them elsewhere.
    let all = join(site.store(), 2 * MAX_SIMILAR).into_iter();
    let similar = |one: RelatedTicket| Similar { ticket: one.ticket, why: one.why };
    all.map(|relatives| relatives.into_iter().map(similar).collect()).collect()
}

impl Site {
    /// Returns the value of [`Input::Similar`] for the ticket `id`.
    pub(super) fn similar_value(&self, id: &str) -> InputValue {
        let Some(n) = self.model.find(id) else { return Some(0) };
        let name = |similar: &Similar| self.model.thread(similar.ticket).id().to_owned();
        let all = self.similar()[n].iter();
        let all: Vec<(String, Vec<String>)> = all
            .map(|similar| (name(similar), similar.why.iter().map(ToString::to_string).collect()))
            .collect();
        Some(hash(&all))
    }

    /// Returns the tickets that are similar to `n`, except tickets that the page already links for another reason.
    pub(super) fn similar_to(&self, n: TicketNo) -> Vec<TicketRow> {
        let shown = self.model.ticket(n);
        let state = &self.model.thread(n).state;
        let referenced =
            state.answered_by.iter().chain(&state.duplicate_of).filter_map(|id| self.model.find(id));
        let mut linked: HashSet<TicketNo> = referenced.collect();
        linked.extend(shown.related.iter().chain(&shown.duplicates).chain(&shown.answers));
        note(|| Input::Similar(self.model.thread(n).id().to_owned()));
        let new = self.similar()[n].iter().filter(|similar| !linked.contains(&similar.ticket));
        let rows = new.take(MAX_SIMILAR).map(|similar| TicketRow {
            why: similar.why.iter().map(MatchReason::from).collect(),
            ..self.row(similar.ticket)
        });
        rows.collect()
    }
}
