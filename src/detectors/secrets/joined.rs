//! Joins texts in quotes that a program adds, because a token in code is often split: `"ghp_" + "D1Cu5L"`.

use crate::text::Span;

/// The maximum number of spaces and line breaks on each side of a plus sign.
const MAX_SPACE: usize = 40;

/// A text without the quotes and plus signs between its parts.
pub(super) struct JoinedText {
    pub text: String,
    /// For each place where two parts meet: its offset in `text`, and the byte range that is missing there.
    seams: Vec<(usize, Span)>,
}

impl JoinedText {
    /// Returns `text` with its parts joined; `None` if it has no parts to join.
    pub(super) fn of(text: &str) -> Option<Self> {
        let mut joined = Self { text: String::new(), seams: Vec::new() };
        let mut from = 0;
        for (at, _) in text.match_indices('+') {
            if let Some(seam) = seam(text.as_bytes(), at).filter(|seam| seam.start >= from) {
                joined.text.push_str(&text[from..seam.start]);
                from = seam.end;
                joined.seams.push((joined.text.len(), seam));
            }
        }
        joined.text.push_str(&text[from..]);
        (from > 0).then_some(joined)
    }

    /// Returns the byte range in the original text; `None` if `span` is within one part, where it is found anyway.
    pub(super) fn original(&self, span: &Span) -> Option<Span> {
        let offset = |at: usize| {
            let last = self.seams.iter().rev().find(|(seam, _)| *seam <= at);
            last.map_or(at, |(seam, missing)| at - seam + missing.end)
        };
        let crosses = self.seams.iter().any(|(seam, _)| span.start < *seam && *seam < span.end);
        crosses.then(|| offset(span.start)..offset(span.end - 1) + 1)
    }
}

/// Returns the byte range of the plus sign at `at` with the spaces and quotes around it.
fn seam(bytes: &[u8], at: usize) -> Option<Span> {
    let is_space = |byte: &&u8| byte.is_ascii_whitespace();
    let before = bytes[..at].iter().rev().take(MAX_SPACE).take_while(is_space).count();
    let after = bytes[at + 1..].iter().take(MAX_SPACE).take_while(is_space).count();
    let start = (at - before).checked_sub(1)?;
    let end = at + 1 + after;
    let quote = bytes[start];
    (matches!(quote, b'"' | b'\'' | b'`') && bytes.get(end) == Some(&quote)).then_some(start..end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_in_quotes_are_joined_and_their_place_is_known() {
        let text = "let a = \"one\" + \"two\" +\n  \"three\"; b = c + \"x\";";
        let joined = JoinedText::of(text).unwrap();
        assert_eq!(joined.text, "let a = \"onetwothree\"; b = c + \"x\";");
        let at = joined.text.find("onetwo").unwrap();
        assert_eq!(&text[joined.original(&(at..at + 6)).unwrap()], "one\" + \"two");
        assert_eq!(joined.original(&(at..at + 3)), None);
    }

    #[test]
    fn a_text_without_such_parts_is_left_alone() {
        for text in ["", "+", "1 + 2", "\"a\" + b", "\"a\" + 'b'", "\"+"] {
            assert!(JoinedText::of(text).is_none(), "{text}");
        }
    }
}
