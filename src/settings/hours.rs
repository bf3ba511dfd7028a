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

impl Settings {
    /// The time zone that the settings name.
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.timezone).unwrap_or(TimeZone::UTC)
    }

    /// Whether a ticket that is not resolved is past one of the targets of its priority.
    pub fn is_overdue(&self, thread: &Thread, now: Time, zone: &TimeZone) -> bool {
        let (Some(target), Some(created)) = (self.targets.get(&thread.priority()), thread.ticket.created)
        else {
            return false;
        };
        if thread.state.status == crate::ticket::Status::Resolved {
            return false;
        }
        let late =
            |target: Option<i64>| target.is_some_and(|seconds| self.has_passed(created, now, seconds, zone));
        (thread.state.first_response.is_none() && late(target.first_response)) || late(target.resolution)
    }

    /// Whether more than `seconds` of business hours lie between two instants.
    fn has_passed(&self, from: Time, to: Time, seconds: i64, zone: &TimeZone) -> bool {
        let Some(hours) = &self.business_hours else {
            return to.seconds() - from.seconds() > seconds;
        };
        // Even the longest working week is over sooner than the clock says.
        if to.seconds() - from.seconds() <= seconds {
            return false;
        }
        let (from, to) = (from.timestamp().to_zoned(zone.clone()), to.timestamp().to_zoned(zone.clone()));
        let mut elapsed = 0;
        let mut day = from.date();
        while day <= to.date() && elapsed <= seconds {
            if let Some((open, close)) = hours.on(day, zone) {
                let start = open.timestamp().as_second().max(from.timestamp().as_second());
                let end = close.timestamp().as_second().min(to.timestamp().as_second());
                elapsed += (end - start).max(0);
            }
            match day.checked_add(1.day()) {
                Ok(next) => day = next,
                Err(_) => break,
            }
        }
        elapsed > seconds
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
        let overdue = |now: &str| settings.is_overdue(&thread, Time::parse(now).unwrap(), &settings.zone());
        assert!(!overdue("2026-11-22T12:00:00Z"), "the weekend does not count");
        assert!(!overdue("2026-11-23T09:00:00Z"), "Monday 10:00 in Berlin: two hours, not more");
        assert!(overdue("2026-11-23T09:01:00Z"));
    }
}
