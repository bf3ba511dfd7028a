//! Elapsed time within business hours.

use std::{collections::BTreeSet, ops::Range};

use jiff::{
    Timestamp,
    civil::{Date, date},
    tz::TimeZone,
};

use crate::settings::{BusinessHours, Settings};

/// The number of seconds in a day without a clock change.
const DAY: i64 = 86_400;

/// The maximum time that is searched for business hours: a hundred years.
const LONGEST: i64 = 36_525 * DAY;

/// Counts elapsed seconds within business hours.
///
/// An instant is within business hours if the clock of the time zone then shows a time of day from `from` (included) to
/// `to` (excluded) of a business day. Business hours that run over midnight belong to the day on which they start. On a
/// day on which the clock is changed, business hours are therefore shorter or longer.
///
/// Source: Zendesk, "schedules": business hours are in the time zone of the schedule and follow its clock changes.
pub(super) struct BusinessTime {
    /// `None` means that all time counts.
    hours: Option<Hours>,
    zone: TimeZone,
    table: Option<HoursTable>,
}

/// The business hours of a long span with their sums, so that a report need not walk over the same days for each ticket.
struct HoursTable {
    span: Range<i64>,
    /// The business hours in order, each with the seconds of all before it.
    windows: Vec<(Range<i64>, i64)>,
}

/// Business hours, with all times in seconds and all days as numbers since 1970-01-01.
struct Hours {
    /// Days of the week, 0 = Monday.
    days: BTreeSet<u8>,
    /// The business hours of a day, relative to its midnight.
    of_day: Range<i64>,
    holidays: BTreeSet<i64>,
}

impl BusinessTime {
    /// Creates the business time of a repository.
    pub(super) fn of(settings: &Settings) -> Self {
        Self { hours: settings.business_hours.as_ref().map(Hours::of), zone: settings.zone(), table: None }
    }

    /// Sums up the business hours of `span`, for many calls of [`Self::within`] with parts of it. A span that is longer than
    /// [`LONGEST`] is not summed up.
    pub(super) fn summed(mut self, span: Range<i64>) -> Self {
        let is_short = span.end.saturating_sub(span.start) < LONGEST;
        self.table = (self.hours.is_some() && is_short).then(|| {
            let mut before = 0;
            let windows = self.windows(span.start).take_while(|window| window.start < span.end);
            let windows = windows.map(|window| {
                let sum = before;
                before += window.end - window.start;
                (window, sum)
            });
            HoursTable { windows: windows.collect(), span }
        });
        self
    }

    /// Returns the business time in `span`, in seconds. `span` has an end.
    pub(super) fn within(&self, span: &Range<i64>) -> i64 {
        if let Some(table) = self.table.as_ref().filter(|table| table.covers(span)) {
            return (table.until(span.end) - table.until(span.start)).max(0);
        }
        let windows = self.windows(span.start).take_while(|window| window.start < span.end);
        windows.map(|window| window.end.min(span.end) - window.start).sum()
    }

    /// Returns the first instant at which `seconds` of business time have passed since `from`; `None` if it is later
    /// than [`LONGEST`].
    pub(super) fn after(&self, from: i64, mut seconds: i64) -> Option<i64> {
        for window in self.windows(from) {
            let length = window.end - window.start;
            if seconds <= length {
                return Some(window.start + seconds);
            }
            seconds -= length;
        }
        None
    }

    /// Returns the business hours after `from`, as spans in order that do not overlap.
    fn windows(&self, from: i64) -> Box<dyn Iterator<Item = Range<i64>> + '_> {
        let end = from.saturating_add(LONGEST);
        match &self.hours {
            None => Box::new(std::iter::once(from..end)),
            Some(hours) => Box::new(
                self.offsets(from..end)
                    .flat_map(move |(span, offset)| hours.windows(span, i64::from(offset))),
            ),
        }
    }

    /// Splits `span` where the clock of the zone is changed. Returns each part with its offset from UTC in seconds.
    fn offsets(&self, span: Range<i64>) -> impl Iterator<Item = (Range<i64>, i32)> + '_ {
        let at = |seconds: i64| {
            let limit = if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
            Timestamp::from_second(seconds).unwrap_or(limit)
        };
        let mut changes = self.zone.following(at(span.start));
        let mut next = Some((span.start, self.zone.to_offset(at(span.start)).seconds()));
        std::iter::from_fn(move || {
            let (start, offset) = next.take()?;
            let change = changes.next();
            next = change.map(|change| (change.timestamp().as_second(), change.offset().seconds()));
            let end = next.map_or(span.end, |(start, _)| start.min(span.end));
            (start < span.end).then_some((start..end, offset))
        })
    }
}

impl HoursTable {
    fn covers(&self, span: &Range<i64>) -> bool {
        self.span.start <= span.start && span.end <= self.span.end
    }

    /// Returns the business time from the start of the table to `at`, in seconds.
    fn until(&self, at: i64) -> i64 {
        let next = self.windows.partition_point(|(window, _)| window.start <= at);
        let last = next.checked_sub(1).and_then(|place| self.windows.get(place));
        last.map_or(0, |(window, before)| before + window.end.min(at) - window.start)
    }
}

impl Hours {
    fn of(hours: &BusinessHours) -> Self {
        let BusinessHours { days, from, to, holidays } = hours;
        let (from, to) = (i64::from(*from) * 60, i64::from(*to) * 60);
        let end = if to < from { to + DAY } else { to };
        let holidays = holidays.iter().map(|holiday| day_number(*holiday)).collect();
        Self { days: days.clone(), of_day: from..end, holidays }
    }

    /// Returns the business hours in `span`, in which the clock shows UTC plus `offset` seconds.
    fn windows(&self, span: Range<i64>, offset: i64) -> impl Iterator<Item = Range<i64>> + '_ {
        let local = span.start + offset..span.end + offset;
        // The business hours of the day before can run over midnight.
        let days = local.start.div_euclid(DAY) - 1..=local.end.div_euclid(DAY);
        days.filter(|day| self.includes(*day)).filter_map(move |day| {
            let start = (day * DAY + self.of_day.start).max(local.start);
            let end = (day * DAY + self.of_day.end).min(local.end);
            (start < end).then_some(start - offset..end - offset)
        })
    }

    fn includes(&self, day: i64) -> bool {
        // 1970-01-01 was a Thursday.
        let weekday = u8::try_from((day + 3).rem_euclid(7)).unwrap_or(0);
        self.days.contains(&weekday) && !self.holidays.contains(&day)
    }
}

/// Returns the number of days since 1970-01-01.
fn day_number(day: Date) -> i64 {
    day.duration_since(date(1970, 1, 1)).as_hours() / 24
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan as _, civil::Weekday};
    use proptest::prelude::*;

    use super::*;
    use crate::{settings::parse_settings, text::Time};

    fn settings(text: &str) -> Settings {
        let (settings, findings) = parse_settings(text);
        assert_eq!(findings, []);
        settings
    }

    fn seconds(time: &str) -> i64 {
        Time::parse(time).unwrap().seconds()
    }

    /// The definition, minute by minute: reads the clock on the wall and looks at the calendar.
    fn is_business_minute(settings: &Settings, minute: i64) -> bool {
        let Some(hours) = &settings.business_hours else { return true };
        let local = Timestamp::from_second(minute).unwrap().to_zoned(settings.zone());
        let clock = u16::try_from(local.hour()).unwrap() * 60 + u16::try_from(local.minute()).unwrap();
        let on_day = |day: Date| {
            let weekdays = [
                Weekday::Monday,
                Weekday::Tuesday,
                Weekday::Wednesday,
                Weekday::Thursday,
                Weekday::Friday,
                Weekday::Saturday,
                Weekday::Sunday,
            ];
            let weekday = weekdays.iter().position(|weekday| *weekday == day.weekday()).unwrap();
            hours.days.contains(&u8::try_from(weekday).unwrap()) && !hours.holidays.contains(&day)
        };
        if hours.from < hours.to {
            return (hours.from..hours.to).contains(&clock) && on_day(local.date());
        }
        clock >= hours.from && on_day(local.date())
            || clock < hours.to && on_day(local.date().checked_sub(1.day()).unwrap())
    }

    /// Two days before each clock change of a year, and the days of the year.
    fn starts(zone: &str) -> Vec<i64> {
        let (first, last) = (seconds("2026-01-01T00:00:00Z"), seconds("2027-01-01T00:00:00Z"));
        let zone = TimeZone::get(zone).unwrap();
        let changes = zone.following(Timestamp::from_second(first).unwrap());
        let changes = changes.map(|change| change.timestamp().as_second()).take_while(|at| *at < last);
        let mut starts: Vec<i64> = changes.map(|at| at - 2 * DAY).collect();
        // Shanghai changed its clocks in these years.
        starts.extend([
            seconds("1990-04-13T00:00:00Z"),
            seconds("1990-09-14T00:00:00Z"),
            first,
            last - 7 * DAY,
        ]);
        starts
    }

    proptest! {
        #![proptest_config(crate::trials::trials(48))]

        #[test]
        fn business_time_is_what_a_clock_on_the_wall_counts(
            zone in prop::sample::select(vec![
                "Europe/Berlin", "America/Santiago", "Asia/Shanghai", "Australia/Lord_Howe", "America/New_York", "UTC",
            ]),
            days in prop::sample::subsequence(vec!["mon", "tue", "wed", "thu", "fri", "sat", "sun"], 1..=7),
            clock in (0u16..96, 0u16..97).prop_filter("equal", |(from, to)| from != to),
            holiday in 0i64..5,
            start in any::<prop::sample::Index>(),
            offset in 0i64..2 * 1_440,
            length in 0i64..5 * 1_440,
            target in 0i64..3 * 1_440,
        ) {
            let starts = starts(zone);
            let from = starts[start.index(starts.len())] + offset * 60;
            let time = |quarters: u16| format!("\"{:02}:{:02}\"", quarters / 4, quarters % 4 * 15);
            let holiday = Timestamp::from_second(from + holiday * DAY).unwrap().strftime("%Y-%m-%d");
            let settings = settings(&format!(
                "timezone: {zone}\nbusiness_hours: {{ days: [{}], from: {}, to: {}, holidays: [{holiday}] }}\n",
                days.join(", "), time(clock.0), time(clock.1),
            ));
            let business = BusinessTime::of(&settings);
            let minutes = |count: i64| (from..from + count * 60).step_by(60);
            let expected = minutes(length).filter(|minute| is_business_minute(&settings, *minute)).count();
            let span = from..from + length * 60;
            prop_assert_eq!(business.within(&span), i64::try_from(expected).unwrap() * 60);
            let summed = BusinessTime::of(&settings).summed(from - offset * 60..from + 5 * DAY);
            prop_assert_eq!(summed.within(&span), business.within(&span), "a table of sums");

            // The first minute at whose end the target has passed, within three weeks.
            let passed = minutes(21 * 1_440).filter(|minute| is_business_minute(&settings, *minute));
            let due = match target {
                0 => passed.clone().next(),
                _ => passed.clone().nth(usize::try_from(target).unwrap() - 1).map(|minute| minute + 60),
            };
            if let Some(due) = due {
                prop_assert_eq!(business.after(from, target * 60), Some(due));
            }
        }
    }

    #[test]
    fn a_night_over_a_clock_change_is_an_hour_shorter_or_longer() {
        let settings = settings(
            "timezone: Europe/Berlin\nbusiness_hours: { days: [sat], from: \"22:00\", to: \"06:00\" }\n",
        );
        let business = BusinessTime::of(&settings);
        let night = |noon: &str| business.within(&(seconds(noon)..seconds(noon) + DAY)) / 3_600;
        assert_eq!(night("2026-03-21T12:00:00Z"), 8);
        assert_eq!(night("2026-03-28T12:00:00Z"), 7);
        assert_eq!(night("2026-10-24T12:00:00Z"), 9);
        assert_eq!(night("2026-03-29T12:00:00Z"), 0, "the night belongs to Saturday");
    }

    #[test]
    fn a_night_before_a_holiday_is_complete_and_the_night_after_it_is_missing() {
        let settings =
            settings("business_hours: { from: \"22:00\", to: \"06:00\", holidays: [2026-12-25] }\n");
        let business = BusinessTime::of(&settings);
        let day = |noon: &str| business.within(&(seconds(noon)..seconds(noon) + DAY)) / 3_600;
        assert_eq!(day("2026-12-24T12:00:00Z"), 8);
        assert_eq!(day("2026-12-25T12:00:00Z"), 0);
    }

    #[test]
    fn a_target_that_ends_with_the_business_day_is_due_at_its_end() {
        let settings = settings("business_hours: { days: [fri], from: \"09:00\", to: \"18:00\" }\n");
        let due = BusinessTime::of(&settings).after(seconds("2026-11-20T17:00:00Z"), 3_600);
        assert_eq!(due, Some(seconds("2026-11-20T18:00:00Z")));
    }

    #[test]
    fn a_target_that_is_never_reached_has_no_due_time() {
        let settings = settings("business_hours: { days: [mon], from: \"09:00\", to: \"09:01\" }\n");
        assert_eq!(BusinessTime::of(&settings).after(seconds("2026-11-20T17:00:00Z"), 10_000_000), None);
    }
}
