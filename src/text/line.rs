//! Text of strangers where it stands among words of ours: on a terminal, in a commit message, in a command to paste.

/// `text` without line ends and control characters.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().map(harmless).collect()
}

/// `c`, or a replacement character for what could write to a terminal.
pub(crate) fn harmless(c: char) -> char {
    // Marks that turn the direction of writing could make one name look like another.
    let turning = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if c.is_control() || turning { '\u{fffd}' } else { c }
}

/// `text` as one word of a shell command.
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
    fn what_strangers_wrote_stays_on_its_line_and_writes_to_no_terminal() {
        assert_eq!(one_line("a\n b\u{1b}[0m \u{202e}c"), "a b\u{fffd}[0m \u{fffd}c");
    }

    #[test]
    fn a_name_in_a_command_runs_nothing() {
        assert_eq!(shell_word("tickets/2026/11/a_b.md"), "tickets/2026/11/a_b.md");
        assert_eq!(shell_word("tickets/$(id) `id`.md"), "'tickets/$(id) `id`.md'");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
    }
}
