//! Formats ages and durations, in words (`12 months`) and in columns (`12mo`).

use crate::text::Plural;

/// Units with their length in seconds, the number of seconds from which they are used, their noun and their short form.
/// Short spans use the smaller unit, so that `90 minutes` does not become `2 hours`.
const UNITS: [(i64, i64, &str, &str); 6] = [
    (31_557_600, 63_072_000, "year", "y"),
    (2_629_800, 8_640_000, "month", "mo"),
    (86_400, 172_800, "day", "d"),
    (3_600, 5_400, "hour", "h"),
    (60, 60, "minute", "m"),
    (1, 0, "second", "s"),
];

/// Formats an age as `3 days ago`, or as `in 3 days` for a time in the future. Times up to a minute ahead are
/// `just now`, because several replies in one second get increasing times.
pub(super) fn ago(seconds: i64) -> String {
    match seconds {
        -60..=0 => "just now".to_owned(),
        ..-60 => format!("in {}", span(-seconds)),
        _ => format!("{} ago", span(seconds)),
    }
}

/// Formats a duration as `3 days`.
pub(super) fn span(seconds: i64) -> String {
    let (count, noun, _) = rounded(seconds);
    Plural(usize::try_from(count).unwrap_or(0), noun).to_string()
}

/// Formats a duration for a column, as `3d`. A duration below a minute is `0m`.
pub(super) fn short(seconds: i64) -> String {
    match rounded(seconds) {
        (_, _, "s") => "0m".to_owned(),
        (count, _, unit) => format!("{count}{unit}"),
    }
}

/// Returns the rounded number of units, the unit's noun and its short form.
fn rounded(seconds: i64) -> (i64, &'static str, &'static str) {
    let seconds = seconds.max(0);
    let unit = UNITS.iter().find(|(_, from, ..)| seconds >= *from).unwrap_or(&UNITS[5]);
    let (length, _, noun, short) = *unit;
    // Minutes are complete ones: a target of 15 minutes is not over after 14 minutes and 40 seconds.
    let half = if length > 60 { length / 2 } else { 0 };
    ((seconds + half) / length, noun, short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_columns_have_the_same_units() {
        for (seconds, words, column) in [
            (0, "0 seconds", "0m"),
            (59, "59 seconds", "0m"),
            (899, "14 minutes", "14m"),
            (5_400, "2 hours", "2h"),
            (47 * 3_600, "47 hours", "47h"),
            (172_800, "2 days", "2d"),
            (99 * 86_400, "99 days", "99d"),
            (367 * 86_400, "12 months", "12mo"),
            (800 * 86_400, "2 years", "2y"),
        ] {
            assert_eq!((span(seconds).as_str(), short(seconds).as_str()), (words, column));
        }
        assert_eq!([ago(5), ago(-5), ago(-7_200)], ["5 seconds ago", "just now", "in 2 hours"]);
    }
}
