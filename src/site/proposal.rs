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
    text::shell_word,
    ticket::{Status, Thread, Visibility},
    view::{Audience, InternalNames},
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
    /// Returns whether the page of ticket `n` proposes a reply if an answer is certain enough: on the internal site, for a
    /// ticket that is not resolved.
    pub(super) fn proposes_reply(&self, n: TicketNo) -> bool {
        self.model.view().audience == Audience::Internal
            && self.model.thread(n).state.status != Status::Resolved
    }

    /// Proposes a reply to ticket `n`. Its page depends on the tickets that are similar.
    pub(super) fn proposal(&self, n: TicketNo, root: &str) -> Option<ProposalContext> {
        if !self.proposes_reply(n) {
            return None;
        }
        let thread = self.model.thread(n);
        note(|| Input::Similar(thread.id().to_owned()));
        let is_public = thread.state.visibility == Visibility::Public;
        let similar = self.model.similar_to(n);
        let shown: Vec<SimilarItem> = similar
            .iter()
            .filter(|(other, _)| {
                // These calls note the ticket, and its original if it is a duplicate.
                let other = self.model.thread(*other);
                let original = self.model.original_answer(other).map(|(original, _)| original);
                !is_public || has_no_secrets(other) && original.is_none_or(has_no_secrets)
            })
            .map(|(other, similar)| SimilarItem {
                item: Item::Ticket(*other),
                score: similar.score,
                weak: false,
                why: Vec::new(),
            })
            .collect();
        let total = shown.len();
        let body = self.body(thread.ticket.path.as_ref());
        let reply = ProposedReply::of(self.store(), (thread, &body), &SimilarItems { shown, total }, None);
        if !reply.speaks() || is_public && self.names_internal(&reply.text) {
            return None;
        }
        let style =
            ProseStyle { root, own: Some(n), key: "proposal-", heading_shift: 1, ..ProseStyle::default() };
        Some(ProposalContext {
            html: self.prose(&reply.text_with_former_values(), &style),
            sources: reply.sources.iter().filter_map(|id| self.link_to(id)).collect(),
            command: format!("casebook reply {} --draft", shell_word(thread.id())),
        })
    }

    /// Returns whether `text` names an internal ticket or article.
    fn names_internal(&self, text: &str) -> bool {
        note(|| Input::Everything);
        self.internal_names.get_or_init(|| InternalNames::of(self.store())).first(text).is_some()
    }
}

/// Returns whether the public may see a ticket with all its replies.
fn has_no_secrets(thread: &Thread) -> bool {
    thread.state.visibility == Visibility::Public && !thread.replies.iter().any(|reply| thread.is_note(reply))
}
