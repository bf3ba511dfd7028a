//! The humps of names in camel case.

use super::fold::FoldedText;
use crate::text::Span;

/// Sets `humps` to the humps of the word `word`, which are folded bytes: `parse`, `JSON` and `2` of `parseJSON2`. A word
/// without a capital letter inside has none, also if it has digits.
pub(super) fn find(folded: &FoldedText, word: Span, humps: &mut Vec<Span>) {
    humps.clear();
    let Span { mut start, end } = word;
    let (first, mut is_camel) = (start, false);
    if !(first + 1..end).any(|at| folded.is_capital(at)) {
        return;
    }
    for at in first + 1..end {
        if !folded.text.is_char_boundary(at) {
            continue;
        }
        let begins_hump = begins_hump(folded, first, at, end);
        is_camel |= begins_hump;
        if begins_hump || folded.is_digit(at - 1) != folded.is_digit(at) {
            humps.push(start..at);
            start = at;
        }
    }
    humps.push(start..end);
    if !is_camel {
        humps.clear();
    }
}

/// Returns true if a hump begins at `at`: `B` in `fooBar`, `S` in `HTTPServer`.
fn begins_hump(folded: &FoldedText, start: usize, at: usize, end: usize) -> bool {
    let is_small = |at: usize| !folded.is_capital(at) && !folded.is_digit(at);
    folded.is_capital(at) && ((at > start && is_small(at - 1)) || (at + 1 < end && is_small(at + 1)))
}
