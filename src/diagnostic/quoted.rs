//! The text of a file, prepared for quoting in findings.

use crate::text::{LineColumn, Lines, Span};

/// The text of a file with findings. Line starts and masked text are computed once for all findings, since one file can
/// have thousands.
pub(crate) struct Quoted {
    text: String,
    lines: Lines,
}

impl Quoted {
    /// Replaces each byte of `masked` in `text` by an asterisk. Line ends stay, and so does every offset.
    pub(crate) fn new(text: String, masked: &[Span]) -> Self {
        let text = if masked.is_empty() { text } else { cover(&text, masked) };
        Self { lines: Lines::of(&text), text }
    }

    /// Returns the text that may be shown.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the position of byte `offset`.
    pub(super) fn place(&self, offset: usize) -> LineColumn {
        self.lines.place(&self.text, offset)
    }

    /// Returns the bytes of line `line`, counted from 1.
    pub(super) fn line(&self, line: usize) -> Option<Span> {
        self.lines.span(&self.text, line)
    }
}

fn cover(text: &str, masked: &[Span]) -> String {
    let mut spans: Vec<&Span> = masked.iter().collect();
    spans.sort_unstable_by_key(|span| span.start);
    let mut spans = spans.into_iter().peekable();
    // The end of the masked ranges that begin before the current character.
    let mut end = 0;
    let mut covered = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        while let Some(span) = spans.next_if(|span| span.start <= at) {
            end = end.max(span.end);
        }
        if at < end && c != '\n' && c != '\r' {
            covered.extend(std::iter::repeat_n('*', c.len_utf8()));
        } else {
            covered.push(c);
        }
    }
    covered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masked_text_keeps_its_lines_and_offsets() {
        let quoted = |text: &str, masked: &[Span]| Quoted::new(text.to_owned(), masked).text().to_owned();
        assert_eq!(quoted("a: héx\nyz", std::slice::from_ref(&(3..9))), "a: ****\n*z");
        assert_eq!(quoted("abcdefgh", &[5..6, 0..3, 1..2]), "***de*gh");
        assert_eq!(quoted("abc", &[]), "abc");
    }
}
