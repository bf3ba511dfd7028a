//! Texts that every reader of XML and JSON accepts.

use crate::text::harmless_lines;

/// Replaces the characters that XML forbids, such as control characters, with U+FFFD. They can come from any text that
/// people wrote, and one of them makes the whole file unreadable. Marks that change the writing direction are replaced
/// as on pages.
pub(super) fn well_formed(xml: String) -> String {
    let shown = harmless_lines(&xml);
    match shown.chars().all(is_allowed) {
        true => shown.into_owned(),
        false => shown.chars().map(|c| if is_allowed(c) { c } else { char::REPLACEMENT_CHARACTER }).collect(),
    }
}

/// Returns whether XML 1.0 allows `c`.
fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}
