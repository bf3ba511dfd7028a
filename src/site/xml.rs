//! XML files that every reader accepts.

/// Replaces the characters that XML forbids, such as control characters, with U+FFFD. They can come from any text that
/// people wrote, and one of them makes the whole file unreadable.
pub(super) fn well_formed(xml: String) -> String {
    if xml.chars().all(is_allowed) {
        return xml;
    }
    xml.chars().map(|c| if is_allowed(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}

/// Returns whether XML 1.0 allows `c`.
fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}
