//! The measures of the tickets of one period.

use super::{
    model::{Durations, Measures, ServiceLevelResult},
    period::Period,
    service_level::{ServiceLevel, ServiceLevels},
    statistics::{Distribution, Share},
    timeline::Timeline,
};
use crate::{text::Time, ticket::Priority};

/// The instant and the rules by which tickets are measured.
pub(super) struct Gauge<'a> {
    pub(super) levels: ServiceLevels<'a>,
    pub(super) clock: i64,
    /// Returns since when the ticket or article with this name has had an answer.
    pub(super) answer_since: &'a dyn Fn(&str) -> Option<Time>,
}

/// Whether a resolved ticket cites an answer, and whether the answer was known when the ticket was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Citation {
    cites: bool,
    is_known: bool,
}

impl Gauge<'_> {
    /// Measures the tickets of a period.
    ///
    /// First response, unanswered tickets and service levels are of the tickets opened in the period; requester wait,
    /// resolution, round trips and reuse are of the tickets whose last resolution is in it.
    pub(super) fn measures(&self, all: &[Timeline<'_>], period: Period) -> Measures {
        let opened = || all.iter().filter(|ticket| period.has(ticket.opened));
        let resolved: Vec<&Timeline<'_>> =
            all.iter().filter(|ticket| ticket.resolved.is_some_and(|at| period.has(at))).collect();
        let citations: Vec<(Citation, i64)> = resolved
            .iter()
            .map(|ticket| (self.citation(ticket), ticket.requester_wait(self.clock)))
            .collect();
        let known = citations.iter().filter(|(citation, _)| citation.is_known);
        let reopened = all.iter().filter_map(|ticket| self.reopened_in(ticket, period));
        let reopened: Vec<bool> = reopened.collect();
        let by_priority = self.service_levels(all, period);
        Measures {
            opened: opened().count(),
            resolved: resolved.len(),
            backlog: self.backlog(all, period),
            unanswered: opened()
                .filter(|ticket| ticket.first_response.is_none() && ticket.resolved.is_none())
                .count(),
            first_response: self
                .durations(opened().filter_map(|ticket| Some((ticket, ticket.first_response?)))),
            requester_wait: self.waits(&resolved),
            resolution: self
                .durations(resolved.iter().filter_map(|ticket| Some((*ticket, ticket.resolved?)))),
            round_trips: Distribution::of(resolved.iter().map(|ticket| ticket.round_trips()).collect()),
            service_levels: Share::of(
                by_priority.iter().map(|result| result.met.part).sum(),
                by_priority.iter().map(|result| result.met.whole).sum(),
            ),
            service_levels_by_priority: by_priority,
            reopened: Share::of(reopened.iter().filter(|reopened| **reopened).count(), reopened.len()),
            reused: Share::of(
                citations.iter().filter(|(citation, _)| citation.cites).count(),
                resolved.len(),
            ),
            known: Share::of(known.clone().count(), resolved.len()),
            time_to_known_answer: Distribution::of(known.map(|(_, wait)| *wait).collect()),
        }
    }

    /// Describes the ages of the tickets that were not resolved at the end of a period, in seconds.
    ///
    /// `age = end of the period, or clock if it is earlier, − created`
    ///
    /// Source: ITIL 4, "incident management": the backlog and its age. Zendesk, "unsolved tickets".
    pub(super) fn backlog(&self, all: &[Timeline<'_>], period: Period) -> Distribution {
        let end = period.to.seconds();
        let backlog = all.iter().filter(|ticket| ticket.is_backlog(end));
        Distribution::of(backlog.map(|ticket| (end.min(self.clock) - ticket.opened).max(0)).collect())
    }

    /// Returns whether a ticket that was resolved in a period was reopened after that; `None` if it was not resolved in it.
    ///
    /// `reopen rate = tickets reopened after a resolution in the period / tickets resolved in the period`
    ///
    /// Source: Zendesk, "reopens"; ITIL 4, "incident management", percentage of reopened incidents.
    fn reopened_in(&self, ticket: &Timeline<'_>, period: Period) -> Option<bool> {
        let mut resolutions = ticket.resolutions().filter(|(at, _)| period.has(*at)).peekable();
        resolutions.peek()?;
        Some(resolutions.any(|(_, reopened)| reopened))
    }

    /// Returns whether a ticket cites an answer.
    ///
    /// `reuse = resolved tickets that cite an answer (answered_by, duplicate_of, draft_from) / resolved tickets`
    ///
    /// `known = resolved tickets that cite an answer from before their opening / resolved tickets`
    ///
    /// Source: KCS v6 practices guide, "reuse" and "known versus new".
    fn citation(&self, ticket: &Timeline<'_>) -> Citation {
        let thread = ticket.thread;
        let drafts = thread.replies.iter().filter(|reply| reply.is_dated() && !thread.is_note(reply));
        let drafts = drafts.filter_map(|reply| reply.draft_from.as_ref());
        let links = thread.state.answered_by.iter().chain(&thread.state.duplicate_of).chain(drafts);
        let links: Vec<&String> = links.filter(|link| *link != thread.id()).collect();
        let was_known =
            |link: &&String| (self.answer_since)(link).is_some_and(|since| since.seconds() < ticket.opened);
        Citation { cites: !links.is_empty(), is_known: links.iter().any(was_known) }
    }

    /// Describes the time from the opening of tickets to an event of each.
    fn durations<'t>(&self, events: impl Iterator<Item = (&'t Timeline<'t>, i64)>) -> Durations {
        let (mut calendar, mut business) = (Vec::new(), Vec::new());
        for (ticket, event) in events {
            calendar.push(event - ticket.opened);
            business.extend(self.levels.business(&(ticket.opened..event)));
        }
        self.both(calendar, business)
    }

    /// Describes the requester waits of resolved tickets.
    fn waits(&self, tickets: &[&Timeline<'_>]) -> Durations {
        let (mut calendar, mut business) = (Vec::new(), Vec::new());
        for ticket in tickets {
            calendar.push(ticket.requester_wait(self.clock));
            let turns: Option<i64> = ticket.turns(self.clock).map(|turn| self.levels.business(&turn)).sum();
            business.extend(turns.filter(|_| self.levels.has_business_hours()));
        }
        self.both(calendar, business)
    }

    fn both(&self, calendar: Vec<i64>, business: Vec<i64>) -> Durations {
        let business = self.levels.has_business_hours().then(|| Distribution::of(business));
        Durations { calendar: Distribution::of(calendar), business }
    }

    /// Counts the service levels that tickets opened in a period met, the most urgent first.
    fn service_levels(&self, all: &[Timeline<'_>], period: Period) -> Vec<ServiceLevelResult> {
        let opened: Vec<&Timeline<'_>> = all.iter().filter(|ticket| period.has(ticket.opened)).collect();
        let mut results = Vec::new();
        for priority in Priority::ALL.iter().rev().copied() {
            for level in [ServiceLevel::FirstResponse, ServiceLevel::Resolution] {
                let Some(target) = self.levels.target(priority, level) else { continue };
                let of_priority = opened.iter().filter(|ticket| ticket.thread.priority() == priority);
                let decided = of_priority.filter_map(|ticket| {
                    let event = match level {
                        ServiceLevel::FirstResponse => ticket.first_response,
                        ServiceLevel::Resolution => ticket.resolved,
                    };
                    // A ticket that was resolved without a response has neither met nor missed the response.
                    let is_over = event.is_none() && ticket.resolved.is_some();
                    let turns = ticket.turns(event.unwrap_or(self.clock));
                    (!is_over).then(|| self.levels.is_met(turns, target, event))?
                });
                let decided: Vec<bool> = decided.collect();
                let met = decided.iter().filter(|met| **met).count();
                results.push(ServiceLevelResult {
                    priority,
                    level,
                    target,
                    met: Share::of(met, decided.len()),
                });
            }
        }
        results
    }
}
