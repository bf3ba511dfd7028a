//! Durations, shares and changes in the words of the site.

use jiff::civil::Date;
use serde::Serialize;

use crate::report::{Distribution, FixState, Share, Trend};
use crate::site::Site;
use crate::site::words::TextArgument;
use crate::text::Time;

/// The minimum number of tickets for a median and for a percentage: the smallest for which a median has an interval.
const FEWEST: usize = 6;

/// The number of days after which a fix without a new ticket counts as one that held.
const DAYS_OF_FIX: i64 = 7;

/// The width of the longest bar.
const BAR: i64 = 160;

/// A number with its interval and the same number of the period before.
#[derive(Clone, Debug, Default, Serialize)]
pub(in crate::site) struct FigureCell {
    /// The key of its name in the words of the site.
    name: &'static str,
    now: String,
    /// The numbers of a share, as in `9 of 33`.
    note: String,
    /// The interval of the median, or of the share.
    interval: String,
    /// The 90th percentile.
    p90: String,
    before: String,
    /// `up` or `down`, if the difference is more than chance.
    trend: &'static str,
    /// Whether this change is for the better (`good`) or for the worse (`bad`); empty if it is neither.
    verdict: &'static str,
}

/// A bar with its number.
#[derive(Clone, Debug, Serialize)]
pub(in crate::site) struct Bar {
    width: i64,
    text: String,
}

impl FigureCell {
    /// A number of tickets. More of them are neither good nor bad.
    pub(in crate::site) fn count(name: &'static str, now: usize, before: usize, trend: Trend) -> Self {
        let (now, before) = (now.to_string(), before.to_string());
        Self { name, now, before, trend: word(trend), ..Self::default() }
    }

    /// A sum of durations, which has no interval.
    pub(in crate::site) fn total(site: &Site, name: &'static str, now: i64, before: i64) -> Self {
        Self { name, now: site.time(now), before: site.time(before), ..Self::default() }
    }

    /// The median of durations. Shorter is better.
    pub(in crate::site) fn median(
        site: &Site,
        name: &'static str,
        now: &Distribution,
        before: &Distribution,
    ) -> Self {
        let trend = now.trend(before);
        let interval = now.low.zip(now.high).map(|(low, high)| site.range(&site.time(low), &site.time(high)));
        Self {
            name,
            now: site.median(now),
            interval: interval.unwrap_or_default(),
            p90: now.p90.map(|p90| site.time(p90)).unwrap_or_default(),
            before: site.median(before),
            trend: word(trend),
            verdict: verdict(trend, Trend::Down),
            ..Self::default()
        }
    }

    /// A share of tickets. `better` is the direction that is good.
    pub(in crate::site) fn share(
        site: &Site,
        name: &'static str,
        (now, before): (&Share, &Share),
        better: Trend,
    ) -> Self {
        let trend = now.trend(before);
        let percent = |share: f64| format!("{:.0} %", share * 100.0);
        let interval = now.low.zip(now.high).filter(|_| now.whole >= FEWEST);
        let interval = interval.map(|(low, high)| site.range(&percent(low), &percent(high)));
        Self {
            name,
            now: if now.whole < FEWEST {
                site.share(now)
            } else {
                now.share.map(percent).unwrap_or_default()
            },
            note: if now.whole < FEWEST { String::new() } else { site.part_of(now.part, now.whole) },
            interval: interval.unwrap_or_default(),
            before: site.share(before),
            trend: word(trend),
            verdict: verdict(trend, better),
            ..Self::default()
        }
    }
}

impl Site {
    /// Formats seconds with one or two units.
    pub(in crate::site) fn time(&self, seconds: i64) -> String {
        let minutes = seconds.max(0) / 60;
        let (key, first, second) = match minutes {
            0..120 => ("minutes", minutes, 0),
            120..2_880 => ("hours", minutes / 60, minutes % 60),
            2_880..28_800 => ("days", minutes / 1_440, minutes % 1_440 / 60),
            _ => ("days", minutes / 1_440, 0),
        };
        let numbers = [("a", first.to_string()), ("b", second.to_string())];
        let key = if second == 0 { format!("report.time.{key}") } else { format!("report.time.{key}_and") };
        self.phrase(&key, &[("a", &numbers[0].1), ("b", &numbers[1].1)])
    }

    /// Formats the median of durations; `too few` if there are not enough for its interval.
    pub(in crate::site) fn median(&self, times: &Distribution) -> String {
        match (times.n, times.median) {
            (0, _) | (_, None) => "–".to_owned(),
            (n, _) if n < FEWEST => self.phrase("report.too_few", &[("n", &n.to_string())]),
            (_, Some(median)) => self.time(median),
        }
    }

    /// Formats a share as a percentage with its numbers, or only the numbers if there are few.
    pub(in crate::site) fn share(&self, share: &Share) -> String {
        let of = self.part_of(share.part, share.whole);
        match share.share {
            None => "–".to_owned(),
            Some(_) if share.whole < FEWEST => of,
            Some(value) => format!("{:.0} % ({of})", value * 100.0),
        }
    }

    /// Formats a number of tickets and the number of all, as in `9 of 33`.
    fn part_of(&self, part: usize, whole: usize) -> String {
        self.phrase("report.of", &[("part", &part.to_string()), ("whole", &whole.to_string())])
    }

    /// Formats whether the last fix of a problem held.
    pub(in crate::site) fn fix(&self, fix: FixState, seconds: Option<i64>) -> String {
        let days = seconds.unwrap_or(0) / 86_400;
        let key = match fix {
            FixState::Held if days < DAYS_OF_FIX => "report.fix.early",
            FixState::Held => "report.fix.held",
            FixState::CameBack => "report.fix.back",
            FixState::NotFixed => "report.fix.none",
        };
        self.phrase(key, &[("n", &days.to_string())])
    }

    /// Formats the first day of a part of a period: a day, a month or a year, by the length of the part.
    pub(in crate::site) fn day_of(&self, from: Time, to: Time) -> String {
        let date = self.date_of(from);
        let (day, month, year) = (date.day().to_string(), date.month().to_string(), date.year().to_string());
        let month = self.words().label("month", &month);
        let key = match (to.seconds() - from.seconds()) / 86_400 {
            ..=28 => "report.day",
            29..=32 => "report.month",
            _ => "report.year",
        };
        self.phrase(key, &[("d", &day), ("month", month), ("y", &year)])
    }

    /// Formats a day with its year.
    pub(in crate::site) fn whole_day(&self, time: Time) -> String {
        self.when(time).day
    }

    /// Returns the date of a time in the zone of the site.
    pub(in crate::site) fn date_of(&self, time: Time) -> Date {
        time.timestamp().to_zoned(self.model.zone().clone()).date()
    }

    /// Returns a bar of `part` by `most`. A part above 0 has a width of at least 2.
    pub(in crate::site) fn bar(&self, part: i64, most: i64, text: String) -> Bar {
        let (part, most) = (i128::from(part.max(0)), i128::from(most.max(1)));
        let width = i64::try_from(part * i128::from(BAR) / most).unwrap_or(0);
        Bar { width: if part > 0 { width.clamp(2, BAR) } else { 0 }, text }
    }

    fn range(&self, low: &str, high: &str) -> String {
        self.phrase("report.range", &[("low", low), ("high", high)])
    }

    /// Returns words of the site as plain text. Templates escape them.
    pub(in crate::site) fn phrase(&self, key: &str, parts: &[(&str, &str)]) -> String {
        let number = |name: &str, text: &str| (name == "n").then(|| text.parse().ok()).flatten();
        let parts: Vec<(&str, TextArgument<'_>)> = parts
            .iter()
            .map(|(name, text)| {
                let part = number(name, text).map_or(TextArgument::Html(text), TextArgument::Number);
                (*name, part)
            })
            .collect();
        self.words().say(key, &parts).map(|text| text.into_string()).unwrap_or_default()
    }
}

fn word(trend: Trend) -> &'static str {
    match trend {
        Trend::Up => "up",
        Trend::Down => "down",
        Trend::Unclear | Trend::TooFew => "",
    }
}

fn verdict(trend: Trend, better: Trend) -> &'static str {
    match trend {
        Trend::Unclear | Trend::TooFew => "",
        trend if trend == better => "good",
        _ => "bad",
    }
}
