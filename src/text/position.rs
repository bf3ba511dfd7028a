//! Converts byte offsets to lines and columns for people and editors.

/// A position in a text. Line and column start at 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LineColumn {
    pub line: usize,
    pub column: usize,
}

/// The offsets at which the lines of a text start.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    /// Finds the lines of `text`, which end in `\n` or `\r\n`.
    pub(crate) fn of(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1));
        Self { starts }
    }

    /// Returns the position of byte `offset` in `text`, which must be the text of these lines. An offset past the end
    /// counts as the end; an offset inside a character counts as that character.
    pub(crate) fn place(&self, text: &str, offset: usize) -> LineColumn {
        let offset = offset.min(text.len());
        let line = self.line_of(offset);
        let start = self.starts[line - 1];
        let column = text[start..text.floor_char_boundary(offset)].chars().count() + 1;
        LineColumn { line, column }
    }

    /// Returns the line of byte `offset`, from 1.
    pub(crate) fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    /// Returns the bytes of line `line` (from 1), with its line end; `None` when there is no such line.
    pub(crate) fn span(&self, text: &str, line: usize) -> Option<super::Span> {
        let start = *self.starts.get(line.checked_sub(1)?)?;
        Some(start..self.starts.get(line).copied().unwrap_or(text.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_not_bytes() {
        let text = "ab\n发票x\r\n";
        let lines = Lines::of(text);
        assert_eq!(lines.place(text, 0), LineColumn { line: 1, column: 1 });
        assert_eq!(lines.place(text, text.find('x').unwrap()), LineColumn { line: 2, column: 3 });
        assert_eq!(lines.place(text, 4), LineColumn { line: 2, column: 1 });
        assert_eq!(lines.place(text, 999).line, 3);
        assert_eq!(lines.span(text, 2), Some(3..12));
    }
}
