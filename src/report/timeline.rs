//! What happened to one ticket, as far as the report counts it.

use std::ops::Range;

use super::{
    measures::{first_response, waited},
    turns::team_turns,
};
use crate::{
    text::Time,
    ticket::{Reply, Status, Thread},
};

/// A ticket with the times that the report needs, in seconds since 1970.
pub(super) struct Timeline<'a> {
    pub(super) thread: &'a Thread,
    pub(super) opened: i64,
    /// The first response. `None` if there is none, or if it is dated before the opening.
    pub(super) first_response: Option<i64>,
    /// The last resolution. `None` if the ticket is not resolved, or if it is dated before the opening.
    pub(super) resolved: Option<i64>,
    /// Each change of the status, not before the opening.
    changes: Vec<(i64, Status)>,
    turns: Vec<Range<i64>>,
}

/// A field or section that a reply asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ask<'a> {
    pub(super) field: &'a str,
    /// The time of the asking reply.
    pub(super) asked: i64,
    /// The time of the reply or correction that met the ask, or of the resolution; `None` if it is still open.
    pub(super) ended: Option<i64>,
    /// The number of fields and sections that the reply asked for.
    pub(super) together: usize,
}

/// A ticket that was opened for one service and moved to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Move<'a> {
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    /// The seconds from the opening to the last change of the service.
    pub(super) delay: i64,
}

impl<'a> Timeline<'a> {
    /// Returns `None` for a ticket without a time of opening.
    pub(super) fn of(thread: &'a Thread) -> Option<Self> {
        let opened = thread.ticket.created?.seconds();
        let not_before = |time: Time| Some(time.seconds()).filter(|seconds| *seconds >= opened);
        let changes = thread.state.status_changes.iter();
        Some(Self {
            thread,
            opened,
            first_response: first_response(thread).and_then(not_before),
            resolved: thread.resolved().and_then(not_before),
            changes: changes.map(|(time, status)| (time.seconds().max(opened), *status)).collect(),
            turns: team_turns(thread),
        })
    }

    /// Returns the seconds for which the requester waited up to `clock`, of [`super::requester_wait`].
    pub(super) fn requester_wait(&self, clock: i64) -> i64 {
        waited(&self.turns, clock)
    }

    /// Returns the team's turns up to `clock`.
    pub(super) fn turns(&self, clock: i64) -> impl Iterator<Item = Range<i64>> {
        let clipped = self.turns.iter().map(move |turn| turn.start..turn.end.min(clock));
        clipped.filter(|turn| turn.start < turn.end)
    }

    /// Returns whether the ticket was open, pending or on hold at the instant `at`.
    pub(super) fn is_backlog(&self, at: i64) -> bool {
        let last = self.changes.iter().rev().find(|(time, _)| *time < at);
        self.opened < at && last.is_none_or(|(_, status)| *status != Status::Resolved)
    }

    /// Returns the times at which the ticket was resolved, and whether it was reopened after each.
    pub(super) fn resolutions(&self) -> impl Iterator<Item = (i64, bool)> {
        let last = self.changes.len().saturating_sub(1);
        let resolutions = self.changes.iter().enumerate();
        resolutions
            .filter(|(_, (_, status))| *status == Status::Resolved)
            .map(move |(at, (time, _))| (*time, at < last))
    }

    /// Returns the number of times that the turn went from the requester to the team and back before the last resolution.
    ///
    /// `round trips = number of replies by the requester whose last reply before them is a reply of somebody else`
    ///
    /// A reply of somebody else counts if it has text: triage asks nothing of the requester. Internal notes never count.
    ///
    /// Source: Zendesk, "agent replies" and "requester wait time": the turn changes with each reply.
    pub(super) fn round_trips(&self) -> i64 {
        let mut is_requesters_turn = false;
        let mut trips = 0;
        for reply in self.replies().filter(|reply| Some(time_of(reply)) < self.resolved.or(Some(i64::MAX))) {
            if reply.author == self.thread.ticket.requester {
                trips += i64::from(is_requesters_turn);
                is_requesters_turn = false;
            } else if reply.words > 0 {
                is_requesters_turn = true;
            }
        }
        trips
    }

    /// Returns the fields and sections that replies asked for, in order.
    ///
    /// An ask is met by the next reply that has the field or section. If the text of the ticket has it now, the text was
    /// corrected at a time that no file tells, and the next reply of the requester counts. A field that is asked for
    /// again while it is open is one ask. A resolution ends all asks.
    pub(super) fn asks(&self) -> Vec<Ask<'a>> {
        let ticket = &self.thread.ticket;
        let mut asks: Vec<Ask<'a>> = Vec::new();
        for reply in self.replies() {
            let time = time_of(reply).max(self.opened);
            let is_met =
                |field: &str| reply.meets(field) || (reply.author == ticket.requester && ticket.fills(field));
            for ask in asks.iter_mut().filter(|ask| ask.ended.is_none() && is_met(ask.field)) {
                ask.ended = Some(time);
            }
            let mut fields: Vec<&str> = Vec::new();
            for field in reply.asks.iter().map(String::as_str) {
                let is_open = asks.iter().any(|ask| ask.ended.is_none() && ask.field == field);
                if !is_open && !fields.contains(&field) {
                    fields.push(field);
                }
            }
            let together = fields.len();
            asks.extend(fields.into_iter().map(|field| Ask { field, asked: time, ended: None, together }));
            if reply.status == Some(Status::Resolved) {
                asks.iter_mut().filter(|ask| ask.ended.is_none()).for_each(|ask| ask.ended = Some(time));
            }
        }
        asks
    }

    /// Returns the change of the ticket's service, if replies changed it to another one.
    pub(super) fn service_change(&self) -> Option<Move<'a>> {
        let (from, to) = (self.thread.ticket.service.as_deref()?, self.thread.state.service.as_deref()?);
        let sets_service = |reply: &&Reply| reply.set.iter().any(|(field, _)| field == "service");
        let last = self.replies().filter(sets_service).last()?;
        let delay = (time_of(last) - self.opened).max(0);
        (from != to).then_some(Move { from, to, delay })
    }

    /// Returns the last page or folder that the requester visited, without the query of its address.
    pub(super) fn came_from(&self) -> Option<&'a str> {
        let page = self.thread.ticket.came_from.last()?.split(['?', '#']).next()?.trim_end_matches('/');
        (!page.is_empty()).then_some(page)
    }

    /// Returns the replies that have an author and a time and are no internal notes, in order.
    fn replies(&self) -> impl Iterator<Item = &'a Reply> + use<'a> {
        let thread = self.thread;
        thread.replies.iter().filter(|reply| reply.is_dated() && !thread.is_note(reply))
    }
}

impl Ask<'_> {
    /// Returns the cost of the ask in seconds.
    ///
    /// `cost = ⌊(time that met the ask − time of the asking reply) / number of fields asked for at once⌋`, and `clock`
    /// for an ask that is still open
    ///
    /// Source: PRODUCT.md, "Measures". ITIL 4, "incident management", calls the time for which an incident waits for its
    /// user "user hold time".
    pub(super) fn cost(&self, clock: i64) -> i64 {
        let together = i64::try_from(self.together.max(1)).unwrap_or(1);
        (self.ended.unwrap_or(clock) - self.asked).max(0) / together
    }
}

/// Returns the time of a reply that has one.
fn time_of(reply: &Reply) -> i64 {
    reply.created.map_or(0, Time::seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::turns::tests::thread;

    const NINE: &str = "2026-11-20T09:00:00Z";

    fn minutes(at: i64) -> i64 {
        (at - Time::parse(NINE).unwrap().seconds()) / 60
    }

    /// Returns each ask as `field from-to/together`, in minutes after 09:00.
    fn asks(thread: &Thread) -> Vec<String> {
        let asks = Timeline::of(thread).unwrap().asks();
        let shown = |ask: &Ask<'_>| {
            let ended = ask.ended.map_or_else(|| "?".to_owned(), |ended| minutes(ended).to_string());
            format!("{} {}-{ended}/{}", ask.field, minutes(ask.asked), ask.together)
        };
        asks.iter().map(shown).collect()
    }

    const ASKED: (&str, &str) =
        ("09:10", "author: mei\nstatus: pending\nasks: [version, Logs]\n---\nPlease add");

    #[test]
    fn an_ask_ends_with_the_reply_that_has_the_field() {
        let version = ("09:30", "author: lena\nset: { version: 2.14.0 }\n---\n");
        let logs = ("09:50", "author: lena\n---\n## Logs\nout of memory");
        assert_eq!(asks(&thread(&[ASKED, version, logs])), ["version 10-30/2", "Logs 10-50/2"]);
        assert_eq!(asks(&thread(&[ASKED, version])), ["version 10-30/2", "Logs 10-?/2"]);
    }

    #[test]
    fn an_ask_ends_with_the_resolution_and_not_with_a_reply_without_the_field() {
        let thanks = ("09:30", "author: lena\n---\nIt is the newest one.");
        let resolved = ("10:00", "author: mei\nstatus: resolved\nresolution: fixed\n---\nDone.");
        assert_eq!(asks(&thread(&[ASKED, thanks, resolved])), ["version 10-60/2", "Logs 10-60/2"]);
    }

    #[test]
    fn a_corrected_ticket_meets_an_ask_with_the_next_reply_of_its_requester() {
        let mut corrected = thread(&[
            ASKED,
            ("09:20", "author: omar\n---\nMe too"),
            ("09:40", "author: lena\n---\nI added the logs."),
        ]);
        corrected.ticket.sections.push("logs".to_owned());
        assert_eq!(asks(&corrected), ["version 10-?/2", "Logs 10-40/2"]);
    }

    #[test]
    fn a_field_that_is_asked_for_twice_is_one_ask_until_it_is_met() {
        let again = ("09:20", "author: omar\nstatus: pending\nasks: [version, version]\n---\nVersion?");
        let version = ("09:30", "author: lena\nset: { version: 2.14.0 }\n---\n");
        let later = ("09:40", "author: mei\nstatus: pending\nasks: [version]\n---\nIs that so?");
        assert_eq!(
            asks(&thread(&[ASKED, again, version, later])),
            ["version 10-30/2", "Logs 10-?/2", "version 40-?/1"]
        );
    }

    #[test]
    fn the_cost_is_shared_by_the_fields_that_were_asked_for_at_once() {
        let ask = Ask { field: "version", asked: 100, ended: Some(401), together: 2 };
        assert_eq!(ask.cost(10_000), 150);
        assert_eq!(Ask { ended: None, ..ask.clone() }.cost(300), 100);
        assert_eq!(Ask { ended: None, ..ask }.cost(0), 0, "asked after the clock");
    }

    #[test]
    fn a_round_trip_is_a_reply_of_the_team_that_the_requester_answers() {
        let trips = |replies: &[(&str, &str)]| Timeline::of(&thread(replies)).unwrap().round_trips();
        let (mei, lena) = ("author: mei\n---\nText", "author: lena\n---\nText");
        let resolved = "author: mei\nstatus: resolved\nresolution: fixed\n---\nDone.";
        assert_eq!(trips(&[("09:10", resolved)]), 0);
        assert_eq!(
            trips(&[("09:05", lena), ("09:10", mei), ("09:20", lena), ("09:30", lena), ("09:40", resolved)]),
            1
        );
        assert_eq!(trips(&[("09:10", "author: mei\nassignee: mei\n---\n"), ("09:20", lena)]), 0, "triage");
        assert_eq!(trips(&[("09:10", "author: mei\nvisibility: internal\n---\nNote"), ("09:20", lena)]), 0);
        assert_eq!(trips(&[("09:10", resolved), ("09:20", lena)]), 0, "after the resolution");
    }

    #[test]
    fn a_ticket_that_was_reopened_is_in_the_backlog_again() {
        let replies = [
            ("10:00", "author: mei\nstatus: resolved\nresolution: fixed\n---\nDone."),
            ("11:00", "author: lena\nstatus: open\n---\nNo."),
        ];
        let thread = thread(&replies);
        let timeline = Timeline::of(&thread).unwrap();
        let nine = Time::parse(NINE).unwrap().seconds();
        let backlog = [0, 30, 90, 180].map(|minute| timeline.is_backlog(nine + minute * 60));
        assert_eq!(backlog, [false, true, false, true]);
        assert_eq!(timeline.resolutions().collect::<Vec<_>>(), [(nine + 3_600, true)]);
        assert_eq!(timeline.requester_wait(nine + 3 * 3_600), 2 * 3_600);
        assert_eq!(timeline.requester_wait(nine - 60), 0, "a clock before the opening");
    }

    #[test]
    fn a_service_that_replies_change_is_a_move() {
        let mut moved = thread(&[
            ("09:10", "author: mei\nset: { service: export }\n---\n"),
            ("09:40", "author: mei\nset: { service: billing }\n---\n"),
            ("09:50", "author: mei\nset: { tags: [+a] }\n---\n"),
        ]);
        moved.ticket.service = Some("api".to_owned());
        let change = Timeline::of(&moved).unwrap().service_change();
        assert_eq!(change, Some(Move { from: "api", to: "billing", delay: 2_400 }));
        moved.ticket.service = Some("billing".to_owned());
        assert_eq!(Timeline::of(&moved).unwrap().service_change(), None);
    }
}
