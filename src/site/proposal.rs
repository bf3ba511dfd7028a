//! The reply that the page of an open ticket proposes to oncall.

use serde::Serialize;

use super::{
    Html, ProseStyle, Site,
    context::Link,
    inputs::{Input, note},
    model::TicketNo,
};
use crate::{
    knowledge::proposed_reply::ProposedReply,
    search::{Item, SimilarItem, SimilarItems},
    ticket::{Status, Visibility},
    view::Audience,
};

/// A reply that is proposed from the answers of similar tickets.
#[derive(Serialize)]
pub(super) struct ProposalContext {
    html: Html,
    sources: Vec<Link>,
    /// The command that opens the reply in an editor.
    command: String,
}

impl Site {
    /// Returns whether the page of ticket `n` proposes a reply if an answer is certain enough: on the internal site, for an
    /// internal ticket that is not resolved. The answers of internal tickets are not proposed for a public one.
    pub(super) fn proposes_reply(&self, n: TicketNo) -> bool {
        let state = &self.model.thread(n).state;
        self.model.view().audience == Audience::Internal
            && state.status != Status::Resolved
            && state.visibility == Visibility::Internal
    }

    /// Proposes a reply to ticket `n`. Its page depends on the tickets that are similar.
    pub(super) fn proposal(&self, n: TicketNo, root: &str) -> Option<ProposalContext> {
        if !self.proposes_reply(n) {
            return None;
        }
        let thread = self.model.thread(n);
        note(|| Input::Similar(thread.id().to_owned()));
        let similar = self.similar_to(n);
        let item = |similar: &super::similar::Similar| {
            // Notes the ticket, and its original if it is a duplicate.
            let other = self.model.thread(similar.ticket);
            self.model.original_answer(other);
            SimilarItem {
                item: Item::Ticket(similar.ticket),
                score: similar.score,
                weak: false,
                why: Vec::new(),
            }
        };
        let shown: Vec<SimilarItem> = similar.iter().map(item).collect();
        let store = self.store();
        let total = shown.len();
        let with_answer = shown.into_iter().filter(|found| found.item.has_answer(store)).collect();
        let reply = ProposedReply::of(store, thread, &SimilarItems { shown: with_answer, total }, None);
        if !reply.speaks() {
            return None;
        }
        let style =
            ProseStyle { root, own: Some(n), key: "proposal-", heading_shift: 1, ..ProseStyle::default() };
        Some(ProposalContext {
            html: self.prose(&reply.text, &style),
            sources: reply.sources.iter().filter_map(|id| self.link_to(id)).collect(),
            command: format!("casebook reply {} --draft", thread.id()),
        })
    }
}
