//! Service levels and business hours.

use jiff::{
    ToSpan, Zoned,
    civil::Time as Clock,
    tz::{TimeZone, TimeZoneDatabase},
};
use serde::{Deserialize, Serialize};

use super::Settings;
use crate::{text::Time, ticket::Thread};

/// The service level for one priority, in seconds of business hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceTarget {
    /// Until the first response.
    pub first_response: Option<i64>,
    /// Until the ticket is resolved.
    pub resolution: Option<i64>,
}

/// Business hours in the time zone of the settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusinessHours {
    /// Days of the week, 0 = Monday.
    pub days: Vec<u8>,
    /// Minutes after midnight.
    pub from: u16,
    /// Minutes after midnight; greater than `from`.
    pub to: u16,
}

/// Names of the days, Monday first.
pub(super) const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Parses a time such as `09:00` into minutes after midnight. `24:00` is allowed.
pub(super) fn parse_clock(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60 || (hours, minutes) == (24, 0)).then_some(hours * 60 + minutes)
}

/// The maximum number of days that are searched for a due time: a hundred years.
const LONGEST_WAIT: usize = 36_525;

impl Settings {
    /// Returns the time zone of the settings.
    pub fn zone(&self) -> TimeZone {
        // The database of the system may differ from machine to machine.
        TimeZoneDatabase::bundled().get(&self.timezone).unwrap_or(TimeZone::UTC)
    }

    /// Returns the last second at which an unresolved ticket meets the targets of its priority.
    pub fn due(&self, thread: &Thread, zone: &TimeZone) -> Option<Time> {
        let (target, created) = (self.targets.get(&thread.priority())?, thread.ticket.created?);
        if thread.state.status == crate::ticket::Status::Resolved {
            return None;
        }
        let first_response = target.first_response.filter(|_| thread.state.first_response.is_none());
        let targets = first_response.into_iter().chain(target.resolution);
        targets.filter_map(|seconds| self.last_second(created, seconds, zone)).min()
    }

    /// Returns the last second at which at most `seconds` of business hours have passed since `from`; `None` if it
    /// is beyond [`LONGEST_WAIT`].
    fn last_second(&self, from: Time, seconds: i64, zone: &TimeZone) -> Option<Time> {
        let Some(hours) = &self.business_hours else {
            return Time::from_seconds(from.seconds().checked_add(seconds)?);
        };
        let mut left = seconds;
        let mut day = from.timestamp().to_zoned(zone.clone()).date();
        for _ in 0..LONGEST_WAIT {
            if let Some((open, close)) = hours.on(day, zone) {
                let start = open.timestamp().as_second().max(from.seconds());
                let length = (close.timestamp().as_second() - start).max(0);
                if left < length {
                    return Time::from_seconds(start + left);
                }
                left -= length;
            }
            day = day.checked_add(1.day()).ok()?;
        }
        None
    }
}

impl BusinessHours {
    /// Returns the start and end of the business hours on a day; `None` on days off.
    fn on(&self, day: jiff::civil::Date, zone: &TimeZone) -> Option<(Zoned, Zoned)> {
        let weekday = u8::try_from(day.weekday().to_monday_zero_offset()).ok()?;
        if !self.days.is_empty() && !self.days.contains(&weekday) {
            return None;
        }
        let at = |minutes: u16| {
            let (day, minutes) = if minutes >= 1_440 { (day.tomorrow().ok()?, 0) } else { (day, minutes) };
            let clock =
                Clock::new(i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?, 0, 0).ok()?;
            day.to_datetime(clock).to_zoned(zone.clone()).ok()
        };
        Some((at(self.from)?, at(self.to)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        settings::parse_settings,
        ticket::{Ticket, Visibility, fold},
    };

    #[test]
    fn only_business_hours_count() {
        let (settings, findings) = parse_settings(
            "timezone: Europe/Berlin\ntargets: { high: { first_response: 2h } }\n\
             business_hours: { days: [mon, tue, wed, thu, fri], from: \"09:00\", to: \"18:00\" }\n",
        );
        assert_eq!(findings, []);
        let ticket = Ticket {
            // A Friday, 17:00 in Berlin.
            created: Time::parse("2026-11-20T16:00:00Z"),
            priority: Some(crate::ticket::Priority::High),
            ..Ticket::default()
        };
        let thread = fold(ticket, Vec::new(), Visibility::Public);
        let due = settings.due(&thread, &settings.zone()).unwrap();
        let overdue = |now: &str| Time::parse(now).unwrap() > due;
        assert!(!overdue("2026-11-22T12:00:00Z"), "the weekend does not count");
        assert!(!overdue("2026-11-23T09:00:00Z"), "Monday 10:00 in Berlin: two hours, not more");
        assert!(overdue("2026-11-23T09:01:00Z"));
    }
}
