//! The periods of a report.

use std::ops::Range;

use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use serde::Serialize;
use utoipa::ToSchema;

use crate::text::Time;

/// A period from its first instant to the first instant after it
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Period {
    pub from: Time,
    /// The first instant after the period
    pub to: Time,
}

/// The lengths of the periods that a report without a period tries, in weeks.
const WEEKS: [i64; 3] = [13, 26, 52];

/// The number of tickets opened in a period that is long enough.
const ENOUGH: usize = 30;

/// The maximum number of parts of a period.
const MOST_PARTS: usize = 400;

impl Period {
    /// Returns the last 13 weeks up to the end of the day of `clock`; if fewer than 30 tickets were opened in them, the
    /// last 26 weeks, or else the last 52. `opened` are the times of opening.
    pub(super) fn latest(clock: Time, zone: &TimeZone, opened: &[i64]) -> Self {
        let end = date_of(clock, zone).saturating_add(1.day());
        let of = |weeks: i64| Self {
            from: start_of(end.saturating_sub((7 * weeks).days()), zone),
            to: start_of(end, zone),
        };
        let has_enough = |period: &Self| opened.iter().filter(|at| period.has(**at)).count() >= ENOUGH;
        WEEKS.into_iter().map(of).find(has_enough).unwrap_or_else(|| of(52))
    }

    /// Returns the period of the same length directly before this one.
    pub(super) fn before(self) -> Self {
        Self { from: self.from.plus_seconds(-self.length()), to: self.from }
    }

    /// Returns true if the period contains `seconds` since 1970.
    pub(super) fn has(self, seconds: i64) -> bool {
        (self.from.seconds()..self.to.seconds()).contains(&seconds)
    }

    fn length(self) -> i64 {
        (self.to.seconds() - self.from.seconds()).max(0)
    }

    /// Divides the period into days (up to 31), weeks (up to 100 days), two weeks (up to 200 days), four weeks (up to
    /// 400 days), calendar months (up to four years) or calendar years. Days begin at midnight in `zone`.
    pub(super) fn parts(self, zone: &TimeZone) -> Vec<Range<i64>> {
        let days = self.length() / 86_400;
        let step = match days {
            ..=31 => 1.day(),
            32..=100 => 7.days(),
            101..=200 => 14.days(),
            201..=400 => 28.days(),
            401..=1_461 => 1.month(),
            _ => 1.year(),
        };
        let first = date_of(self.from, zone);
        let mut next = match days {
            ..=400 => first,
            401..=1_461 => first.first_of_month(),
            _ => first.first_of_year(),
        };
        let end = self.to.seconds();
        let mut start = self.from.seconds();
        let mut parts = Vec::new();
        while start < end && parts.len() < MOST_PARTS {
            next = next.saturating_add(step);
            // The last part has the rest if there are more.
            let is_last = parts.len() + 1 == MOST_PARTS;
            let stop = if is_last { end } else { start_of(next, zone).seconds().min(end) };
            if stop > start {
                parts.push(start..stop);
                start = stop;
            } else if next == Date::MAX {
                break;
            }
        }
        parts
    }
}

fn date_of(time: Time, zone: &TimeZone) -> Date {
    time.timestamp().to_zoned(zone.clone()).date()
}

fn start_of(date: Date, zone: &TimeZone) -> Time {
    Time::from(date.to_zoned(zone.clone()).map_or(Timestamp::MAX, |zoned| zoned.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        Time::parse(text).unwrap()
    }

    fn zone() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    #[test]
    fn a_report_without_a_period_has_the_last_weeks_with_enough_tickets() {
        let clock = time("2026-11-20T08:00:00Z");
        let daily = |days: i64| (0..days).map(|day| clock.seconds() - day * 86_400).collect::<Vec<_>>();
        let of = |opened: &[i64]| {
            let period = Period::latest(clock, &zone(), opened);
            assert_eq!(period.to, time("2026-11-20T23:00:00Z"));
            period.from.to_string()
        };
        assert_eq!(of(&daily(90)), "2026-08-21T22:00:00Z");
        let weekly: Vec<i64> = daily(400).into_iter().step_by(6).collect();
        assert_eq!(of(&weekly), "2026-05-22T22:00:00Z");
        assert_eq!(of(&[]), "2025-11-21T23:00:00Z");
    }

    #[test]
    fn the_parts_cover_the_period_and_begin_at_midnight() {
        for (from, to, count) in [
            ("2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00", 31),
            ("2026-08-21T22:00:00Z", "2026-11-20T23:00:00Z", 13),
            ("2026-01-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00", 14),
            ("2024-02-10T00:00:00+01:00", "2026-02-10T00:00:00+01:00", 25),
            ("2003-02-10T00:00:00+01:00", "2015-02-10T00:00:00+01:00", 13),
            ("2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z", 0),
            ("0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z", MOST_PARTS),
        ] {
            let period = Period { from: time(from), to: time(to) };
            let parts = period.parts(&zone());
            assert_eq!(parts.len(), count, "{from} {to}");
            for (part, next) in parts.iter().zip(parts.iter().skip(1)) {
                assert_eq!(part.end, next.start);
            }
            let ends = parts.first().zip(parts.last()).map(|(first, last)| first.start..last.end);
            assert_eq!(ends, (count > 0).then(|| period.from.seconds()..period.to.seconds()));
        }
    }
}
