//! Formats ages and durations, in words (`12 months`) and in columns (`12mo`).

use super::Plural;

/// From this number of seconds on (100 days), days are hard to read, and months are used.
const FROM_MONTHS: i64 = 8_640_000;
/// From this number of seconds on (two years), years are used.
const FROM_YEARS: i64 = 63_072_000;
/// The mean length of a month and of a year, in seconds.
const MONTH: i64 = 2_629_800;
const YEAR: i64 = 31_557_600;

/// Formats an age as `3 days ago`, or as `in 3 days` for a time in the future. Times up to a minute ahead are
/// `just now`, because several replies in one second get increasing times.
pub(crate) fn ago(seconds: i64) -> String {
    match seconds {
        -60..=0 => "just now".to_owned(),
        ..-60 => format!("in {}", span(-seconds)),
        _ => format!("{} ago", span(seconds)),
    }
}

/// Formats a duration as `3 days`.
pub(crate) fn span(seconds: i64) -> String {
    let (count, noun) = match seconds.max(0) {
        seconds @ 0..60 => (seconds, "second"),
        seconds @ 60..5_400 => (seconds / 60, "minute"),
        seconds @ 5_400..129_600 => ((seconds + 1_800) / 3_600, "hour"),
        seconds @ 129_600..FROM_MONTHS => ((seconds + 43_200) / 86_400, "day"),
        seconds @ FROM_MONTHS..FROM_YEARS => (seconds / MONTH, "month"),
        seconds => (seconds / YEAR, "year"),
    };
    Plural(usize::try_from(count).unwrap_or(0), noun).to_string()
}

/// Formats a duration for a column, as `5m`, `3h`, `12d`, `3mo` or `2y`.
pub(crate) fn short(seconds: i64) -> String {
    match seconds.max(0) {
        seconds @ 0..3_600 => format!("{}m", seconds / 60),
        seconds @ 3_600..172_800 => format!("{}h", seconds / 3_600),
        seconds @ 172_800..FROM_MONTHS => format!("{}d", seconds / 86_400),
        seconds @ FROM_MONTHS..FROM_YEARS => format!("{}mo", seconds / MONTH),
        seconds => format!("{}y", seconds / YEAR),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_ages_have_the_same_unit_in_words_and_in_columns() {
        for (days, words, column) in
            [(99, "99 days", "99d"), (367, "12 months", "12mo"), (800, "2 years", "2y")]
        {
            assert_eq!((span(days * 86_400).as_str(), short(days * 86_400).as_str()), (words, column));
        }
        assert_eq!([ago(5), ago(-5), ago(-7_200)], ["5 seconds ago", "just now", "in 2 hours"]);
    }
}
