//! Dates and times as other tools write them.

use jiff::{
    civil::{Date, DateTime},
    fmt::{rfc2822, strtime},
    tz::TimeZone,
};

use super::Time;

/// The maximum length of a date, in bytes.
const MAX_DATE: usize = 60;

const DATES: &[&str] = &[
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d.%m.%Y",
    "%d %B %Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%B %d %Y",
    "%b %d %Y",
    "%A, %d %B %Y",
    "%A, %B %d, %Y",
    "%d/%b/%Y",
];

/// The time of day after a date.
const CLOCKS: &[&str] = &["%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p"];

/// The form of `git log`.
const GIT: &str = "%a %b %d %H:%M:%S %Y %z";

/// Returns a date or time in a form that [`Time::parse_in`] reads: `2014-03-11` for `March 11, 2014`. A text that has
/// such a form is not changed. A number of ten or thirteen digits is the seconds or milliseconds since 1970. A date such
/// as `03/04/2019`, which is another day in another country, is not read.
pub(crate) fn usual_date(text: &str, zone: &TimeZone) -> Option<String> {
    if Time::parse_in(text, zone).is_some() {
        return Some(text.to_owned());
    }
    let text = text.trim();
    if text.len() > MAX_DATE || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if let Some(time) = of_epoch(text).or_else(|| of_message(text)) {
        return Some(time.to_string());
    }
    let text = plain(text);
    let read = |format: &str| strtime::parse(format, &text).ok();
    let date = DATES.iter().find_map(|format| read(format)?.to_date().ok());
    if let Some(date) = date.filter(|date: &Date| is_usual(date.year())) {
        return Some(date.to_string());
    }
    let formats = DATES.iter().flat_map(|date| CLOCKS.iter().map(move |clock| format!("{date} {clock}")));
    let mut formats = formats.filter(|_| text.contains(':'));
    let time = formats.find_map(|format| read(&format)?.to_datetime().ok());
    if let Some(time) = time.filter(|time: &DateTime| is_usual(time.year())) {
        return Some(time.to_string());
    }
    let month = format!("{text}-01");
    (text.len() == 7 && Time::parse_in(&month, zone).is_some()).then_some(month)
}

fn is_usual(year: i16) -> bool {
    (1970..=2200).contains(&year)
}

/// Reads a number as the time since 1970.
fn of_epoch(text: &str) -> Option<Time> {
    let number: i64 = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())??;
    match text.len() {
        10 => Time::from_seconds(number),
        13 => Time::from_seconds(number.div_euclid(1000)),
        _ => None,
    }
}

/// Reads the date of an e-mail or of `git log`.
fn of_message(text: &str) -> Option<Time> {
    let git = || strtime::parse(GIT, text).ok()?.to_timestamp().ok();
    let mail = || rfc2822::parse(text).ok().map(|zoned| zoned.timestamp());
    text.contains(':').then(|| mail().or_else(git))?.map(Time::from)
}

/// Returns the text without ordinals and the words around a time of day: `April 13, 2019 10:20` for
/// `April 13th, 2019 at 10:20`.
fn plain(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| !word.eq_ignore_ascii_case("at")).map(|word| {
        let (word, comma) = word.strip_suffix(',').map_or((word, ""), |word| (word, ","));
        let number = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending));
        let is_number = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        format!("{}{comma}", number.filter(is_number).unwrap_or(word))
    });
    let text = words.collect::<Vec<_>>().join(" ");
    // A comma may stand between the date and the time of day: `13 April 2019, 10:20`.
    match text.split_once(':') {
        Some((before, _)) => match before.rfind(", ") {
            Some(comma) if before[comma + 2..].bytes().all(|byte| byte.is_ascii_digit()) => {
                format!("{}{}", &text[..comma], &text[comma + 1..])
            }
            _ => text,
        },
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_other_tools_are_read() {
        for (text, date) in [
            ("2019-04-13", "2019-04-13"),
            ("2019-04-13 10:20", "2019-04-13 10:20"),
            ("2019-04-13 10:20:30 +0200", "2019-04-13 10:20:30 +0200"),
            ("2019/04/13", "2019-04-13"),
            ("2019/04/13 10:20", "2019-04-13T10:20:00"),
            ("2019-4-3", "2019-04-03"),
            ("20190413", "2019-04-13"),
            ("13 April 2019", "2019-04-13"),
            ("April 13th, 2019", "2019-04-13"),
            ("Saturday, April 13, 2019", "2019-04-13"),
            ("April 13, 2019 at 9:05 PM", "2019-04-13T21:05:00"),
            ("13 Apr 2019, 10:20:30", "2019-04-13T10:20:30"),
            ("13-Apr-2019", "2019-04-13"),
            ("13.04.2019", "2019-04-13"),
            ("13.04.2019 10:20", "2019-04-13T10:20:00"),
            ("2019-04", "2019-04-01"),
            ("1555142400", "2019-04-13T08:00:00Z"),
            ("1555142400123", "2019-04-13T08:00:00Z"),
            ("Sat, 13 Apr 2019 10:20:00 +0200", "2019-04-13T08:20:00Z"),
            ("Sat Apr 13 10:20:00 2019 +0200", "2019-04-13T08:20:00Z"),
        ] {
            assert_eq!(usual_date(text, &TimeZone::UTC).as_deref(), Some(date), "{text}");
            assert!(Time::parse_in(date, &TimeZone::UTC).is_some(), "{date}");
        }
        for text in ["", "soon", "1559", "2.1", "2019-13-45", "v2019", "03/04/2019", "12:30", "2019-02-30"] {
            assert_eq!(usual_date(text, &TimeZone::UTC), None, "{text}");
        }
    }
}
