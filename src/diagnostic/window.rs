//! The part of a file that is shown for one finding. Its size has a limit, also in a file that is one long line.

use std::borrow::Cow;

use super::{Finding, Quoted};
use crate::text::{LineColumn, Span};

/// The maximum distance, in bytes, between the places of one finding that are shown together.
const MAX_SIZE: usize = 16 * 1024;
/// The maximum length of a line that is shown whole, in bytes.
const MAX_LINE: usize = 1_000;
/// The bytes of a long line that are shown before its first mark: half a wide terminal of Chinese characters.
const BEFORE: usize = 300;
/// The text in place of the rest of a long line.
const ELLIPSIS: &str = "…";

/// The lines around the places of a finding. Long lines are cut.
pub(super) struct Window<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) first_line: usize,
    /// The position of the finding, if the window does not begin at the start of its line.
    pub(super) place: Option<LineColumn>,
    /// The parts of the file in the window, in order.
    pieces: Vec<Piece>,
}

/// A part of the file in the window.
struct Piece {
    /// Its bytes in the file.
    span: Span,
    /// The offset of its first byte in the window.
    shown_at: usize,
}

impl<'a> Window<'a> {
    pub(super) fn around(quoted: &'a Quoted, span: &Span, finding: &Finding) -> Self {
        let file = quoted.text();
        let clamped =
            |span: &Span| span.start.min(file.len())..span.end.clamp(span.start, file.len().max(span.start));
        let mut all = clamped(span);
        all.end = all.end.min(all.start + MAX_SIZE).min(file.len());
        let mut marks = vec![all.start];
        let also = finding.also.iter().map(|(span, _)| span);
        let edits = finding.fix.iter().flat_map(|fix| fix.edits.iter().map(|(span, _)| span));
        for other in also.chain(edits).map(clamped) {
            let joined = all.start.min(other.start)..all.end.max(other.end);
            if joined.len() <= MAX_SIZE {
                all = joined;
                marks.push(other.start);
            }
        }
        marks.sort_unstable();
        let (first_line, last_line) = (quoted.line_of(all.start), quoted.line_of(all.end));
        let lines: Vec<Span> = (first_line..=last_line).filter_map(|line| quoted.line(line)).collect();
        if lines.iter().all(|line| line.len() <= MAX_LINE) {
            let whole = lines.first().map_or(0, |line| line.start)..lines.last().map_or(0, |line| line.end);
            return Self {
                text: Cow::Borrowed(&file[whole.clone()]),
                first_line,
                place: None,
                pieces: vec![Piece { span: whole, shown_at: 0 }],
            };
        }
        let mut text = String::new();
        let mut pieces = Vec::new();
        for line in lines {
            let mark = marks.iter().find(|mark| line.contains(mark));
            let piece = piece_of(file, &line, mark.copied());
            if piece.start > line.start {
                text.push_str(ELLIPSIS);
            }
            pieces.push(Piece { span: piece.clone(), shown_at: text.len() });
            text.push_str(&file[piece.clone()]);
            if piece.end < line.end {
                text.push_str(ELLIPSIS);
                text.push('\n');
            }
        }
        let place = Some(quoted.place(span.start));
        Self { text: Cow::Owned(text), first_line, place, pieces }
    }

    /// Returns `span` relative to the window, on whole characters; `None` if its start is not in the window.
    pub(super) fn cut(&self, span: &Span) -> Option<Span> {
        let start = self.offset(span.start)?;
        // The end may be in a part that is not shown.
        let last = self.pieces.iter().rfind(|piece| piece.span.start <= span.end)?;
        let end = last.shown_at + span.end.clamp(last.span.start, last.span.end) - last.span.start;
        Some(self.text.floor_char_boundary(start)..self.text.ceil_char_boundary(end.max(start)))
    }

    /// Returns whether all of `span` is in the window.
    pub(super) fn has(&self, span: &Span) -> bool {
        self.pieces.iter().any(|piece| piece.span.start <= span.start && span.end <= piece.span.end)
    }

    fn offset(&self, at: usize) -> Option<usize> {
        let piece = self.pieces.iter().find(|piece| piece.span.start <= at && at <= piece.span.end)?;
        Some(piece.shown_at + at - piece.span.start)
    }
}

/// Returns the part of `line` that is shown: all of a short line, and of a long one the part around `mark`.
fn piece_of(file: &str, line: &Span, mark: Option<usize>) -> Span {
    if line.len() <= MAX_LINE {
        return line.clone();
    }
    let start = mark.unwrap_or(line.start).saturating_sub(BEFORE).max(line.start);
    let end = (start + MAX_LINE).min(line.end);
    // A cut line has lost its line end, so one is added.
    file.ceil_char_boundary(start)..file.floor_char_boundary(end)
}
