//! Measures of one ticket that need no settings.

use std::ops::Range;

use super::turns::team_turns;
use crate::{text::Time, ticket::Thread};

/// Returns the time of the first response: the first reply that has text, that the requester did not write, and that
/// is no internal note. A reply that only changes a field is triage and no response.
///
/// `first response = min(created of reply) for replies with words > 0, author ≠ requester, not an internal note`
///
/// Source: Zendesk, "first reply time": the time until the first public comment of an agent. ITIL 4 calls the same
/// moment the response to the user.
pub(crate) fn first_response(thread: &Thread) -> Option<Time> {
    let is_response = |reply: &&crate::ticket::Reply| {
        reply.is_dated()
            && reply.words > 0
            && reply.author != thread.ticket.requester
            && !thread.is_note(reply)
    };
    thread.replies.iter().find(is_response).and_then(|reply| reply.created)
}

/// Returns the seconds for which the requester of `thread` waited up to `clock`.
///
/// `requester wait = Σ length of the spans with status open or on-hold`
///
/// Source: Zendesk, "requester wait time".
pub(crate) fn requester_wait(thread: &Thread, clock: Time) -> i64 {
    waited(&team_turns(thread), clock.seconds())
}

/// Returns the sum of the team's turns up to `clock`, in seconds.
pub(super) fn waited(turns: &[Range<i64>], clock: i64) -> i64 {
    turns.iter().map(|turn| (turn.end.min(clock) - turn.start).max(0)).sum()
}

/// Returns the seconds from the opening of a resolved ticket to its last resolution, by calendar; `None` if the ticket
/// is not resolved, or if it was resolved before it was opened.
///
/// `resolution time = created of the last resolving reply − created of the ticket`
///
/// Source: Zendesk, "full resolution time"; ITIL 4, "time to restore service".
pub(crate) fn resolution_time(thread: &Thread) -> Option<i64> {
    let seconds = thread.resolved()?.seconds() - thread.ticket.created?.seconds();
    (seconds >= 0).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::turns::tests::thread;

    #[test]
    fn triage_and_notes_and_the_requester_are_no_response() {
        for (reply, is_response) in [
            ("author: mei\n---\nWe look at it.", true),
            ("author: mei\nstatus: pending\nasks: [version]\n---\nWhich version?", true),
            ("author: mei\nset: { tags: [+export] }\n---\n", false),
            ("author: mei\nassignee: omar\n---\n\n<!-- say something -->\n", false),
            ("author: mei\nstatus: resolved\nresolution: declined\n---\n", false),
            ("author: mei\nvisibility: internal\n---\nA note.", false),
            ("author: lena\n---\nAnybody there?", false),
            ("author: mei\n---\n```\nrestart\n```", true),
        ] {
            let thread = thread(&[("10:00", reply)]);
            assert_eq!(first_response(&thread).is_some(), is_response, "{reply}");
        }
        let replies = [("10:00", "author: mei\nassignee: mei\n---\n"), ("11:00", "author: mei\n---\nDone.")];
        assert_eq!(first_response(&thread(&replies)), Time::parse("2026-11-20T11:00:00Z"));
    }

    #[test]
    fn the_resolution_time_ends_with_the_last_resolution() {
        let resolved = "author: mei\nstatus: resolved\nresolution: fixed\n---\nDone.";
        let reopened = "author: lena\nstatus: open\n---\nNo.";
        let time = |replies: &[(&str, &str)]| resolution_time(&thread(replies));
        assert_eq!(time(&[("10:00", resolved)]), Some(3_600));
        assert_eq!(time(&[("10:00", resolved), ("11:00", reopened)]), None);
        assert_eq!(time(&[("10:00", resolved), ("11:00", reopened), ("12:00", resolved)]), Some(3 * 3_600));
        assert_eq!(time(&[("08:00", resolved)]), None, "resolved before it was opened");
    }
}
