//! Parses and compares the values of keys.

use std::cmp::Ordering;

use super::{Comparison, Fact, Moment, QueryKey, ValueKind, meant::condition_for};
use crate::index::TextPattern;

/// A test of one value of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueTest {
    /// Equal to this value.
    Is(QueryValue),
    /// Before or after this value.
    Compare(Comparison, QueryValue),
    /// From the first to the second value, including both. `None` is an open end; at most one end is open.
    Range(Option<QueryValue>, Option<QueryValue>),
    /// The words contain this text.
    Words(TextPattern),
}

/// A parsed value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryValue {
    /// This text; upper and lower case are equal. For closed sets, the canonical spelling.
    Exact(String),
    /// This fact.
    Fact(&'static Fact),
    /// Text with this beginning.
    Prefix(String),
    /// Any value: `*`.
    Any,
    /// The current user: `me`.
    Me,
    /// No value: `none`.
    Missing,
    /// A moment or period.
    Time(Moment),
}

/// A value as written, before it is parsed for its kind.
pub(super) struct RawValue {
    pub text: String,
    pub quoted: bool,
}

/// The message and the help for a value that was rejected.
pub(super) type Refusal = (String, String);

impl ValueTest {
    /// Parses one value of `key`.
    pub(super) fn read(raw: RawValue, key: &str, kind: ValueKind) -> Result<Self, Refusal> {
        if matches!(kind, ValueKind::Words(_)) {
            return read_words(raw, key).map(Self::Words);
        }
        if let ValueKind::Bound { comparison, .. } = kind {
            return read_plain(&raw.text, raw.quoted, key, kind)
                .map(|bound| Self::Compare(comparison, bound));
        }
        if raw.quoted {
            return read_plain(&raw.text, true, key, kind).map(Self::Is);
        }
        let comparison = Comparison::WRITTEN.iter().find(|(sign, _)| raw.text.starts_with(sign));
        if let Some((sign, comparison)) = comparison {
            require_order(key, kind)?;
            return Ok(Self::Compare(*comparison, bound(&raw.text[sign.len()..], key, kind)?));
        }
        if let Some((from, to)) = raw.text.split_once("..").filter(|_| kind.has_order()) {
            let end = |text: &str| if text.is_empty() { Ok(None) } else { bound(text, key, kind).map(Some) };
            return match (end(from)?, end(to)?) {
                (None, None) => Err((
                    "a range needs at least one end".into(),
                    format!("write `{key}:a..b`, `{key}:a..` or `{key}:..b`"),
                )),
                (from, to) => Ok(Self::Range(from, to)),
            };
        }
        if let (ValueKind::Time, Some(Moment::Ago(..))) = (kind, Moment::parse(&raw.text)) {
            let age = &raw.text;
            return Err((
                format!("`{age}` is an age; it needs `>` or `<`"),
                format!("write `{key}:>{age}` (less than {age} ago) or `{key}:<{age}` (more than {age} ago)"),
            ));
        }
        read_plain(&raw.text, false, key, kind).map(Self::Is)
    }
}

fn require_order(key: &str, kind: ValueKind) -> Result<(), Refusal> {
    if kind.has_order() {
        return Ok(());
    }
    Err((
        format!("`{key}:` does not support comparisons"),
        format!("write `{key}:value`, or several values with commas: `{key}:a,b`"),
    ))
}

/// Parses a bound of a comparison or range.
fn bound(text: &str, key: &str, kind: ValueKind) -> Result<QueryValue, Refusal> {
    match read_plain(text, false, key, kind)? {
        QueryValue::Any | QueryValue::Prefix(_) => Err((
            format!("`{text}` cannot be used in a comparison"),
            format!("write a whole value, or remove the comparison: `{key}:{text}`"),
        )),
        value => Ok(value),
    }
}

fn read_words(raw: RawValue, key: &str) -> Result<TextPattern, Refusal> {
    let stem = raw.text.trim_end_matches('*');
    if raw.quoted && !raw.text.trim().is_empty() {
        Ok(TextPattern::Phrase(raw.text))
    } else if stem.trim().is_empty() {
        Err((format!("`{key}:` needs a word"), format!("write `{key}:word` or `{key}:\"some words\"`")))
    } else if stem.len() < raw.text.len() {
        Ok(TextPattern::Prefix(stem.to_owned()))
    } else {
        Ok(TextPattern::Word(raw.text))
    }
}

fn read_plain(text: &str, quoted: bool, key: &str, kind: ValueKind) -> Result<QueryValue, Refusal> {
    if text.is_empty() {
        return Err(missing(key, kind, &[]));
    }
    let star = text.strip_suffix('*').filter(|_| !quoted);
    match (kind, star) {
        (ValueKind::Facts(facts), _) => {
            let known = facts.iter().find(|fact| fact.name.eq_ignore_ascii_case(text));
            known.map(QueryValue::Fact).ok_or_else(|| unknown_value(text, key, &names(kind)))
        }
        (ValueKind::Choice(choices) | ValueKind::Ordered(choices), _) => {
            let known = choices.iter().find(|choice| choice.name.eq_ignore_ascii_case(text));
            known
                .map(|choice| QueryValue::Exact(choice.name.to_owned()))
                .ok_or_else(|| unknown_value(text, key, &names(kind)))
        }
        (ValueKind::Time | ValueKind::Bound { .. }, _) => match Moment::parse(text) {
            Some(moment) => Ok(QueryValue::Time(moment)),
            None if matches!(kind, ValueKind::Bound { .. }) => Err(not_a_bound(text, key)),
            None => Err((format!("`{}` is not a time", shortened(text)), time_help(text, key))),
        },
        (_, Some("")) => Ok(QueryValue::Any),
        (ValueKind::Number, _) => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(QueryValue::Exact(text.to_owned())),
            _ => Err((
                format!("`{}` is not a number", shortened(text)),
                format!("write `{key}:12` or `{key}:>=0.5`"),
            )),
        },
        (_, Some(stem)) => Ok(QueryValue::Prefix(stem.to_owned())),
        (ValueKind::Person, None) if !quoted && text == "me" => Ok(QueryValue::Me),
        (ValueKind::Person, None) if !quoted && text == "none" => Ok(QueryValue::Missing),
        _ => Ok(QueryValue::Exact(text.to_owned())),
    }
}

/// Returns the names of the allowed values. Keys for sorting are not values of a test.
fn names(kind: ValueKind) -> Vec<&'static str> {
    kind.choices(&[]).iter().map(|choice| choice.name).collect()
}

/// Returns the error for a key without a value.
pub(super) fn missing(key: &str, kind: ValueKind, keys: &[QueryKey]) -> Refusal {
    let choices: Vec<_> = kind.choices(keys).iter().map(|choice| choice.name).collect();
    let help = match kind {
        _ if !choices.is_empty() => format!("write `{key}:` and one of {}", choices.join(", ")),
        ValueKind::Time => time_help("", key),
        ValueKind::Bound { .. } => bound_help(key),
        ValueKind::Number => format!("write `{key}:12`"),
        _ => format!("write `{key}:value`, several values as `{key}:a,b`, or any value as `{key}:*`"),
    };
    (format!("`{key}:` needs a value directly after the colon"), help)
}

/// Returns the error for a value that is not in a closed set.
pub(super) fn unknown_value(text: &str, key: &str, names: &[&str]) -> Refusal {
    let near = || crate::text::nearest(text, names.iter().copied()).map(|near| format!("{key}:{near}"));
    let help = match condition_for(text, key, names).or_else(near) {
        Some(condition) => format!("did you mean `{condition}`?"),
        None => format!("write one of {}", names.join(", ")),
    };
    (format!("unknown value `{}` of `{key}:`", shortened(text)), help)
}

fn not_a_bound(text: &str, key: &str) -> Refusal {
    (format!("`{}` is not an age and not a date", shortened(text)), bound_help(key))
}

fn bound_help(key: &str) -> String {
    format!("write an age (`{key}:7d`) or a date (`{key}:2026-03-05`)")
}

fn time_help(text: &str, key: &str) -> String {
    // The rest of `7days`, `2weeks` and `3months` begins with the unit.
    let (digits, rest) =
        text.split_at(text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len());
    let unit = ["mo", "s", "m", "h", "d", "w", "y"].into_iter().find(|unit| rest.starts_with(unit));
    if let Some(unit) = unit.filter(|_| !digits.is_empty()) {
        return match Moment::parse(&format!("{digits}{unit}")) {
            Some(_) => format!("for an age write `{key}:>{digits}{unit}`"),
            None => format!(
                "this age is too long: write a shorter age (`{key}:<10y`) or a date (`{key}:<2026-03-05`)"
            ),
        };
    }
    format!(
        "write a date (`{key}:2026-03-05`, `2026-03`, `2026`), a range (`{key}:2026-01..2026-03`) or an age (`{key}:>7d`)"
    )
}

/// Shortens `text` for messages.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Compares texts with digits as numbers; upper and lower case are equal: `2.9` before `2.14`, `Node 9` before
/// `node 10`.
pub(crate) fn natural_order(left: &str, right: &str) -> Ordering {
    let (left, right) = (left.to_lowercase(), right.to_lowercase());
    let (mut left, mut right) = (left.as_str(), right.as_str());
    loop {
        let (a, b) = (take_piece(&mut left), take_piece(&mut right));
        let is_number = |piece: &str| piece.starts_with(|c: char| c.is_ascii_digit());
        let order = match (a.is_empty(), b.is_empty()) {
            (true, true) => return Ordering::Equal,
            _ if is_number(a) && is_number(b) => {
                let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
                a.len().cmp(&b.len()).then_with(|| a.cmp(b))
            }
            _ => a.cmp(b),
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Removes and returns the leading digits, or the leading characters that are not digits, of `text`.
fn take_piece<'a>(text: &mut &'a str) -> &'a str {
    let digit = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text.find(|c: char| c.is_ascii_digit() != digit).unwrap_or(text.len());
    let (piece, rest) = text.split_at(end);
    *text = rest;
    piece
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_compare_as_numbers() {
        for (less, more) in
            [("2.9", "2.14"), ("1.0", "1.0.1"), ("rc2", "rc10"), ("Node 9", "node 10"), ("7", "a")]
        {
            assert_eq!(natural_order(less, more), Ordering::Less, "{less} {more}");
            assert_eq!(natural_order(more, less), Ordering::Greater);
        }
        assert_eq!(natural_order("007", "7"), Ordering::Equal);
        assert_eq!(natural_order("V2", "v2"), Ordering::Equal);
    }
}
