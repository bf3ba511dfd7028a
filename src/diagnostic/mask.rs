//! Covering what must not be shown.

use std::borrow::Cow;

use crate::text::Span;

/// `text` with an asterisk for each byte of `spans`. Line ends stay, and so does every offset.
pub(super) fn cover<'a>(text: &'a str, spans: &[Span]) -> Cow<'a, str> {
    if spans.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut covered = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if c != '\n' && c != '\r' && spans.iter().any(|span| span.start <= at && at < span.end) {
            covered.extend(std::iter::repeat_n('*', c.len_utf8()));
        } else {
            covered.push(c);
        }
    }
    Cow::Owned(covered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_covered_keeps_its_lines_and_offsets() {
        assert_eq!(cover("a: héx\nyz", std::slice::from_ref(&(3..9))), "a: ****\n*z");
        assert_eq!(cover("abc", &[]), "abc");
    }
}
