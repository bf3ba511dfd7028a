//! Formats a query in its canonical form. Parsing this form gives the same query.

use std::fmt::{self, Display, Formatter, Write as _};

use super::{Comparison, Expr, FieldTest, KEYS, Key, Query, QueryValue, SortBy, ValueKind, ValueTest};
use crate::index::TextPattern;

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(text) = &self.text {
            f.write_str(text)?;
        }
        match &self.expr {
            Some(Expr::And(all)) if !self.required.is_empty() => {
                for (index, one) in all.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { " " })?;
                    match one {
                        Expr::Text(text) => self.word(f, text)?,
                        Expr::Or(_) => write!(f, "({one})")?,
                        one => one.fmt(f)?,
                    }
                }
            }
            Some(Expr::Text(text)) => self.word(f, text)?,
            Some(expr) => expr.fmt(f)?,
            None => {}
        }
        for (index, by @ SortBy { descending, .. }) in self.sort.iter().enumerate() {
            let before = match (index, self.expr.is_some()) {
                (0, true) => " sort:",
                (0, false) => "sort:",
                _ => ",",
            };
            write!(f, "{before}{}{}", if *descending { "-" } else { "" }, by.name())?;
        }
        Ok(())
    }
}

impl Query {
    /// Writes a word. A required word follows a `+`; if it does not begin with a letter, it is joined with itself by `AND`.
    fn word(&self, f: &mut Formatter<'_>, text: &TextPattern) -> fmt::Result {
        match text {
            _ if !self.required.contains(text) => text.fmt(f),
            TextPattern::Word(word) if word.starts_with(char::is_alphabetic) => write!(f, "+{text}"),
            _ => write!(f, "{text} AND {text}"),
        }
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let list = |f: &mut Formatter<'_>, all: &[Expr], between: &str, grouped: fn(&Expr) -> bool| {
            for (index, one) in all.iter().enumerate() {
                f.write_str(if index == 0 { "" } else { between })?;
                if grouped(one) { write!(f, "({one})")? } else { one.fmt(f)? }
            }
            Ok(())
        };
        match self {
            Self::And(all) => list(f, all, " ", |one| matches!(one, Self::Or(_))),
            Self::Or(all) => list(f, all, " OR ", |_| false),
            Self::Not(inner) => match &**inner {
                Self::Text(TextPattern::Word(word) | TextPattern::Prefix(word))
                    if word.starts_with('-') || word.chars().nth(1).is_none() =>
                {
                    write!(f, "-({inner})")
                }
                Self::And(_) | Self::Or(_) | Self::Not(_) => write!(f, "-({inner})"),
                Self::Text(_) | Self::Field(_) => write!(f, "-{inner}"),
            },
            Self::Text(text) => text.fmt(f),
            Self::Field(test) => test.fmt(f),
        }
    }
}

impl Display for TextPattern {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            // A colon at the end would need a value; a blank after it makes it a part of the word.
            Self::Word(word) if word.ends_with(':') => write!(f, "{word} "),
            Self::Word(word) => f.write_str(word),
            Self::Prefix(stem) => write!(f, "{stem}*"),
            Self::Phrase(words) => quoted(f, words),
        }
    }
}

impl Display for Key {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(key) => f.write_str(key.name),
            Self::Field(field) if KEYS.iter().any(|key| key.is_called(&field.name)) => {
                write!(f, "fields.{}", field.name)
            }
            Self::Field(field) => f.write_str(&field.name),
        }
    }
}

impl Display for FieldTest {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.key)?;
        for (index, test) in self.any_of.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { "," })?;
            match test {
                ValueTest::Is(value) => value.fmt(f)?,
                ValueTest::Compare(comparison, value) => {
                    if !matches!(self.key.kind(), ValueKind::Bound { .. }) {
                        comparison.fmt(f)?;
                    }
                    bound(f, value)?;
                }
                ValueTest::Range(from, to) => {
                    from.as_ref().map_or(Ok(()), |value| bound(f, value))?;
                    f.write_str("..")?;
                    to.as_ref().map_or(Ok(()), |value| bound(f, value))?;
                }
                ValueTest::Words(text) => text.fmt(f)?,
            }
        }
        Ok(())
    }
}

/// Writes a bound of a comparison or range, without quotes.
fn bound(f: &mut Formatter<'_>, value: &QueryValue) -> fmt::Result {
    match value {
        QueryValue::Exact(text) => f.write_str(text),
        other => other.fmt(f),
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.sign())
    }
}

impl Display for QueryValue {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(text) if is_plain(text) => f.write_str(text),
            Self::Exact(text) => quoted(f, text),
            Self::Prefix(text) => write!(f, "{text}*"),
            Self::Fact(fact) => f.write_str(fact.name),
            Self::Any => f.write_str("*"),
            Self::Me => f.write_str("me"),
            Self::Missing => f.write_str("none"),
            Self::Time(moment) => moment.fmt(f),
        }
    }
}

/// Returns true if a value needs no quotes.
fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && !matches!(text, "me" | "none")
        && !text.starts_with(['<', '>', ':'])
        && !text.starts_with("//")
        && !text.ends_with('*')
        && !text.contains("..")
        && !text.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '(' | ')' | ','))
}

fn quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    f.write_char('"')
}
