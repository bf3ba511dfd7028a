//! What is wrong with a query, and the way out.

use std::fmt;

use unicode_width::UnicodeWidthChar;

use crate::text::Span;

/// How much of a long query is shown around the place, in characters on each side.
const AROUND: usize = 50;

/// A mistake in a query. Its `Display` shows the query with a caret under the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// The bytes of the query that are wrong.
    pub span: Span,
    /// What is wrong, in one line that stands alone.
    pub message: String,
    /// The nearest valid form.
    pub help: String,
    /// The query around the place, without control characters.
    shown: String,
    /// The columns of `shown` before the caret, and how many carets.
    caret: (usize, usize),
}

impl QueryError {
    /// A mistake at `span` of `query`.
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
    fn the_caret_stands_under_the_place() {
        let query = "导出 staus:open";
        let error = QueryError::new(query, 7..12, "unknown key `staus`", "did you mean `status`?");
        assert_eq!(
            error.to_string(),
            "unknown key `staus`\n  导出 staus:open\n       ^^^^^\nhelp: did you mean `status`?"
        );
    }

    #[test]
    fn a_long_query_is_shown_around_the_place() {
        let query = format!("{}\t\"{}", "a ".repeat(1000), "b ".repeat(1000));
        let error = QueryError::new(&query, 2001..query.len(), "the quote is never closed", "close it");
        let text = error.to_string();
        let lines: Vec<_> = text.lines().collect();
        assert!(lines[1].chars().count() < 120 && lines[2].chars().count() < 120, "{text}");
        assert_eq!(lines[1].chars().position(|c| c == '"'), lines[2].chars().position(|c| c == '^'));
    }
}
