//! Errors in queries.

use std::fmt;

use unicode_width::UnicodeWidthChar;

use crate::text::Span;

/// The number of characters of a long query that are displayed on each side of the error.
const AROUND: usize = 50;

/// An error in a query. Its `Display` shows the query with carets below the error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// The byte range of the error in the query.
    pub span: Span,
    /// The problem in one line.
    pub message: String,
    /// The fix.
    pub help: String,
    /// The part of the query around the error, without control characters.
    shown: String,
    /// The width of `shown` before the carets, and the number of carets.
    caret: (usize, usize),
}

impl QueryError {
    /// Creates an error at `span` of `query`.
    pub fn new(query: &str, span: Span, message: impl Into<String>, help: impl Into<String>) -> Self {
        let start = query.floor_char_boundary(span.start);
        let end = query.ceil_char_boundary(span.end.min(query.len()).max(start));
        let before = query[..start].char_indices().rev().nth(AROUND).map(|(at, _)| at);
        let after = query[start..].char_indices().nth(AROUND).map(|(at, _)| start + at);
        let plain =
            |text: &str| text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
        let ellipsis = |cut: Option<usize>| if cut.is_some() { "…" } else { "" };
        let shown_end = after.unwrap_or(query.len());
        let marked_end = end.min(shown_end);
        let left = format!("{}{}", ellipsis(before), plain(&query[before.unwrap_or(0)..start]));
        let marked = plain(&query[start..marked_end]);
        let right = plain(&query[marked_end..shown_end]);
        let caret = (columns(&left), columns(&marked).max(1));
        let shown = format!("{left}{marked}{right}{}", ellipsis(after));
        Self { span: start..end, message: message.into(), help: help.into(), shown, caret }
    }
}

fn columns(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(1)).sum()
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (indent, carets) = self.caret;
        writeln!(f, "{}", self.message)?;
        writeln!(f, "  {}", self.shown)?;
        writeln!(f, "  {}{}", " ".repeat(indent), "^".repeat(carets))?;
        write!(f, "help: {}", self.help)
    }
}

impl std::error::Error for QueryError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_carets_are_below_the_error() {
        let query = "导出 staus:open";
        let error = QueryError::new(query, 7..12, "unknown key `staus`", "did you mean `status`?");
        assert_eq!(
            error.to_string(),
            "unknown key `staus`\n  导出 staus:open\n       ^^^^^\nhelp: did you mean `status`?"
        );
    }

    #[test]
    fn a_long_query_is_displayed_only_around_the_error() {
        let query = format!("{}\t\"{}", "a ".repeat(1000), "b ".repeat(1000));
        let error = QueryError::new(&query, 2001..query.len(), "missing closing quote", "close the quote");
        let text = error.to_string();
        let lines: Vec<_> = text.lines().collect();
        assert!(lines[1].chars().count() < 120 && lines[2].chars().count() < 120, "{text}");
        assert_eq!(lines[1].chars().position(|c| c == '"'), lines[2].chars().position(|c| c == '^'));
    }
}
