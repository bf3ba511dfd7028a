//! Ticket names in running text.

use std::ops::Range;

/// The length of the shortest name that is recognised without a `#` before it. Shorter names are usually words.
const MIN_UNMARKED_LENGTH: usize = 6;

/// A word that may be the name of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// The byte range, including the `#` if there is one.
    pub span: Range<usize>,
    /// The byte range without the `#`.
    pub name: Range<usize>,
    /// Whether the name was written with a `#`.
    pub marked: bool,
}

/// Reads the name at `at`, the position of a `#` or of the start of a word. Returns the name, if there is one, and the
/// position from which to continue.
pub(super) fn name_at(text: &str, at: usize) -> (Option<Name>, usize) {
    let bytes = text.as_bytes();
    let marked = bytes[at] == b'#';
    let start = at + usize::from(marked);
    let run = bytes[start..].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
    let next = (start + run).max(at + 1);
    let name = text[start..start + run].trim_end_matches('-');
    let likely =
        if marked { !name.is_empty() } else { name.len() >= MIN_UNMARKED_LENGTH && name.contains('-') };
    if !likely || !is_whole_word(text, at, start + run) {
        return (None, next);
    }
    let name = start..start + name.len();
    (Some(Name { span: at..name.end, name, marked }), next)
}

/// Finds every ticket name in `text`, also inside code and URLs.
pub(super) fn names(text: &str) -> impl Iterator<Item = Name> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < text.len() {
            let byte = text.as_bytes()[at];
            if byte == b'#' || byte.is_ascii_alphanumeric() {
                let (name, next) = name_at(text, at);
                at = next;
                if name.is_some() {
                    return name;
                }
            } else {
                at += 1;
            }
        }
        None
    })
}

/// Returns whether the name between `start` and `end` is a word on its own, not part of a longer word, path or address.
fn is_whole_word(text: &str, start: usize, end: usize) -> bool {
    let joins = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '@' | '&' | '=' | '-' | '\\');
    let before = text[..start].chars().next_back();
    let mut after = text[end..].chars();
    let next = after.next();
    // A full stop usually ends a sentence; before a letter or digit it is part of a file name or version.
    let in_name = next == Some('.') && after.next().is_some_and(|c| c.is_ascii_alphanumeric());
    !before.is_some_and(|c| joins(c) || c == '.' || c == '#') && !next.is_some_and(joins) && !in_name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_inside_words_and_paths_are_not_found() {
        let text = "See #7, a-b-k7f3qa. Not x/a-b-k7f3qa nor a-b-k7f3qa.md or short-1é";
        let found: Vec<&str> = names(text).map(|name| &text[name.span]).collect();
        assert_eq!(found, ["#7", "a-b-k7f3qa", "short-1"]);
    }
}
