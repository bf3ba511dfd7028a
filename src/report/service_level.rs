//! Service levels: when a ticket is due and whether it is overdue.

use std::ops::Range;

use serde::Serialize;
use utoipa::ToSchema;

use super::{business_time::BusinessTime, first_response, turns::team_turns};
use crate::{
    settings::Settings,
    text::Time,
    ticket::{Priority, Status, Thread},
};

/// A service level of a ticket: `first-response` or `resolution`
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ServiceLevel {
    FirstResponse,
    Resolution,
}

/// The time at which a ticket is due, and the service level that ends then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Due {
    pub at: Time,
    pub level: ServiceLevel,
}

/// The service levels of a repository.
pub(crate) struct ServiceLevels<'s> {
    settings: &'s Settings,
    time: BusinessTime,
}

impl<'s> ServiceLevels<'s> {
    pub(crate) fn of(settings: &'s Settings) -> Self {
        Self { settings, time: BusinessTime::of(settings) }
    }

    /// Sums up the business hours of `span`, of [`BusinessTime::summed`].
    pub(super) fn summed(self, span: Range<i64>) -> Self {
        Self { time: self.time.summed(span), ..self }
    }

    /// Returns when the earliest unmet service level of an unresolved ticket ends. Returns `None` if the ticket is
    /// resolved, if its priority has no service level, and while the requester is awaited before the target is reached.
    ///
    /// `due = min over unmet levels of the instant at which requester wait in business hours reaches the target`
    ///
    /// The level of the first response is met by the first response, the level of the resolution by a resolution. Both
    /// clocks stop while the requester is awaited. A target that was reached before that stays reached.
    ///
    /// Source: Zendesk, "SLA policies": targets on first reply time and requester wait time in business hours. ITIL 4,
    /// "service level management".
    pub(crate) fn due(&self, thread: &Thread) -> Option<Due> {
        let target = self.settings.targets.get(&thread.priority())?;
        if thread.state.status == Status::Resolved {
            return None;
        }
        let first_response = target.first_response.filter(|_| first_response(thread).is_none());
        let levels =
            [(ServiceLevel::FirstResponse, first_response), (ServiceLevel::Resolution, target.resolution)];
        let turns = team_turns(thread);
        let due = levels.into_iter().filter_map(|(level, target)| {
            let at = Time::from_seconds(self.reached(&turns, target?)?)?;
            Some(Due { at, level })
        });
        due.min()
    }

    /// Returns whether a ticket met a target; `None` if that is not decided yet. `turns` are the team's turns up to `event`, the
    /// time of the first response or of the resolution, or up to the clock without one.
    ///
    /// `met = requester wait in business hours until the event ≤ target`
    ///
    /// Source: as of [`ServiceLevels::due`].
    pub(super) fn is_met(
        &self,
        turns: impl Iterator<Item = Range<i64>>,
        target: i64,
        event: Option<i64>,
    ) -> Option<bool> {
        let waited: i64 = turns.map(|turn| self.time.within(&turn)).sum();
        match event {
            Some(_) => Some(waited <= target),
            None => (waited > target).then_some(false),
        }
    }

    /// Returns the target of a service level in seconds.
    pub(super) fn target(&self, priority: Priority, level: ServiceLevel) -> Option<i64> {
        let target = self.settings.targets.get(&priority)?;
        match level {
            ServiceLevel::FirstResponse => target.first_response,
            ServiceLevel::Resolution => target.resolution,
        }
    }

    /// Returns the time in business hours within `span` in seconds; `None` if all hours count.
    pub(super) fn business(&self, span: &Range<i64>) -> Option<i64> {
        self.has_business_hours().then(|| self.time.within(span))
    }

    pub(super) fn has_business_hours(&self) -> bool {
        self.settings.business_hours.is_some()
    }

    /// Returns the instant at which the requester wait in business hours reaches `target` seconds. A turn that ends
    /// exactly then is in time.
    fn reached(&self, turns: &[Range<i64>], mut target: i64) -> Option<i64> {
        for turn in turns {
            if turn.end < i64::MAX {
                let length = self.time.within(turn);
                if target >= length {
                    target -= length;
                    continue;
                }
            }
            return self.time.after(turn.start, target);
        }
        None
    }
}

/// A ticket is at risk from this many seconds before it is due, unless a command is given another span.
pub(crate) const AT_RISK: i64 = 4 * 3_600;

impl Due {
    /// Returns true if the ticket is overdue at `now`.
    ///
    /// `overdue = now > due`
    pub(crate) fn is_past(self, now: Time) -> bool {
        now.seconds() > self.at.seconds()
    }

    /// Returns true if the ticket is due within `span` seconds after `now`, or overdue.
    ///
    /// `at risk = now + span ≥ due`
    ///
    /// `span` is a time by calendar: who starts at nine wants to know what ends before one, whatever the business hours
    /// are.
    pub(crate) fn is_within(self, span: i64, now: Time) -> bool {
        now.seconds().saturating_add(span) >= self.at.seconds()
    }

    /// Returns the last second in which the ticket is not at risk.
    pub(crate) fn last_without_risk(self) -> Time {
        self.at.plus_seconds(-AT_RISK - 1)
    }
}

impl ServiceLevel {
    /// Returns the name in JSON and in the words of the site.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::FirstResponse => "first-response",
            Self::Resolution => "resolution",
        }
    }

    /// Returns the name of the service level in texts for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::FirstResponse => "first response",
            Self::Resolution => "resolution",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{report::turns::tests::thread, settings::parse_settings};

    const OFFICE: &str = "timezone: Europe/Berlin\nbusiness_hours: { days: [mon, tue, wed, thu, fri], from: \"09:00\", to: \"18:00\" }\n";

    const ASKED: &str = "author: mei\nstatus: pending\n---\nWhich version?";
    const ON_HOLD: &str = "author: mei\nstatus: on-hold\n---\nWe wait for the vendor.";
    const REPLIED: &str = "author: lena\n---\n2.14.0";
    const TRIAGED: &str = "author: mei\nassignee: omar\n---\n";

    fn settings(targets: &str) -> Settings {
        let (settings, findings) = parse_settings(&format!("targets: {{ normal: {{ {targets} }} }}\n"));
        assert_eq!(findings, []);
        settings
    }

    /// Returns when a ticket is due, as the time on 2026-11-20 (a Friday) in UTC with the service level.
    fn due(settings: &Settings, replies: &[(&str, &str)]) -> String {
        let due = ServiceLevels::of(settings).due(&thread(replies));
        due.map(|due| format!("{} {}", due.at, due.level.name()).replace("2026-11-20T", ""))
            .unwrap_or_default()
    }

    #[test]
    fn a_ticket_is_due_at_its_earliest_unmet_level() {
        let settings = settings("first_response: 1h, resolution: 4h");
        assert_eq!(due(&settings, &[]), "10:00:00Z first response");
        assert_eq!(
            due(&settings, &[("09:30", TRIAGED)]),
            "10:00:00Z first response",
            "triage is no response"
        );
        assert_eq!(due(&settings, &[("09:30", "author: mei\n---\nI look at it.")]), "13:00:00Z resolution");
        assert_eq!(due(&settings, &[("09:30", "author: mei\nstatus: resolved\n---\n")]), "");
        assert_eq!(due(&Settings::default(), &[]), "");
    }

    #[test]
    fn the_clock_stops_while_the_requester_is_awaited() {
        let settings = settings("resolution: 2h");
        assert_eq!(due(&settings, &[("09:30", ASKED)]), "");
        assert_eq!(due(&settings, &[("09:30", ASKED), ("12:00", REPLIED)]), "13:30:00Z resolution");
        assert_eq!(due(&settings, &[("11:00", ASKED)]), "", "exactly in time");
        assert_eq!(due(&settings, &[("11:01", ASKED)]), "11:00:00Z resolution", "too late stays too late");
        assert_eq!(
            due(&settings, &[("09:30", ON_HOLD)]),
            "11:00:00Z resolution",
            "the requester still waits"
        );
    }

    #[test]
    fn a_reopened_ticket_continues_its_clock() {
        let settings = settings("resolution: 2h");
        let resolved = ("10:00", "author: mei\nstatus: resolved\nresolution: fixed\n---\nDone.");
        let reopened = ("15:00", "author: lena\nstatus: open\n---\nNo.");
        assert_eq!(due(&settings, &[resolved, reopened]), "16:00:00Z resolution");
    }

    #[test]
    fn only_business_hours_count() {
        let settings = parse_settings(&format!("{OFFICE}targets: {{ normal: {{ resolution: 9h }} }}\n")).0;
        // 09:00 UTC is 10:00 in Berlin, so eight hours are left on Friday.
        assert_eq!(due(&settings, &[]), "2026-11-23T09:00:00Z resolution");
        let due = ServiceLevels::of(&settings).due(&thread(&[])).unwrap();
        let overdue = |now: &str| due.is_past(Time::parse(now).unwrap());
        assert!(!overdue("2026-11-22T12:00:00Z"), "the weekend does not count");
        assert!(!overdue("2026-11-23T09:00:00Z"));
        assert!(overdue("2026-11-23T09:00:01Z"));
    }

    proptest! {
        #![proptest_config(crate::trials::trials(128))]

        #[test]
        fn a_due_time_is_what_a_stopwatch_shows(
            changes in prop::collection::vec((0u32..12 * 60, prop::sample::select(vec![ASKED, ON_HOLD, REPLIED, TRIAGED])), 0..6),
            target in 0i64..600,
        ) {
            let mut changes = changes;
            changes.sort_unstable();
            changes.dedup_by_key(|(minute, _)| *minute);
            let times: Vec<String> =
                changes.iter().map(|(minute, _)| format!("{:02}:{:02}", 9 + minute / 60, minute % 60)).collect();
            let replies: Vec<(&str, &str)> =
                times.iter().map(String::as_str).zip(changes.iter().map(|(_, reply)| *reply)).collect();
            let settings = settings(&format!("resolution: {target}m"));
            let thread = thread(&replies);
            // The stopwatch is read each minute: it runs unless the last status is pending.
            let (mut status, mut waited, mut expected) = (Status::Open, 0, None);
            for minute in 0..24 * 60u32 {
                for (_, reply) in changes.iter().filter(|(at, _)| *at == minute) {
                    status = match *reply {
                        ASKED => Status::Pending,
                        ON_HOLD => Status::OnHold,
                        REPLIED if status == Status::Pending => Status::Open,
                        _ => status,
                    };
                }
                if status == Status::Pending {
                    continue;
                }
                if waited == target {
                    expected = Some(minute);
                    break;
                }
                waited += 1;
            }
            let opened = thread.ticket.created.unwrap();
            let expected = expected.map(|minute| opened.plus_seconds(i64::from(minute) * 60));
            let due = ServiceLevels::of(&settings).due(&thread).map(|due| due.at);
            prop_assert_eq!(due, expected);
        }
    }
}
