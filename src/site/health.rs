//! Whether the answer of a ticket is still true, as far as the files tell.

use serde::Serialize;

use super::Site;
use super::context::{FormattedTime, Link};
use super::model::TicketNo;
use crate::text::Time;
use crate::ticket::{Resolution, Status};

/// What is known about an answer since it was written.
#[derive(Clone, Debug, Serialize)]
pub(super) struct AnswerHealth {
    /// `reopened`, `again` (the fixed problem was reported again), `confirmed`, or `unconfirmed`.
    state: &'static str,
    /// When that happened; for `unconfirmed`, when the answer was written.
    when: Option<FormattedTime>,
    /// For `again`, the newest report.
    report: Option<Link>,
    /// The number of later tickets that were resolved with this answer.
    answered: usize,
    /// The article that is based on this ticket.
    guide: Option<Link>,
}

impl Site {
    /// Returns what is known about the answer of ticket `n` since it was written.
    pub(super) fn health(&self, n: TicketNo) -> AnswerHealth {
        let thread = self.model.thread(n);
        let page = self.model.ticket(n);
        let resolved = thread.state.resolved;
        let is_current = |article: &usize| self.model.article_page(*article).superseded_by.is_none();
        let guide = page.articles.iter().copied().find(is_current);
        let health = AnswerHealth {
            state: "unconfirmed",
            when: resolved.map(|time| self.when(time)),
            report: None,
            answered: page.answers.len(),
            guide: guide.map(|article| self.article_link(article)),
        };
        if thread.state.status != Status::Resolved {
            let reopened =
                thread.state.status_changes.iter().rev().find(|(_, status)| *status == Status::Open);
            let when = reopened.map(|(time, _)| self.when(*time));
            return AnswerHealth { state: "reopened", when, ..health };
        }
        let opened = |other: TicketNo| self.model.thread(other).ticket.created;
        let later = page.duplicates.iter().copied().filter(|other| opened(*other) > resolved);
        let newest = later.max_by_key(|other| (opened(*other), *other));
        if let Some(other) = newest.filter(|_| thread.state.resolution == Some(Resolution::Fixed)) {
            return AnswerHealth {
                state: "again",
                when: opened(other).map(|time| self.when(time)),
                report: Some(self.ticket_link(other)),
                ..health
            };
        }
        let used = page.answers.iter().filter_map(|other| self.model.thread(*other).resolved());
        let reviewed = guide.and_then(|article| self.model.article(article).confirmed);
        let confirmed: Option<Time> = used.chain(reviewed).filter(|time| Some(*time) > resolved).max();
        match confirmed {
            Some(time) => AnswerHealth { state: "confirmed", when: Some(self.when(time)), ..health },
            None => health,
        }
    }
}
