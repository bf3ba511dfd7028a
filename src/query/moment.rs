//! Times in queries: an age, a day, a month, a year, an instant.

use std::fmt;
use std::ops::Range;

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use crate::text::{Time, parse_duration};

/// The current time and the time zone for a query.
#[derive(Clone, Debug)]
pub struct QueryClock {
    /// The current time; ages such as `7d` are subtracted from it.
    pub now: Time,
    /// The time zone of days, months and years.
    pub zone: TimeZone,
}

/// A moment or a period in a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The number of seconds before now, and the age as written (`7d`).
    Ago(i64, String),
    /// `today`, or the number of days before it.
    DaysBack(i8),
    /// `2026-03-05`.
    Day(Date),
    /// `2026-03`.
    Month(Date),
    /// `2026`.
    Year(Date),
    /// `2026-03-05T10:00:00Z`.
    Instant(Timestamp),
}

impl Moment {
    /// Parses a moment. Returns `None` if `text` is not a time.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let digits =
            |range: Range<usize>| bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
        match bytes.len() {
            4 if digits(0..4) => return format!("{text}-01-01").parse().ok().map(Self::Year),
            7 if digits(0..4) && bytes[4] == b'-' && digits(5..7) => {
                return format!("{text}-01").parse().ok().map(Self::Month);
            }
            10 if digits(0..4) && bytes[4] == b'-' && bytes[7] == b'-' => {
                return text.parse().ok().map(Self::Day);
            }
            _ => {}
        }
        match text.to_ascii_lowercase().as_str() {
            "today" => return Some(Self::DaysBack(0)),
            "yesterday" => return Some(Self::DaysBack(1)),
            _ => {}
        }
        if let Some(seconds) = parse_duration(text) {
            return Some(Self::Ago(seconds, text.to_owned()));
        }
        Time::parse(text).map(|time| Self::Instant(time.timestamp()))
    }

    /// Returns the period from its first instant to the first instant after it, limited to the range of times.
    pub fn period(&self, clock: &QueryClock) -> Range<Timestamp> {
        let days = |from: Date, to: Date| start_of(from, &clock.zone)..start_of(to, &clock.zone);
        match self {
            Self::Ago(seconds, _) => instant(clock.now.plus_seconds(-seconds).timestamp()),
            Self::Instant(timestamp) => instant(*timestamp),
            Self::DaysBack(back) => {
                let today = clock.now.timestamp().to_zoned(clock.zone.clone()).date();
                let day = today.saturating_sub(i64::from(*back).days());
                days(day, day.saturating_add(1.day()))
            }
            Self::Day(day) => days(*day, day.saturating_add(1.day())),
            Self::Month(first) => days(*first, first.saturating_add(1.month())),
            Self::Year(first) => days(*first, first.saturating_add(1.year())),
        }
    }
}

/// Returns the shortest period that contains `timestamp`.
fn instant(timestamp: Timestamp) -> Range<Timestamp> {
    timestamp..timestamp.saturating_add(1.nanosecond()).unwrap_or(timestamp)
}

fn start_of(date: Date, zone: &TimeZone) -> Timestamp {
    date.to_zoned(zone.clone()).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ago(_, written) => f.write_str(written),
            Self::DaysBack(0) => f.write_str("today"),
            Self::DaysBack(_) => f.write_str("yesterday"),
            Self::Day(date) => write!(f, "{date}"),
            Self::Month(date) => write!(f, "{}", date.strftime("%Y-%m")),
            Self::Year(date) => write!(f, "{}", date.strftime("%Y")),
            Self::Instant(timestamp) => write!(f, "{timestamp}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shanghai() -> QueryClock {
        QueryClock {
            now: Time::parse("2026-11-22T20:00:00Z").unwrap(),
            zone: TimeZone::fixed(jiff::tz::offset(8)),
        }
    }

    #[track_caller]
    fn assert_period(written: &str, start: &str, end: &str) {
        let moment = Moment::parse(written).unwrap();
        let period = moment.period(&shanghai());
        assert_eq!((period.start.to_string(), period.end.to_string()), (start.to_owned(), end.to_owned()));
        assert_eq!(Moment::parse(&moment.to_string()), Some(moment));
    }

    #[test]
    fn days_months_and_years_are_complete_in_the_time_zone() {
        assert_period("2026-11-22", "2026-11-21T16:00:00Z", "2026-11-22T16:00:00Z");
        assert_period("2026-02", "2026-01-31T16:00:00Z", "2026-02-28T16:00:00Z");
        assert_period("2026", "2025-12-31T16:00:00Z", "2026-12-31T16:00:00Z");
        assert_period("today", "2026-11-22T16:00:00Z", "2026-11-23T16:00:00Z");
        assert_period("yesterday", "2026-11-21T16:00:00Z", "2026-11-22T16:00:00Z");
    }

    #[test]
    fn an_age_is_subtracted_from_the_current_time() {
        assert_period("7d", "2026-11-15T20:00:00Z", "2026-11-15T20:00:00.000000001Z");
    }

    #[test]
    fn periods_stay_in_the_range_of_times() {
        for text in ["9999", "9999-12", "9999-12-31", "999999999d", "0000"] {
            if let Some(moment) = Moment::parse(text) {
                let period = moment.period(&shanghai());
                assert!(period.start <= period.end, "{text}: {period:?}");
            }
        }
    }

    #[test]
    fn a_text_that_is_not_a_time_is_rejected() {
        for text in ["", "2026-13", "2026-02-30", "7 d", "d", "20261", "12:30", "２０２６"] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }
}
