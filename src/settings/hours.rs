//! Service levels and the hours in which they count.

use jiff::{ToSpan, Zoned, civil::Time as Clock, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::Settings;
use crate::{text::Time, ticket::Thread};

/// What is promised for one priority, in seconds of business hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Until somebody first answers.
    pub first_response: Option<i64>,
    /// Until it is resolved.
    pub resolution: Option<i64>,
}

/// When oncall works, in the settings' time zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusinessHours {
    /// Days of the week, 0 = Monday.
    pub days: Vec<u8>,
    /// Minutes after midnight.
    pub from: u16,
    /// Minutes after midnight, later than `from`.
    pub to: u16,
}

/// Names of days, Monday first.
pub(super) const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// `09:00` in minutes after midnight; `24:00` is allowed.
pub(super) fn parse_clock(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60 || (hours, minutes) == (24, 0)).then_some(hours * 60 + minutes)
}

/// A target that is not reached after so many days, a hundred years, never is.
const LONGEST_WAIT: usize = 36_525;

impl Settings {
    /// The time zone that the settings name.
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.timezone).unwrap_or(TimeZone::UTC)
    }

    /// The last second at which a ticket that is not resolved is in time by the targets of its priority.
    pub fn due(&self, thread: &Thread, zone: &TimeZone) -> Option<Time> {
        let (target, created) = (self.targets.get(&thread.priority())?, thread.ticket.created?);
        if thread.state.status == crate::ticket::Status::Resolved {
            return None;
        }
        let first_response = target.first_response.filter(|_| thread.state.first_response.is_none());
        let targets = first_response.into_iter().chain(target.resolution);
        targets.filter_map(|seconds| self.last_second(created, seconds, zone)).min()
    }

    /// The last second until which no more than `seconds` of business hours have passed since `from`; `None` where that
    /// is further away than anybody waits.
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
    /// When work begins and ends on a day; `None` on days off.
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
