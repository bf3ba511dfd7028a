//! Service levels and business hours.

use std::collections::BTreeSet;

use jiff::{
    civil::Date,
    tz::{TimeZone, TimeZoneDatabase},
};
use serde::Serialize;

use super::Settings;
use crate::{
    diagnostic::Finding,
    text::RepoPath,
    ticket::{YamlNode, YamlNodeKind, YamlReader},
};

/// The service level for one priority, in seconds of business hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ServiceTarget {
    /// Until the first response.
    pub first_response: Option<i64>,
    /// Until the ticket is resolved.
    pub resolution: Option<i64>,
}

/// Business hours: the times of day between `from` and `to` on the clock of the settings' time zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BusinessHours {
    /// Days of the week, 0 = Monday; at least one.
    pub days: BTreeSet<u8>,
    /// Minutes after midnight; less than 1,440.
    pub from: u16,
    /// Minutes after midnight; at most 1,440. If it is less than `from`, the business hours of a day end on the next
    /// day.
    pub to: u16,
    /// Days without business hours.
    #[serde(skip)] // jiff serialises dates only with another feature
    pub holidays: BTreeSet<Date>,
}

/// Names of the days, Monday first.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The number of minutes of a day.
const DAY: u16 = 1_440;

impl Settings {
    /// Returns the time zone of the settings.
    pub fn zone(&self) -> TimeZone {
        zone_named(&self.timezone).unwrap_or(TimeZone::UTC)
    }
}

/// Returns the time zone `name` from the database in the program, so that the same files give the same times on every
/// computer.
pub(super) fn zone_named(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

/// Parses `business_hours`. Returns `None` if no hours are left, which is a finding.
pub(super) fn read_hours(
    path: &RepoPath,
    node: &YamlNode,
    findings: &mut Vec<Finding>,
) -> Option<BusinessHours> {
    let mut reader = YamlReader::new(path, node.entries());
    let is_map = matches!(node.kind, YamlNodeKind::Map(_));
    if !is_map && !node.is_null() {
        reader.bad(
            node,
            format!("`business_hours` must be a map, not {}", node.describe()),
            "write it as `{ days: [mon, tue, wed, thu, fri], from: \"09:00\", to: \"18:00\" }`",
        );
    }
    let days = read_days(&mut reader);
    let (from, to) = (read_clock(&mut reader, "from", 0, DAY - 1), read_clock(&mut reader, "to", DAY, DAY));
    let holidays = read_holidays(&mut reader);
    reader.refuse_unknown(&["days", "from", "to", "holidays"]);
    if from == to {
        reader.bad(
            node,
            "`from` and `to` are the same time of day",
            "write two different times; for whole days leave out `from` and `to`",
        );
    }
    findings.append(&mut reader.findings);
    (is_map && !days.is_empty() && from != to).then_some(BusinessHours { days, from, to, holidays })
}

/// Reads `days`; without the key, every day.
fn read_days(reader: &mut YamlReader<'_>) -> BTreeSet<u8> {
    let Some(node) = reader.node("days") else { return (0..7).collect() };
    let names = DAYS.join(", ");
    if node.items().is_empty() {
        reader.bad(node, "`days` is empty", format!("use some of: {names}; for every day leave out `days`"));
    }
    let mut days = BTreeSet::new();
    for item in node.items() {
        match item.text().and_then(|text| DAYS.iter().position(|day| day.eq_ignore_ascii_case(text))) {
            Some(day) => days.extend(u8::try_from(day)),
            None => reader.bad(item, "unknown day", format!("use one of: {names}")),
        }
    }
    days
}

/// Reads a time of day such as `09:00` as minutes after midnight, at most `max`.
fn read_clock(reader: &mut YamlReader<'_>, key: &str, default: u16, max: u16) -> u16 {
    let Some(node) = reader.node(key) else { return default };
    let minutes = node.text().and_then(parse_clock).filter(|minutes| *minutes <= max);
    if minutes.is_none() {
        let written = node.text().map_or_else(|| node.describe().to_owned(), |text| format!("`{text}`"));
        let example = if max == DAY { "18:00" } else { "09:00" };
        reader.bad(
            node,
            format!("`{key}` must be a time of day, not {written}"),
            format!("write it as `{key}: \"{example}\"`"),
        );
    }
    minutes.unwrap_or(default)
}

/// Parses a time such as `09:00` into minutes after midnight. `24:00` is allowed.
fn parse_clock(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str, lengths: std::ops::RangeInclusive<usize>| -> Option<u16> {
        let is_number = lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { text.parse().ok() } else { None }
    };
    let (hours, minutes) = (number(hours, 1..=2)?, number(minutes, 2..=2)?);
    (hours < 24 && minutes < 60 || (hours, minutes) == (24, 0)).then_some(hours * 60 + minutes)
}

fn read_holidays(reader: &mut YamlReader<'_>) -> BTreeSet<Date> {
    let mut holidays = BTreeSet::new();
    let Some(node) = reader.node("holidays") else { return holidays };
    for item in node.items() {
        match item.text().and_then(parse_date) {
            Some(date) => _ = holidays.insert(date),
            None => reader.bad(
                item,
                "invalid date",
                "write each holiday with its year, as in `holidays: [2026-12-25]`",
            ),
        }
    }
    holidays
}

/// Parses a date such as `2026-12-25`. jiff also takes dates with a time and other forms.
fn parse_date(text: &str) -> Option<Date> {
    let is_form = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if is_form { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use crate::settings::parse_settings;

    #[test]
    fn hours_may_run_over_midnight_and_leave_out_holidays() {
        let (settings, findings) = parse_settings(
            "business_hours: { days: [sun, Mon, mon], from: \"22:00\", to: \"6:00\", holidays: [2026-12-25, 2026-12-25] }\n",
        );
        assert_eq!(findings, []);
        let hours = settings.business_hours.unwrap();
        assert_eq!(hours.days.into_iter().collect::<Vec<_>>(), [0, 6]);
        assert_eq!((hours.from, hours.to, hours.holidays.len()), (1_320, 360, 1));
        let (settings, findings) = parse_settings("business_hours: { days: fri, holidays: 2026-12-25 }\n");
        assert_eq!(findings, []);
        let hours = settings.business_hours.unwrap();
        assert_eq!((hours.days.len(), hours.from, hours.to), (1, 0, 1_440));
    }

    #[test]
    fn every_bad_value_is_a_finding_with_the_fix() {
        for (hours, place) in [
            ("{ days: [] }", "[]"),
            ("{ days: [noday] }", "noday"),
            ("{ from: \"24:00\" }", "\"24:00\""),
            ("{ from: \"9\" }", "\"9\""),
            ("{ from: \"+9:00\" }", "\"+9:00\""),
            ("{ from: \"09:0\" }", "\"09:0\""),
            ("{ to: \"24:01\" }", "\"24:01\""),
            ("{ from: \"09:00\", to: \"09:00\" }", "{ from: \"09:00\", to: \"09:00\" }"),
            ("{ holidays: [12-25] }", "12-25"),
            ("{ holidays: [2026-02-30] }", "2026-02-30"),
            ("{ holidays: [\"2026-12-25T00:00:00Z\"] }", "\"2026-12-25T00:00:00Z\""),
            ("{ hollidays: [2026-12-25] }", "hollidays"),
            ("always", "always"),
            ("[mon]", "[mon]"),
        ] {
            let text = format!("business_hours: {hours}\n");
            let (_, findings) = parse_settings(&text);
            let found: Vec<&str> = findings.iter().map(|f| &text[f.span.clone().unwrap()]).collect();
            assert_eq!(found, [place], "{hours}");
            assert!(
                findings.iter().all(|finding| !finding.help.is_empty() || finding.fix.is_some()),
                "{hours}"
            );
        }
    }

    #[test]
    fn a_bad_day_does_not_remove_the_others() {
        let (settings, findings) =
            parse_settings("business_hours: { days: [mon, noday, fri], holidays: [soon, 2026-12-25] }\n");
        assert_eq!(findings.len(), 2);
        let hours = settings.business_hours.unwrap();
        assert_eq!((hours.days.len(), hours.holidays.len()), (2, 1));
    }
}
