//! The tickets that need somebody now: overdue, at risk, or waiting for a requester who does not answer.

use super::{ServiceLevel, ServiceLevels};
use crate::{
    text::Time,
    ticket::{Status, Thread},
};

/// Why a ticket needs somebody, most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AttentionReason {
    /// Its service level has ended.
    Overdue,
    /// Its service level ends soon.
    AtRisk,
    /// Its requester was asked and does not answer.
    Silent,
}

/// A ticket that needs somebody.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attention<'t> {
    pub thread: &'t Thread,
    pub reason: AttentionReason,
    /// The service level that ended or ends soon; `None` for a silent requester.
    pub level: Option<ServiceLevel>,
    /// When the service level ends; for a silent requester, the time of the newest message.
    pub at: Time,
}

impl AttentionReason {
    /// All reasons, most urgent first.
    pub(crate) const ALL: [Self; 3] = [Self::Overdue, Self::AtRisk, Self::Silent];

    /// Returns the name of the reason in JSON.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::AtRisk => "at-risk",
            Self::Silent => "silent",
        }
    }
}

/// Returns the tickets of `threads` that need somebody at `now`: those that are overdue or due within `within` seconds,
/// and those whose requester is silent for `silent` seconds. The most urgent tickets come first.
pub(crate) fn attention<'t>(
    threads: impl IntoIterator<Item = &'t Thread>,
    levels: &ServiceLevels<'_>,
    now: Time,
    (within, silent): (i64, i64),
) -> Vec<Attention<'t>> {
    let of = |thread: &'t Thread| {
        if let Some(due) = levels.due(thread).filter(|due| due.is_within(within, now)) {
            let reason = if due.is_past(now) { AttentionReason::Overdue } else { AttentionReason::AtRisk };
            return Some(Attention { thread, reason, level: Some(due.level), at: due.at });
        }
        let since = silent_since(thread).filter(|since| now.seconds() - since.seconds() >= silent)?;
        Some(Attention { thread, reason: AttentionReason::Silent, level: None, at: since })
    };
    let mut found: Vec<Attention<'t>> = threads.into_iter().filter_map(of).collect();
    found.sort_by_key(|ticket| (ticket.reason, ticket.at, ticket.thread.id()));
    found
}

/// Returns since when the requester of a pending ticket is silent; `None` if the requester is not awaited.
///
/// `silent since = max(time of the change to pending, created of the newest message)`
///
/// A message is a reply with text that is no internal note, so a reminder starts the time again, and triage does not.
///
/// Source: Zendesk, the automation "pending notification": hours since the status became pending, started again by a
/// reminder.
fn silent_since(thread: &Thread) -> Option<Time> {
    if thread.state.status != Status::Pending {
        return None;
    }
    let messages = thread
        .replies
        .iter()
        .filter(|reply| reply.is_dated() && reply.words > 0 && !thread.is_note(reply))
        .filter_map(|reply| reply.created);
    let changed = thread.state.status_changes.last().map(|(time, _)| *time);
    messages.chain(changed).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        report::{AT_RISK, turns::tests::thread},
        settings::parse_settings,
    };

    const ASKED: (&str, &str) =
        ("09:30", "author: mei\nstatus: pending\nasks: [version]\n---\nWhich version?");
    const DAY: i64 = 86_400;

    /// Returns why the ticket needs somebody at `now`, with a target of two hours and the given business hours.
    fn reason(hours: &str, replies: &[(&str, &str)], now: &str) -> String {
        let settings =
            format!("timezone: Europe/Berlin\n{hours}targets: {{ normal: {{ resolution: 2h }} }}\n");
        let (settings, findings) = parse_settings(&settings);
        assert_eq!(findings, []);
        let (thread, now) = (thread(replies), Time::parse(now).unwrap());
        let found = attention([&thread], &ServiceLevels::of(&settings), now, (AT_RISK, 7 * DAY));
        found.first().map(|found| format!("{} {}", found.reason.key(), found.at)).unwrap_or_default()
    }

    #[test]
    fn a_ticket_is_at_risk_before_its_service_level_ends_and_overdue_afterwards() {
        let at = |now: &str| reason("", &[], now);
        assert_eq!(at("2026-11-20T09:00:00Z"), "at-risk 2026-11-20T11:00:00Z");
        assert_eq!(at("2026-11-20T11:00:00Z"), "at-risk 2026-11-20T11:00:00Z");
        assert_eq!(at("2026-11-20T11:00:01Z"), "overdue 2026-11-20T11:00:00Z");
        let resolved = [("10:00", "author: mei\nstatus: resolved\nresolution: fixed\n---\nDone.")];
        assert_eq!(reason("", &resolved, "2026-11-25T00:00:00Z"), "");
    }

    #[test]
    fn the_span_of_the_risk_is_by_calendar_and_the_service_level_by_business_hours() {
        // The clock runs from 22:00 to 06:00 in Berlin, and the ticket was opened at 10:00 there on a Friday.
        let night = "business_hours: { days: [fri], from: \"22:00\", to: \"06:00\" }\n";
        let due = "2026-11-20T23:00:00Z";
        assert_eq!(reason(night, &[], "2026-11-20T18:59:59Z"), "", "more than four hours before");
        assert_eq!(reason(night, &[], "2026-11-20T19:00:00Z"), format!("at-risk {due}"));
        // The Friday is a holiday, so the next night counts, which is a week later.
        let holiday = night.replace(" }", ", holidays: [2026-11-20] }");
        assert_eq!(reason(&holiday, &[], "2026-11-20T23:30:00Z"), "");
        assert_eq!(reason(&holiday, &[], "2026-11-27T22:00:00Z"), "at-risk 2026-11-27T23:00:00Z");
    }

    #[test]
    fn a_requester_is_silent_since_the_last_message_and_not_since_triage_or_a_note() {
        let at = |replies: &[(&str, &str)], now: &str| reason("", replies, now);
        assert_eq!(at(&[ASKED], "2026-11-27T09:29:59Z"), "");
        assert_eq!(at(&[ASKED], "2026-11-27T09:30:00Z"), "silent 2026-11-20T09:30:00Z");
        let note = ("09:40", "author: mei\nvisibility: internal\n---\nI called.");
        let triage = ("09:50", "author: mei\nset: { priority: normal }\n---\n");
        assert_eq!(at(&[ASKED, note, triage], "2026-11-27T09:30:00Z"), "silent 2026-11-20T09:30:00Z");
        let reminder = ("10:00", "author: mei\n---\nAny news?");
        assert_eq!(at(&[ASKED, reminder], "2026-11-27T09:59:59Z"), "");
        assert_eq!(at(&[ASKED, reminder], "2026-11-27T10:00:00Z"), "silent 2026-11-20T10:00:00Z");
        let answer = ("10:30", "author: lena\n---\n2.14.0");
        assert_ne!(at(&[ASKED, answer], "2026-12-20T00:00:00Z").get(..6), Some("silent"));
    }
}
