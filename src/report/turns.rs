//! Whose turn it is: the team's or the requester's.

use std::ops::Range;

use crate::ticket::{Status, Thread};

/// Returns the spans in which it was the team's turn, in seconds since 1970, oldest first. The last span has no end
/// (`i64::MAX`) if it is still the team's turn. A ticket without a time of opening has no spans.
///
/// `requester wait = Σ length of the spans with status open or on-hold, from the opening on`
///
/// Waiting for a third party is the team's turn, because the requester waits; waiting for the requester is not.
///
/// Source: Zendesk, "requester wait time": the time in the statuses new, open and on-hold.
pub(super) fn team_turns(thread: &Thread) -> Vec<Range<i64>> {
    let Some(opened) = thread.ticket.created else { return Vec::new() };
    let opened = opened.seconds();
    let mut turns: Vec<Range<i64>> = Vec::new();
    let mut since = Some(opened);
    for (time, status) in &thread.state.status_changes {
        let time = time.seconds().max(opened);
        match (since, matches!(status, Status::Open | Status::OnHold)) {
            (Some(start), false) => {
                turns.push(start..time);
                since = None;
            }
            (None, true) => since = Some(time),
            _ => {}
        }
    }
    turns.extend(since.map(|start| start..i64::MAX));
    turns.retain(|turn| !turn.is_empty());
    turns
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{
        text::{RepoPath, Time},
        ticket::{Document, Ticket, Visibility, fold, parse_reply},
    };

    /// Creates a public ticket of lena, opened on 2026-11-20 at 09:00 UTC, with replies on that day. A reply is its time
    /// and its text without `created` and the first line.
    pub(in crate::report) fn thread(replies: &[(&str, &str)]) -> Thread {
        let reply = |(place, (time, text)): (usize, &(&str, &str))| {
            let text = format!("---\ncreated: 2026-11-20T{time}:00Z\n{text}\n");
            let path = RepoPath::new(format!("tickets/a/{place}.md"));
            let (reply, findings) =
                parse_reply(&Document::parse(&path, text.as_bytes()), &jiff::tz::TimeZone::UTC);
            assert_eq!(findings, []);
            reply
        };
        let ticket = Ticket {
            id: "a".to_owned(),
            requester: Some("lena".to_owned()),
            created: Time::parse("2026-11-20T09:00:00Z"),
            ..Ticket::default()
        };
        fold(ticket, replies.iter().enumerate().map(reply).collect(), Visibility::Public)
    }

    /// Returns the turns of the team as minutes after 09:00; an open end is `None`.
    fn minutes(replies: &[(&str, &str)]) -> Vec<(i64, Option<i64>)> {
        let opened = Time::parse("2026-11-20T09:00:00Z").unwrap().seconds();
        let end = |end: i64| (end < i64::MAX).then_some((end - opened) / 60);
        team_turns(&thread(replies))
            .into_iter()
            .map(|turn| ((turn.start - opened) / 60, end(turn.end)))
            .collect()
    }

    #[test]
    fn open_and_on_hold_are_the_teams_turn() {
        assert_eq!(minutes(&[]), [(0, None)]);
        assert_eq!(minutes(&[("09:10", "author: mei\nstatus: on-hold\n---\n")]), [(0, None)]);
        assert_eq!(minutes(&[("09:10", "author: mei\nstatus: pending\n---\n")]), [(0, Some(10))]);
        let answered =
            [("09:10", "author: mei\nstatus: pending\n---\n"), ("09:30", "author: lena\n---\n2.14")];
        assert_eq!(minutes(&answered), [(0, Some(10)), (30, None)]);
    }

    #[test]
    fn a_resolved_ticket_waits_again_only_after_it_is_reopened() {
        let resolved = ("09:10", "author: mei\nstatus: resolved\nresolution: fixed\n---\nDone.");
        assert_eq!(minutes(&[resolved, ("09:20", "author: lena\n---\nThanks")]), [(0, Some(10))]);
        assert_eq!(
            minutes(&[resolved, ("09:20", "author: lena\nstatus: open\n---\nNo")]),
            [(0, Some(10)), (20, None)]
        );
    }

    #[test]
    fn what_happened_before_the_opening_does_not_count() {
        let early = [("08:00", "author: mei\nstatus: pending\n---\n"), ("10:00", "author: lena\n---\nHere.")];
        assert_eq!(minutes(&early), [(60, None)]);
    }
}
