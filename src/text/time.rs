//! Times and durations in tickets, settings and queries.

use std::fmt;

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time, parsed from RFC 3339 and written as RFC 3339 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(Timestamp);

impl Time {
    /// Parses RFC 3339 (`2026-11-22T09:14:00Z`, `…+08:00`). A date alone or a time without an offset is rejected.
    pub fn parse(text: &str) -> Option<Self> {
        text.trim().parse::<Timestamp>().ok().map(Self)
    }

    /// Parses RFC 3339, or a date with or without a time of day (`2026-11-22`, `2026-11-22 10:15`), which is a time in
    /// `zone`. A date alone is midnight.
    ///
    /// A time that the clocks skip, such as 02:30 on a day on which they go from 02:00 to 03:00, counts from the
    /// offset before: it is 03:30. Of a time that occurs twice, it is the first.
    pub fn parse_in(text: &str, zone: &TimeZone) -> Option<Self> {
        let text = text.trim();
        Self::parse(text).or_else(|| {
            let time: civil::DateTime = match spaced_offset(text) {
                Some((time, offset)) => return Self::parse(&format!("{time}{offset}")),
                None if is_civil(text) => text.parse().ok()?,
                None => return None,
            };
            zone.to_ambiguous_zoned(time).compatible().ok().map(|zoned| Self(zoned.timestamp()))
        })
    }

    /// Parses a date (`2026-11-22`) as midnight UTC.
    pub fn parse_date(text: &str) -> Option<Self> {
        let date: civil::Date = text.trim().parse().ok()?;
        date.to_zoned(TimeZone::UTC).ok().map(|zoned| Self(zoned.timestamp()))
    }

    /// Returns the time `seconds` after 1970-01-01T00:00:00Z; `None` when it is out of range.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        Timestamp::from_second(seconds).ok().map(Self)
    }

    /// Returns the seconds since 1970-01-01T00:00:00Z, rounded down.
    pub fn seconds(self) -> i64 {
        self.0.as_second()
    }

    /// Returns the days since 1970-01-01 in UTC, rounded down.
    pub fn day(self) -> i64 {
        self.seconds().div_euclid(86_400)
    }

    /// Returns this time without its fraction of a second.
    pub fn whole_second(self) -> Self {
        Self::from_seconds(self.0.as_second()).unwrap_or(self)
    }

    /// Returns the time `seconds` later (earlier if negative), limited to the valid range.
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_seconds(self.seconds().saturating_add(seconds)).unwrap_or(self)
    }

    /// Returns year and month in UTC, as in the folders of tickets: `(2026, 11)`.
    pub fn year_month(self) -> (i16, i8) {
        let zoned = self.0.to_zoned(TimeZone::UTC);
        (zoned.year(), zoned.month())
    }

    /// Returns the time as it is written in file names: `20261122T101500Z`.
    pub fn compact(self) -> String {
        self.0.strftime("%Y%m%dT%H%M%SZ").to_string()
    }

    /// Returns the date in UTC: `2026-11-22`.
    pub fn date(self) -> String {
        self.0.strftime("%Y-%m-%d").to_string()
    }

    /// Returns the underlying timestamp, for time zones and calendars.
    pub fn timestamp(self) -> Timestamp {
        self.0
    }
}

/// Returns whether a text has the form of a date, alone or with a time of day.
fn is_civil(text: &str) -> bool {
    let is_date = |date: &str| {
        date.len() == 10
            && date
                .bytes()
                .enumerate()
                .all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() })
    };
    let is_clock = |clock: &str| {
        clock.len() >= 5
            && clock.contains(':')
            && clock.starts_with(|c: char| c.is_ascii_digit())
            && clock.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.'))
    };
    match text.split_once(['T', 't', ' ']) {
        Some((date, clock)) => is_date(date) && is_clock(clock),
        None => is_date(text),
    }
}

/// Splits the form of git and of YAML, `2026-11-22 10:15:00 +0100`, before the offset, which becomes `+01:00`.
fn spaced_offset(text: &str) -> Option<(&str, String)> {
    let (time, offset) = text.rsplit_once(' ').filter(|(time, _)| is_civil(time) && time.len() > 10)?;
    let digits: String = offset.chars().filter(|c| *c != ':').collect();
    match digits.as_bytes() {
        [sign @ (b'+' | b'-'), hours @ ..] if hours.len() == 4 && hours.iter().all(u8::is_ascii_digit) => {
            Some((time, format!("{}{}:{}", char::from(*sign), &digits[1..3], &digits[3..])))
        }
        b"Z" | b"z" | b"UTC" | b"GMT" => Some((time, "Z".to_owned())),
        _ => None,
    }
}

impl From<Timestamp> for Time {
    fn from(timestamp: Timestamp) -> Self {
        Self(timestamp)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(&self.0)
        } else {
            (self.0.as_second(), self.0.subsec_nanosecond()).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            Self::parse(&text)
                .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not an RFC 3339 time")))
        } else {
            let (second, nanosecond) = <(i64, i32)>::deserialize(deserializer)?;
            Timestamp::new(second, nanosecond).map(Self).map_err(serde::de::Error::custom)
        }
    }
}

/// Parses a duration of one number and one unit, such as `15m`, `4h`, `7d`, `2w`, `30s`, and returns it in seconds. A
/// month (`mo`) has 30 days and a year (`y`) 365.
pub(crate) fn parse_duration(text: &str) -> Option<i64> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number: i64 = text[..digits].parse().ok()?;
    let unit = match &text[digits..] {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 7 * 86_400,
        "mo" => 30 * 86_400,
        "y" => 365 * 86_400,
        _ => return None,
    };
    number.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_with_different_offsets_compare_as_points_in_time() {
        assert_eq!(Time::parse("2026-11-22T09:14:00Z"), Time::parse("2026-11-22T17:14:00+08:00"));
        assert_eq!(Time::parse("2026-11-22"), None);
        assert_eq!(Time::parse("2026-11-22T09:14:00"), None);
        assert_eq!(Time::parse("2026-11-22T09:14:00Z").unwrap().to_string(), "2026-11-22T09:14:00Z");
    }

    #[test]
    fn a_time_without_an_offset_is_a_time_in_the_zone() {
        let zone = |name: &str| jiff::tz::TimeZoneDatabase::bundled().get(name).unwrap();
        let read = |text: &str, name: &str| Time::parse_in(text, &zone(name)).map(|time| time.to_string());
        for (text, name, expected) in [
            ("2019-04-13", "UTC", "2019-04-13T00:00:00Z"),
            ("2019-04-13", "Asia/Shanghai", "2019-04-12T16:00:00Z"),
            ("2019-04-13 10:20", "Europe/Berlin", "2019-04-13T08:20:00Z"),
            (" 2019-04-13T10:20:30 ", "Europe/Berlin", "2019-04-13T08:20:30Z"),
            ("2019-04-13 10:20:30.5", "UTC", "2019-04-13T10:20:30.5Z"),
            ("2019-04-13T10:20:30+02:00", "Asia/Shanghai", "2019-04-13T08:20:30Z"),
            ("2019-04-13 10:20:30 +0200", "Asia/Shanghai", "2019-04-13T08:20:30Z"),
            ("2019-04-13 10:20 -03:30", "UTC", "2019-04-13T13:50:00Z"),
            ("2019-04-13 10:20:30 UTC", "Asia/Shanghai", "2019-04-13T10:20:30Z"),
            // Skipped and repeated times.
            ("2026-03-29 02:30", "Europe/Berlin", "2026-03-29T01:30:00Z"),
            ("2026-10-25 02:30", "Europe/Berlin", "2026-10-25T00:30:00Z"),
            // Midnight does not exist on this day.
            ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z"),
        ] {
            assert_eq!(read(text, name).as_deref(), Some(expected), "{text} in {name}");
        }
        for text in [
            "",
            "2019",
            "2019-4-13",
            "20190413",
            "2019-04-31",
            "2019-04-13 25:00",
            "2019-04-13 noon",
            "13.04.2019",
        ] {
            assert_eq!(read(text, "UTC"), None, "{text}");
        }
    }

    #[test]
    fn durations_have_one_number_and_one_unit() {
        assert_eq!(parse_duration("15m"), Some(900));
        assert_eq!(parse_duration("2w"), Some(1_209_600));
        assert_eq!((parse_duration("m"), parse_duration("5"), parse_duration("5q")), (None, None, None));
    }
}
