//! The similar tickets on each page. They are computed only from tickets on the site, so that they do not reveal
//! anything about hidden tickets.

use std::collections::HashSet;

use super::Site;
use super::context::{MatchReason, TicketRow};
use super::inputs::{Input, note};
use super::model::{InputValue, TicketNo, hash};
use crate::search::join::RelatedTicket;

/// The maximum number of similar tickets on a page.
const MAX_SIMILAR: usize = 5;

/// A page shows at least this many tickets to go on with, if the site has them.
const FEWEST: usize = 3;

/// The maximum number of reasons for a ticket of the same service.
const MOST_REASONS: usize = 3;

/// Where to go on from a page.
pub(super) struct FurtherTickets {
    pub(super) similar: Vec<TicketRow>,
    /// Tickets of the same service that were opened about the same time.
    pub(super) near: Vec<TicketRow>,
}

impl Site {
    /// Returns the value of [`Input::Similar`] for the ticket `id`.
    pub(super) fn similar_value(&self, id: &str) -> InputValue {
        let Some(n) = self.model.find(id) else { return Some(0) };
        // Only the proposed reply depends on the scores.
        let proposes = self.proposes_reply(n);
        let similar = self.model.similar_to(n);
        let all = similar.iter().map(|(other, similar)| {
            (self.model.thread(*other).id(), &similar.why, proposes.then_some(similar.score))
        });
        Some(hash(&all.collect::<Vec<_>>()))
    }

    /// Returns where to go on from the page of `n`: the similar tickets, and if they are few, tickets of the same service.
    /// Leaves out tickets that the page already links for another reason.
    pub(super) fn further(&self, n: TicketNo) -> FurtherTickets {
        let shown = self.model.ticket(n);
        let state = &self.model.thread(n).state;
        let referenced =
            state.answered_by.iter().chain(&state.duplicate_of).filter_map(|id| self.model.find(id));
        let mut linked: HashSet<TicketNo> = referenced.collect();
        linked.extend(shown.related.iter().chain(&shown.duplicates).chain(&shown.answers));
        note(|| Input::Similar(self.model.thread(n).id().to_owned()));
        let all = self.model.similar_to(n);
        let new = all.iter().filter(|(other, _)| !linked.contains(other));
        let shown: Vec<&(TicketNo, &RelatedTicket)> = new.take(MAX_SIMILAR).collect();
        let mut linked: HashSet<TicketNo> = linked.iter().copied().collect();
        linked.extend(shown.iter().map(|(other, _)| *other));
        let near = self.model.near(n).into_iter().filter(|other| !linked.contains(other));
        let near = near.take(FEWEST.saturating_sub(shown.len()));
        FurtherTickets {
            near: near.map(|other| TicketRow { why: self.shared(n, other), ..self.row(other) }).collect(),
            similar: shown
                .into_iter()
                .map(|(other, similar)| TicketRow {
                    why: similar.why.iter().map(|why| self.match_reason(why)).collect(),
                    ..self.row(*other)
                })
                .collect(),
        }
    }

    /// Returns the fields that two tickets of one service share. The heading of their list names the service.
    fn shared(&self, one: TicketNo, other: TicketNo) -> Vec<MatchReason> {
        let (one, other) = (&self.model.thread(one).state, &self.model.thread(other).state);
        let fields = one.fields.iter().filter(|field| other.fields.contains(field)).take(MOST_REASONS);
        let same = |(name, _): &(String, _)| self.field_label(name).to_lowercase();
        fields.map(same).map(|what| MatchReason { what, same: true }).collect()
    }
}
