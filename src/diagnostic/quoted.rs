//! The text of a file, prepared for quoting in findings.

use std::cell::Cell;

use crate::text::{LineColumn, Lines, Span};

/// The text of a file with findings. Line starts and masked text are computed once for all findings, since one file can
/// have thousands.
pub(crate) struct Quoted {
    text: String,
    lines: Lines,
    /// An offset and its position, from which the next position on the same line is counted. Without it, a long line with
    /// thousands of findings would be counted thousands of times.
    last: Cell<(usize, LineColumn)>,
}

impl Quoted {
    /// Replaces each byte of `masked` in `text` by an asterisk. Line ends stay, and so does every offset.
    pub(crate) fn new(text: String, masked: &[Span]) -> Self {
        let text = if masked.is_empty() { text } else { cover(&text, masked) };
        Self { lines: Lines::of(&text), text, last: Cell::new((0, LineColumn { line: 1, column: 1 })) }
    }

    /// Returns the text that may be shown.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the position of byte `offset`.
    pub(super) fn place(&self, offset: usize) -> LineColumn {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.lines.line_of(offset);
        let (last_offset, last) = self.last.get();
        let count = |span: Span| self.text[span].chars().count();
        let column = match (line == last.line, offset >= last_offset) {
            (true, true) => last.column + count(last_offset..offset),
            (true, false) => last.column - count(offset..last_offset),
            (false, _) => self.lines.place(&self.text, offset).column,
        };
        let place = LineColumn { line, column };
        self.last.set((offset, place));
        place
    }

    /// Returns the line of byte `offset`, counted from 1.
    pub(super) fn line_of(&self, offset: usize) -> usize {
        self.lines.line_of(offset.min(self.text.len()))
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

    proptest::proptest! {
        #![proptest_config(crate::trials::trials(256))]

        #[test]
        fn positions_are_the_same_in_any_order(text in "[ab发\n]{0,40}", offsets in proptest::collection::vec(0usize..130, 1..9)) {
            let quoted = Quoted::new(text.clone(), &[]);
            for offset in offsets {
                proptest::prop_assert_eq!(quoted.place(offset), Lines::of(&text).place(&text, offset));
            }
        }
    }
}
