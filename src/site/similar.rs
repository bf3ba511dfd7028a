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
        let new = self.similar()[n].iter().filter(|similar| !linked.contains(&similar.ticket));
        let shown: Vec<&Similar> = new.take(MAX_SIMILAR).collect();
        let mut linked: HashSet<TicketNo> = linked.iter().copied().collect();
        linked.extend(shown.iter().map(|similar| similar.ticket));
        let near = self.model.near(n).into_iter().filter(|other| !linked.contains(other));
        let near = near.take(FEWEST.saturating_sub(shown.len()));
        FurtherTickets {
            near: near.map(|other| TicketRow { why: self.shared(n, other), ..self.row(other) }).collect(),
            similar: shown
                .into_iter()
                .map(|similar| TicketRow {
                    why: similar.why.iter().map(MatchReason::from).collect(),
                    ..self.row(similar.ticket)
                })
                .collect(),
        }
    }

    /// Returns the service, fields and tags that two tickets share.
    fn shared(&self, one: TicketNo, other: TicketNo) -> Vec<MatchReason> {
        let (one, other) = (&self.model.thread(one).state, &self.model.thread(other).state);
        let service = (one.service.is_some() && one.service == other.service).then_some("service");
        let fields = one.fields.iter().filter(|field| other.fields.contains(field));
        let keys = service.into_iter().chain(fields.map(|(name, _)| name.as_str())).take(MOST_REASONS);
        let same = |what: String| MatchReason { what, same: true };
        keys.map(|key| same(self.field_label(key).to_lowercase())).collect()
    }
}
