//! Whether the answer of a ticket or article is still true, as far as the files tell.

use serde::Serialize;

use super::Site;
use super::context::{FormattedTime, Link};
use super::model::{ArticleNo, TicketNo};
use crate::knowledge::articles::ArticleDoubt;
use crate::text::Time;
use crate::ticket::{Resolution, Status};

/// What is known about an answer since it was written.
#[derive(Clone, Debug, Serialize)]
pub(super) struct AnswerHealth {
    /// `reopened`, `again` (the problem came back), `confirmed`, or `unconfirmed`; of an article `again`, `otherwise`
    /// (a ticket of its problem was resolved in another way), `reviewed` or `unreviewed`.
    state: &'static str,
    /// When that happened; for `unconfirmed`, when the answer was written.
    when: Option<FormattedTime>,
    /// For `again`, the newest report, unless the page itself is its page.
    report: Option<Link>,
    /// The newest ticket that refers to this one and was opened after all that is known otherwise.
    later: Option<Link>,
    /// The number of later tickets that were resolved with this answer.
    answered: usize,
    /// The article that is based on this ticket.
    guide: Option<Link>,
    /// When an article is due for review.
    review: Option<FormattedTime>,
}

impl Site {
    /// Returns what is known about the answer of ticket `n` since it was written, for the page of ticket `own`.
    pub(super) fn health(&self, n: TicketNo, own: TicketNo) -> AnswerHealth {
        let thread = self.model.thread(n);
        let page = self.model.ticket(n);
        let resolved = thread.state.resolved;
        let is_current = |article: &usize| self.model.article_page(*article).superseded_by.is_none();
        let guide = page.articles.iter().copied().find(is_current);
        let health = AnswerHealth {
            state: "unconfirmed",
            when: resolved.map(|time| self.when(time)),
            report: None,
            later: None,
            answered: page.answers.len(),
            guide: guide.map(|article| self.article_link(article)),
            review: None,
        };
        if thread.state.status != Status::Resolved {
            let reopened =
                thread.state.status_changes.iter().rev().find(|(_, status)| *status == Status::Open);
            let when = reopened.map(|(time, _)| self.when(*time));
            return AnswerHealth { state: "reopened", when, ..health };
        }
        let (is_fixed, is_workaround) = match thread.state.resolution {
            Some(Resolution::Fixed) => (true, false),
            Some(Resolution::Workaround) => (false, true),
            _ => (false, false),
        };
        // A workaround leaves the cause. If it is used again, or if an article is about it and later tickets, then the problem
        // came back, and a review of the article says nothing about the workaround.
        let of_guide = guide.map(|article| &self.model.article_page(article).tickets);
        let of_workaround = page.answers.iter().chain(of_guide.into_iter().flatten());
        let of_workaround = of_workaround.filter(|_| is_workaround);
        // A question that is asked again says nothing about its answer, but a problem that was solved must not return.
        let of_problem = page.duplicates.iter().filter(|_| is_fixed || is_workaround);
        let back = self.newest_after(of_problem.chain(of_workaround), resolved);

        let used = page.answers.iter().filter_map(|other| self.model.thread(*other).resolved());
        let reviewed = guide.and_then(|article| self.model.article(article).confirmed);
        let confirmations = used.chain(reviewed).filter(|time| Some(*time) > resolved);
        let confirmed: Option<Time> = confirmations.filter(|_| !is_workaround).max();

        if let Some((opened, other)) = back.filter(|(opened, _)| Some(*opened) > confirmed) {
            let report = (other != own).then(|| self.ticket_link(other));
            return AnswerHealth { state: "again", when: Some(self.when(opened)), report, ..health };
        }
        let referring = page.related.iter().chain(&page.mentions);
        let referring = referring.filter(|other| !page.answers.contains(other) && **other != own);
        let later = self.newest_after(referring, confirmed.or(resolved));
        let later = later.map(|(_, other)| self.ticket_link(other));
        match confirmed {
            Some(time) => AnswerHealth { state: "confirmed", when: Some(self.when(time)), later, ..health },
            None => AnswerHealth { later, ..health },
        }
    }

    /// Returns what is known about article `n` since its last review.
    pub(super) fn article_health(&self, n: ArticleNo) -> AnswerHealth {
        let health = self.model.article_health(n);
        let confirmed = self.model.article(n).confirmed;
        let state = match (health.doubt, confirmed) {
            (Some(ArticleDoubt { is_resolution: true, .. }), _) => "otherwise",
            (Some(_), _) => "again",
            (None, Some(_)) => "reviewed",
            (None, None) => "unreviewed",
        };
        AnswerHealth {
            state,
            when: health.doubt.map(|doubt| doubt.when).or(confirmed).map(|time| self.when(time)),
            report: health.doubt.map(|doubt| self.ticket_link(doubt.ticket)),
            later: None,
            answered: health.answered.len(),
            guide: None,
            review: health.review.map(|time| self.when(time)),
        }
    }

    /// Returns the newest of `tickets` that was opened after `time`, and when it was opened.
    fn newest_after<'a>(
        &self,
        tickets: impl Iterator<Item = &'a TicketNo>,
        time: Option<Time>,
    ) -> Option<(Time, TicketNo)> {
        let opened = |n: &TicketNo| Some((self.model.thread(*n).ticket.created?, *n));
        tickets.filter_map(opened).filter(|(opened, _)| Some(*opened) > time).max()
    }
}
