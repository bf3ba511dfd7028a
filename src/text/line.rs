//! Makes untrusted text safe to show: on a terminal, in a commit message, in a command to paste.

/// Returns `text` without line ends and control characters.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().map(harmless).collect()
}

/// Returns `c`, or a replacement character if `c` could control a terminal.
pub(crate) fn harmless(c: char) -> char {
    // Marks that change the writing direction could make one name look like another.
    let turning = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if c.is_control() || turning { '\u{fffd}' } else { c }
}

/// Returns `text` quoted as one word of a shell command.
pub(crate) fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_');
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn untrusted_text_stays_on_one_line_and_cannot_control_a_terminal() {
        assert_eq!(one_line("a\n b\u{1b}[0m \u{202e}c"), "a b\u{fffd}[0m \u{fffd}c");
    }

    #[test]
    fn a_name_in_a_command_cannot_run_code() {
        assert_eq!(shell_word("tickets/2026/11/a_b.md"), "tickets/2026/11/a_b.md");
        assert_eq!(shell_word("tickets/$(id) `id`.md"), "'tickets/$(id) `id`.md'");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
    }
}
